import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Turn } from '../../http/turn.ts';

test('Turn lets the answers of one turn leave together at its end, in their order', async () => {
  const turn = new Turn();
  const left: string[] = [];
  turn.begin();
  turn.leave(() => left.push('first'));
  turn.begin();
  turn.leave(() => left.push('second'));
  assert.deepEqual(left, []);
  await setImmediate();
  assert.deepEqual(left, ['first', 'second']);
});

test('Turn lets an answer that waited for something else leave at once', async () => {
  const turn = new Turn();
  const left: string[] = [];
  turn.leave(() => left.push('before any turn'));
  turn.begin();
  await setImmediate();
  turn.leave(() => left.push('after it'));
  assert.deepEqual(left, ['before any turn', 'after it']);
});

test('Turn begins anew for what arrives while answers leave', async () => {
  const turn = new Turn();
  const left: string[] = [];
  turn.begin();
  turn.leave(() => {
    turn.begin();
    turn.leave(() => left.push('the next'));
  });
  await setImmediate();
  assert.deepEqual(left, []);
  await setImmediate();
  assert.deepEqual(left, ['the next']);
});
