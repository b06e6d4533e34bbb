import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SLICE_VISITORS } from '../src/result/result-store.ts';
import { Turns } from '../src/turns.ts';
import { openApp } from './support/open-app.ts';
import { openStores } from './support/open-stores.ts';

const PAGES = 5;

test('filtered reads let others be served while they count, and count every page', async () => {
  using service = openApp({ RATE_LIMIT: 'off' });
  const [visitors, events] = [SLICE_VISITORS * PAGES, 20_000];
  const at = (index: number): string => new Date(Date.UTC(2025, 0, 1) + Math.floor(index / 3)).toISOString();
  await service.import([
    ...Array.from({ length: visitors }, (_, index) => ({ record: 'assignment', visitor_id: `v${index}`, experiment_id: 'homepage', variant: index % 2 === 0 ? 'A' : 'B', timestamp: at(index) })),
    ...Array.from({ length: events }, (_, index) => ({ record: 'event', visitor_id: `v${index % visitors}`, event_type: 'form_submit', value: 2, event_id: `e${index}`, timestamp: at(visitors * 3 + index) })),
  ]);
  const targets = { stats: '/stats?from=2024-01-01T00:00:00Z', results: '/experiments/homepage/results?start_date=2024-01-01&aggregation=day' };
  const answers = Object.entries(targets).map(async ([name, target]) => {
    let isDone = false;
    const answer = service.ask(`GET ${target}`).finally(() => (isDone = true));
    await new Promise(setImmediate);
    assert.equal(isDone, false, name);
    return (await answer).json();
  });
  const [stats, results] = await Promise.all(answers);
  assert.deepEqual([stats.total_events, stats.total_visitors, stats.variants.A.visitors], [events, visitors, visitors / 2]);
  const { A, B } = results.variant_stats;
  assert.deepEqual([A.total_assigned_users, B.conversion_count, A.metrics.total_revenue + B.metrics.total_revenue], [visitors / 2, visitors / 2, events * 2]);
  assert.equal(results.series.at(-1).variants.A.cumulative_conversions, visitors / 2);
});

test('Turns lets one read after the other, a failing one included, and refuses when too many wait', async () => {
  const { database } = openStores();
  const turns = new Turns(database);
  const order: number[] = [];
  const reads = Array.from({ length: 20 }, (_, index) =>
    turns.take(async () => {
      order.push(index);
      await new Promise(setImmediate);
      order.push(index);
      if (index === 3) throw new Error('on purpose');
    }),
  );
  await assert.rejects(turns.take(() => Promise.resolve()), { kind: 'overloaded' });
  const ends = await Promise.allSettled(reads);
  assert.deepEqual(order, Array.from({ length: 40 }, (_, index) => index >> 1));
  assert.deepEqual(ends.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])), [3]);
  await turns.take(() => turns.pause());
  database.close();
  await assert.rejects(turns.take(() => turns.pause()), { kind: 'overloaded' });
});
