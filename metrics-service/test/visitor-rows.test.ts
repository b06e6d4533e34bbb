import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventRecord } from './support/event-record.ts';
import { openStores } from './support/open-stores.ts';

const NAMES = 700;

test('one visitor with endless event names is counted right, within bounded memory', async () => {
  const stores = openStores();
  await stores.writer.run(() => stores.reattribution.assign('v', { experiment: stores.experiments.name('homepage').experiment, variant: stores.words.idOf('A'), assigned_at: 1, forced: false, from_log: false }));
  for (let round = 0; round < 3; round += 1) {
    for (let name = 0; name < NAMES; name += 1) await stores.writer.run(() => eventRecord(stores, { visitor_id: 'v', event_type: 'click', event_name: `n${name}`, value: 1 }));
    stores.visitors.forget();
  }
  const experiment = stores.experiments.name('homepage').experiment;
  const order = (rows: readonly object[]): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();
  assert.deepEqual(order(stores.results.cells(experiment)), order(await stores.results.scopedCells(experiment, { period: { from: 0, to: Number.MAX_SAFE_INTEGER }, segment: {} })));
  assert.equal(stores.results.cells(experiment).length, NAMES + 2);
  stores.database.close();
});
