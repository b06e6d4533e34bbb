import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../shared/problem.ts';
import { EventIntake, WAITING_EVENTS_MAX } from '../src/event/event-intake.ts';
import { openStores } from './support/open-stores.ts';

const events = (count: number, prefix: string): { visitor_id: string; event_type: string; event_id: string }[] =>
  Array.from({ length: count }, (_, index) => ({ visitor_id: `v${index % 50}`, event_type: 'click', event_id: `${prefix}${index}` }));

test('EventIntake refuses what would wait for too long, keeps what it took, and takes more when that is on disk', async () => {
  const stores = openStores();
  const intake = new EventIntake({ ...stores, clock: () => Date.UTC(2026, 0, 5), botReason: () => undefined, listening: () => false, publish: () => {} });
  const taken = Array.from({ length: WAITING_EVENTS_MAX / 1_000 }, (_, index) => intake.takeMany(events(1_000, `${index} `)));
  assert.equal(intake.waiting, WAITING_EVENTS_MAX);
  await assert.rejects(intake.takeMany(events(1, 'too many ')), (error) => error instanceof Problem && error.kind === 'overloaded' && error.extras.retry_after_seconds === 1);
  assert.equal((await Promise.all(taken)).reduce((sum, { stored }) => sum + stored, 0), WAITING_EVENTS_MAX);
  assert.equal(intake.waiting, 0);
  assert.deepEqual(await intake.takeMany(events(1, 'later ')), { stored: 1, duplicates: 0, excluded: 0 });
  assert.equal(stores.events.lastSeq, WAITING_EVENTS_MAX + 1);
  stores.database.close();
});

test('EventIntake hands stored events on after COMMIT, duplicates and bots left out', async () => {
  const stores = openStores();
  const published: string[] = [];
  const intake = new EventIntake({
    ...stores,
    clock: () => Date.UTC(2026, 0, 5),
    botReason: ({ visitor_id }) => (visitor_id === 'v1' ? 'bot' : undefined),
    listening: () => true,
    publish: ({ event_id, timestamp }) => published.push(`${event_id} ${timestamp} ${String(stores.database.isTransaction)}`),
  });
  assert.deepEqual(await intake.takeMany([...events(3, ''), ...events(1, '')]), { stored: 2, duplicates: 1, excluded: 1 });
  assert.deepEqual(published, ['0 2026-01-05T00:00:00.000Z false', '2 2026-01-05T00:00:00.000Z false']);
  stores.database.close();
});
