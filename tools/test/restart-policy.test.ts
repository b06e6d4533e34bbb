import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decideRestart, NO_DEATHS } from '../start/restart-policy.ts';

const delaysAt = (deaths: readonly (readonly [now: number, lived_ms: number])[]): readonly number[] => {
  let state = NO_DEATHS;
  return deaths.map(([now, lived_ms]) => {
    const decision = decideRestart(state, now, lived_ms);
    state = decision.state;
    return decision.delay_ms;
  });
};

test('decideRestart() restarts at once four times, and slowly from the fifth death within ten seconds', () => {
  assert.deepEqual(delaysAt([[0, 100], [100, 100], [200, 100], [300, 100], [400, 100], [5_500, 100]]), [0, 0, 0, 0, 5_000, 5_000]);
});

test('decideRestart() stays slow while runs are short, though few deaths fall into ten seconds', () => {
  assert.deepEqual(delaysAt([[0, 1], [1, 1], [2, 1], [3, 1], [4, 1], [5_005, 1], [10_010, 1], [15_015, 1]]).slice(4), [5_000, 5_000, 5_000, 5_000]);
});

test('decideRestart() is quick again after a run of ten seconds, and with deaths that are far apart', () => {
  assert.deepEqual(delaysAt([[0, 1], [1, 1], [2, 1], [3, 1], [4, 1], [20_000, 14_990], [20_010, 5]]).slice(4), [5_000, 0, 0]);
  assert.deepEqual(delaysAt([[0, 9], [9_000, 9], [18_000, 9], [27_000, 9], [36_000, 9], [45_000, 9]]), [0, 0, 0, 0, 0, 0]);
});
