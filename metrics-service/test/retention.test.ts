import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../shared/log.ts';
import { Analytics } from '../src/analytics/analytics.ts';
import { importLines } from '../src/import/importer.ts';
import { Retention } from '../src/retention/retention.ts';
import type { Stores } from '../src/stores.ts';
import { openStores } from './support/open-stores.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 10, 15);

const retentionOf = (stores: Stores, days: number, now: number = NOW): Retention => new Retention({ stores, clock: () => now, log: createLog({ service: 'test', level: 'error', write: () => {} }), days });

const fill = (stores: Stores, oldest: () => number = () => 0): ReturnType<typeof importLines> => {
  const lines = [9, 8, 7, 1].flatMap((day) => [
    { record: 'assignment', visitor_id: `v${day}`, experiment_id: 'x', variant: 'A', timestamp: new Date(Date.UTC(2026, 0, day)).toISOString() },
    { record: 'event', visitor_id: `v${day}`, event_type: 'form_submit', timestamp: new Date(Date.UTC(2026, 0, day)).toISOString(), event_id: `e${day}` },
  ]);
  return importLines({ stores, clock: () => NOW, oldest }, [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))] as unknown as AsyncIterable<Uint8Array>);
};

const count = (stores: Stores, table: string): unknown => stores.database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows'];

test('Retention removes persons before its first day, and leaves every figure', async () => {
  const stores = openStores();
  await fill(stores);
  const { experiment } = stores.experiments.name('x');
  const [cells, stats] = [stores.results.cells(experiment), stores.stats.cells(experiment)];
  await retentionOf(stores, 2).run();
  assert.deepEqual([stores.events.count(), count(stores, 'assignments'), count(stores, 'visitors'), count(stores, 'visitor_metrics')], [2, 2, 2, 2]);
  assert.deepEqual([stores.results.cells(experiment), stores.stats.cells(experiment)], [cells, stats]);
  stores.database.close();
});

test('Retention takes the person off the sessions of closed days, and leaves their figures', async () => {
  const stores = openStores();
  const view = (visitor_id: string, at: number): object => ({ record: 'event', visitor_id, event_type: 'page_view', timestamp: new Date(at).toISOString(), event_id: `${visitor_id} ${at}`, context: { path: '/' } });
  const MIDNIGHT = NOW - 15 * 3_600_000 - 2 * DAY;
  const lines = [view('back', MIDNIGHT - 3 * DAY), view('back', NOW - DAY), view('late', MIDNIGHT - 60_000), view('late', MIDNIGHT + 60_000), view('gone', MIDNIGHT - DAY)];
  await importLines({ stores, clock: () => NOW, oldest: () => 0 }, [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))] as unknown as AsyncIterable<Uint8Array>);
  const days = { from: '2026-01-01', to: '2026-01-10' };
  const analytics = new Analytics({ stores, clock: () => NOW });
  const before = await analytics.series(days, 'day');
  await stores.follower.packAll(NOW);
  await retentionOf(stores, 2).run();
  assert.deepEqual(await analytics.series(days, 'day'), before);
  const starts = (visitor_id: string): readonly number[] => stores.sessions.starts(stores.visitors.find(visitor_id) as number);
  // A session that goes on into what is kept stays whole until all of it is old.
  assert.deepEqual([starts('back'), starts('late'), stores.visitors.find('gone')], [[NOW - DAY], [MIDNIGHT - 60_000], undefined]);
  await stores.writer.run(() => stores.visitors.open('new'));
  assert.deepEqual(starts('new'), []);
  stores.database.close();
});

test('Retention removes what is old from blocks that are full as well, and who only entered an experiment', async () => {
  const stores = openStores();
  const [OLD, NEW] = [NOW - 5 * DAY, NOW - DAY].map((at) => new Date(at).toISOString());
  const lines = Array.from({ length: 1_500 }, (_, index) =>
    index % 3 === 0
      ? { record: 'assignment', visitor_id: `entered ${index}`, experiment_id: 'x', variant: 'A', timestamp: index % 2 === 0 ? OLD : NEW }
      : { record: 'event', visitor_id: `v${index % 700}`, event_type: 'click', timestamp: index % 2 === 0 ? OLD : NEW, event_id: `e${index}` },
  );
  await importLines({ stores, clock: () => NOW, oldest: () => 0 }, [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))] as unknown as AsyncIterable<Uint8Array>);
  assert.ok((count(stores, 'event_blocks') as number) > 0);
  await retentionOf(stores, 2).run();
  const kept = lines.filter(({ timestamp }) => timestamp === NEW);
  assert.equal(stores.events.count(), kept.filter(({ record }) => record === 'event').length);
  assert.equal(count(stores, 'assignments'), kept.filter(({ record }) => record === 'assignment').length);
  assert.equal(count(stores, 'visitors'), new Set(kept.map(({ visitor_id }) => visitor_id)).size);
  stores.database.close();
});

test('Retention keeps everything where no days are set', async () => {
  const stores = openStores();
  await fill(stores);
  const retention = retentionOf(stores, 0);
  retention.start();
  await retention.run();
  assert.deepEqual([retention.oldest(), stores.events.count()], [0, 4]);
  stores.database.close();
});

test('Retention goes through the visitors once a day', async () => {
  const stores = openStores();
  await fill(stores);
  await retentionOf(stores, 5).run();
  assert.equal(stores.events.count(), 3);
  await retentionOf(stores, 5, NOW + 8 * 3_600_000).run();
  assert.equal(stores.events.count(), 3);
  await retentionOf(stores, 5, NOW + 3 * DAY).run();
  assert.equal(stores.events.count(), 2);
  stores.database.close();
});

test('importLines() refuses what is older than what is kept', async () => {
  const stores = openStores();
  const retention = retentionOf(stores, 2);
  const answer = await fill(stores, () => retention.oldest());
  assert.deepEqual([answer.accepted, answer.rejected], [4, 4]);
  assert.match(answer.errors[0]?.errors[0]?.message ?? '', /older than what is kept/);
  stores.database.close();
});
