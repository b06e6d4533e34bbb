import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidv7 } from '../../shared/uuid.ts';
import { eventRecord } from './support/event-record.ts';
import { openStores } from './support/open-stores.ts';

const AT = Date.UTC(2026, 0, 5);

test('makeAll() gives numbers to those who are unknown, whatever their ids look like, and to nobody else', () => {
  const stores = openStores();
  const { visitors } = stores;
  const uuid = uuidv7(0);
  const stored = visitors.open('on disk').id;
  visitors.flush();
  visitors.forget();
  const remembered = visitors.open('remembered').id;
  const ids = ['851104', uuid, uuid.toUpperCase(), 'on disk', 'a "quote" \\ and ünï😀', 'remembered', '851104', '1e3', 'null'];
  const made = visitors.makeAll(ids);
  assert.deepEqual(new Set(made.keys()), new Set(['851104', uuid, uuid.toUpperCase(), 'a "quote" \\ and ünï😀', '1e3', 'null']));
  for (const [visitor_id, id] of made) {
    assert.equal(visitors.findId(id), visitor_id);
    assert.equal(visitors.find(visitor_id), id);
  }
  assert.deepEqual([visitors.find('on disk'), visitors.find('remembered')], [stored, remembered]);
  assert.equal(new Set([stored, remembered, ...made.values(), visitors.open('new').id]).size, made.size + 3);
  assert.equal(visitors.makeAll(ids).size, 0);
  stores.database.close();
});

test('one work may see somebody new, assign them, and see some of them again', async () => {
  const stores = openStores();
  const { writer, reattribution, experiments, words, stats, database } = stores;
  await writer.run(() => {
    eventRecord(stores, { visitor_id: 'v', event_type: 'page_view', experiment_id: 'homepage' }, AT);
    eventRecord(stores, { visitor_id: 'v', event_type: 'click', variant: 'B' }, AT);
    reattribution.assign('v', { experiment: experiments.name('homepage').experiment, variant: words.idOf('A'), assigned_at: AT, forced: false, from_log: false });
    reattribution.assign('w', { experiment: experiments.name('homepage').experiment, variant: words.idOf('A'), assigned_at: AT, forced: false, from_log: false });
    eventRecord(stores, { visitor_id: 'w', event_type: 'scroll' }, AT);
  });
  const numberOf = (word: string): number => words.find(word) as number;
  const { experiment } = experiments.name('homepage');
  const seen = database.prepare('SELECT seen FROM visitors ORDER BY id').all().map((row) => String(row['seen']).split(';').toSorted());
  const under = (variant: string, type: string): string => `${experiment} ${numberOf(variant)} ${numberOf(type)}`;
  assert.deepEqual(seen, [[under('A', 'page_view'), under('B', 'click')].toSorted(), [under('A', 'scroll')]]);
  assert.deepEqual(stats.cells(experiment), await stats.cellsBetween(experiment, 0, Number.MAX_SAFE_INTEGER));
  database.close();
});
