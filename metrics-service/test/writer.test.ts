import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventRecord } from './support/event-record.ts';
import { openStores } from './support/open-stores.ts';

test('Writer lets a work that shares its transaction with a failing one count once and right', async () => {
  const stores = openStores();
  const record = (id: string): unknown => eventRecord(stores, { visitor_id: 'v', event_type: 'new type', variant: 'A', event_id: id });
  const outcomes = await Promise.allSettled([
    stores.writer.run(() => record('1')),
    stores.writer.run(() => {
      record('2');
      throw new Error('this one fails');
    }),
    stores.writer.run(() => record('3')),
  ]);
  assert.deepEqual(outcomes.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled']);
  const experiment = stores.experiments.findName('homepage')?.experiment ?? 0;
  assert.deepEqual(stores.stats.cells(experiment), await stores.stats.cellsBetween(experiment, 0, Number.MAX_SAFE_INTEGER));
  assert.deepEqual(stores.stats.cells(experiment).find((cell) => cell.type === null && cell.variant === null), { variant: null, type: null, events: 0, visitors: 1 });
  assert.equal(stores.stats.cells(experiment).find((cell) => cell.type === 'new type' && cell.variant === 'A')?.events, 2);
  stores.database.close();
});

test('Writer forgets what a rolled-back work had learned: numbers of words and visitors are given anew', async () => {
  const stores = openStores();
  await assert.rejects(
    stores.writer.run(() => {
      eventRecord(stores, { visitor_id: 'gone', event_type: 'gone', variant: 'gone' });
      throw new Error('undone');
    }),
    /undone/,
  );
  await stores.writer.run(() => eventRecord(stores, { visitor_id: 'here', event_type: 'here', variant: 'here' }));
  await stores.writer.run(() => eventRecord(stores, { visitor_id: 'gone', event_type: 'gone', variant: 'gone' }));
  const words = stores.database.prepare('SELECT word FROM words ORDER BY id').all().map((row) => row['word']);
  assert.deepEqual(words, ['here', 'gone']);
  const eventsOf = (visitor_id: string): number => stores.event_writer.attributable(stores.visitors.find(visitor_id) as number).length;
  assert.deepEqual(['here', 'gone'].map(eventsOf), [1, 1]);
  stores.database.close();
});
