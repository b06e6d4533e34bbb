import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from './support/history.ts';
import { openStores } from './support/open-stores.ts';
import { Random } from './support/random.ts';
import { recount } from './support/recount.ts';
import type { Figures } from './support/recount.ts';
import { readFigures, storedFigures } from './support/stored-figures.ts';

const HISTORIES = 25;
const STEPS = 60;
const CHECK_EVERY = 6;

const sorted = (figures: Figures): readonly (readonly [string, number])[] => [...figures].sort(([a], [b]) => (a < b ? -1 : 1));
const untimed = (figures: Figures): Figures => new Map([...figures].filter(([name]) => !/ in \d+$| excluded /.test(name)));

test('figures stay when retention removes persons, and what is left and what was closed come to them', async (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  for (let index = 0; index < HISTORIES; index += 1) {
    const stores = openStores();
    const history = new History(stores, new Random(seed + index));
    const nameOf = (public_id: string): string => history.experimentOf(public_id);
    for (let step = 1; step <= STEPS; step += 1) {
      await history.step();
      if (step % CHECK_EVERY !== 0) continue;
      const before = sorted(storedFigures(stores, nameOf));
      await history.retain();
      const told = `seed ${seed} history ${index} step ${step}`;
      assert.deepEqual(sorted(storedFigures(stores, nameOf)), before, `unchanged: ${told}`);
      assert.deepEqual(before, sorted(history.expected()), `rollups: ${told}`);
      assert.deepEqual(sorted(await readFigures(stores, nameOf)), sorted(untimed(recount(history.events, history.assignments, history.experimentOf))), `filtered reads: ${told}`);
    }
    stores.database.close();
  }
});

test('rollups equal a naive recount after any history: out of order, repeated, assigned late, in conflict, merged, erased', async (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  for (let index = 0; index < HISTORIES; index += 1) {
    const stores = openStores();
    const history = new History(stores, new Random(seed + index));
    const nameOf = (public_id: string): string => history.experimentOf(public_id);
    for (let step = 1; step <= STEPS; step += 1) {
      await history.step();
      if (step % CHECK_EVERY !== 0) continue;
      const expected = recount(history.events, history.assignments, history.experimentOf);
      const told = `seed ${seed} history ${index} step ${step}`;
      assert.deepEqual(sorted(storedFigures(stores, nameOf)), sorted(expected), `rollups: ${told}`);
      assert.deepEqual(sorted(await readFigures(stores, nameOf)), sorted(untimed(expected)), `filtered reads: ${told}`);
    }
    stores.database.close();
  }
});
