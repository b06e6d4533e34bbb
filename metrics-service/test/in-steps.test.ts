import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSteps } from '../src/in-steps.ts';
import type { Steps } from '../src/in-steps.ts';
import { Turns } from '../src/turns.ts';
import { openStores } from './support/open-stores.ts';

test('inSteps() does the first steps at once, in one snapshot, and lets others have the event loop between the others', async () => {
  const { database } = openStores();
  const turns = new Turns(database);
  const order: string[] = [];
  const work = function* (name: string, steps: number, worth: number): Steps<string> {
    for (let step = 0; step < steps; step += 1) {
      assert.ok(database.isTransaction);
      order.push(name);
      yield worth;
    }
    return name;
  };
  const [long, short, later] = [inSteps(database, turns, work('long', 200, 1)), inSteps(database, turns, work('short', 20, 2)), inSteps(database, turns, work('later', 5, 32))];
  const begun = [...Array.from({ length: 64 }, () => 'long'), ...Array.from({ length: 20 }, () => 'short'), 'later', 'later'];
  assert.deepEqual(order, begun);
  assert.deepEqual(await Promise.all([long, short, later]), ['long', 'short', 'later']);
  assert.deepEqual(order, [...begun, ...Array.from({ length: 136 }, () => 'long'), 'later', 'later', 'later']);
  database.close();
});

test('inSteps() fails as its work does, and when the database is closed', async () => {
  const { database } = openStores();
  const failing = function* (steps: number): Steps<void> {
    for (let step = 0; step < steps; step += 1) yield 1;
    throw new Error('on purpose');
  };
  for (const steps of [0, 200]) await assert.rejects(inSteps(database, new Turns(database), failing(steps)), /on purpose/);
  assert.equal(database.isTransaction, false);
  const broken_off = inSteps(database, new Turns(database), failing(200));
  database.close();
  await assert.rejects(broken_off, { kind: 'overloaded' });
});
