import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Period } from '../src/result/result-store.ts';
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

/** What filtered reads of a period must come to: `/stats` of the events in it; results of those who were assigned in it, up to its end. */
const expectedOf = ({ events, assignments, experimentOf }: History, { from, to }: Period): Figures => {
  const figures = [...recount(events.filter(({ at }) => at >= from && at < to), assignments, experimentOf)].filter(([name]) => / stats /.test(name));
  for (const experiment of new Set(assignments.map((each) => experimentOf(each.experiment)))) {
    const first = new Map<string, number>();
    for (const { visitor_id, experiment: name, at } of assignments) if (experimentOf(name) === experiment) first.set(visitor_id, Math.min(at, first.get(visitor_id) ?? Infinity));
    const isIn = ({ visitor_id }: { readonly visitor_id: string }): boolean => (first.get(visitor_id) ?? -1) >= from && (first.get(visitor_id) as number) < to;
    const counted = recount(events.filter((event) => event.at < to && isIn(event)), assignments.filter(isIn), experimentOf);
    figures.push(...[...counted].filter(([name]) => name.startsWith(`${experiment} `) && !/ stats /.test(name)));
  }
  return untimed(new Map(figures));
};

test('filtered reads of any period equal a naive recount', async (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  for (let index = 0; index < HISTORIES; index += 1) {
    const stores = openStores();
    const random = new Random(seed + index);
    const history = new History(stores, random);
    for (let step = 1; step <= STEPS; step += 1) {
      await history.step();
      if (step % CHECK_EVERY !== 0) continue;
      const from = history.now - random.below(4 * 86_400_000);
      const period = { from, to: from + random.below(2 * 86_400_000) };
      const figures = await readFigures(stores, (public_id) => history.experimentOf(public_id), period);
      assert.deepEqual(sorted(figures), sorted(expectedOf(history, period)), `seed ${seed} history ${index} step ${step}`);
    }
    stores.database.close();
  }
});
