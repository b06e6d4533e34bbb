import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Turn } from '../../http/turn.ts';

test('Turn handles all that arrived in it at its end, and lets the answers leave together after that, in their order', async () => {
  const turn = new Turn();
  const done: string[] = [];
  for (const name of ['first', 'second']) {
    turn.begin(() => {
      done.push(`${name} handled`);
      turn.leave(() => done.push(`${name} left`));
    });
  }
  turn.leave(() => done.push('an older one left'));
  assert.deepEqual(done, []);
  await setImmediate();
  assert.deepEqual(done, ['first handled', 'second handled', 'an older one left', 'first left', 'second left']);
});

test('Turn lets an answer that waited for something else leave at once', async () => {
  const turn = new Turn();
  const left: string[] = [];
  turn.leave(() => left.push('before any turn'));
  turn.begin(() => {});
  await setImmediate();
  turn.leave(() => left.push('after it'));
  assert.deepEqual(left, ['before any turn', 'after it']);
});

test('Turn begins anew for what arrives while answers leave', async () => {
  const turn = new Turn();
  const left: string[] = [];
  turn.begin(() => turn.leave(() => turn.begin(() => turn.leave(() => left.push('the next')))));
  await setImmediate();
  assert.deepEqual(left, []);
  await setImmediate();
  assert.deepEqual(left, ['the next']);
});
