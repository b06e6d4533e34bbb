import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../../shared/test/support/call-of.ts';
import type { OutboxItem } from '../src/outbox/outbox-store.ts';
import { API_TOKEN, INGEST_TOKEN, startLanding } from './support/landing.ts';
import type { Landing } from './support/landing.ts';
import { stubService } from './support/stub-service.ts';
import type { StubAnswer, StubRequest } from './support/stub-service.ts';

const event = (number: number, size = 0): OutboxItem => ({
  destination: 'metrics',
  item_id: `event-${number}`,
  visitor_id: 'visitor',
  body: JSON.stringify({ event_id: `event-${number}`, event_type: 'click', timestamp: '2090-06-01T11:00:00.000Z', properties: { text: 'x'.repeat(size) } }),
  created_at: 0,
});

const idsOf = ({ body }: StubRequest): readonly string[] => body.events.map(({ event_id }: { event_id: string }) => event_id);

const takeAll = ({ body }: StubRequest): StubAnswer => ({ status: 200, body: { accepted: body.events.length, duplicates: 0, rejected: [] } });

const empty = async (landing: Landing): Promise<void> => {
  while (landing.stores.outbox.size.rows > 0) await new Promise((resolve) => setTimeout(resolve, 1));
};

test('events arrive in order, in large batches, each with the moment of its sending', async () => {
  await using ab = await stubService();
  await using metrics = await stubService(takeAll);
  await using landing = startLanding({ ab, metrics });
  await landing.stores.outbox.add(Array.from({ length: 2_500 }, (_, number) => event(number)));
  landing.stores.deliveries.metrics.start();
  await empty(landing);
  assert.deepEqual(metrics.requests.map((request) => idsOf(request).length), [1_000, 1_000, 500]);
  assert.deepEqual(metrics.requests.flatMap(idsOf), Array.from({ length: 2_500 }, (_, number) => `event-${number}`));
  const [first] = metrics.requests;
  assert.deepEqual([first?.path, first?.token, first?.body.events[0].sent_at], ['/events', `Bearer ${INGEST_TOKEN}`, '2090-06-01T12:00:00.000Z']);
  assert.deepEqual(landing.stores.deliveries.metrics.counts, { delivered: 2_500, refused: 0 });
});

test('a batch stays below what metrics-service takes in one body', async () => {
  await using ab = await stubService();
  await using metrics = await stubService(takeAll);
  await using landing = startLanding({ ab, metrics });
  await landing.stores.outbox.add(Array.from({ length: 300 }, (_, number) => event(number, 8_000)));
  landing.stores.deliveries.metrics.start();
  await empty(landing);
  for (const { body } of metrics.requests) assert.ok(JSON.stringify(body).length < 1_048_576);
  assert.equal(metrics.requests.flatMap(idsOf).length, 300);
});

test('what is not acknowledged is sent again, and nothing is lost while the other side is away', async () => {
  await using ab = await stubService();
  const answers: StubAnswer[] = [undefined, { status: 503, body: {} }, { status: 429, body: {} }, { status: 401, body: {} }, { status: 500, body: {} }];
  await using metrics = await stubService((request) => (answers.length > 0 ? answers.shift() : takeAll(request)));
  await using landing = startLanding({ ab, metrics });
  landing.stores.deliveries.metrics.start();
  await landing.stores.outbox.add([event(1), event(2)]);
  await empty(landing);
  assert.ok(metrics.requests.length >= 6);
  for (const request of metrics.requests) assert.deepEqual(idsOf(request), ['event-1', 'event-2']);
  assert.ok(landing.logs.some((line) => line.includes('delivery waits')));
});

test('an event that is refused for good is dropped, said and counted; the others arrive', async () => {
  await using ab = await stubService();
  const isBad = (id: string): boolean => id === 'event-3';
  await using metrics = await stubService((request) => {
    const rejected = idsOf(request).flatMap((id, index) => (isBad(id) ? [{ index, errors: [{ field: '/x', message: 'is wrong' }] }] : []));
    return rejected.length === idsOf(request).length ? { status: 400, body: { rejected } } : { status: 200, body: { accepted: 1, duplicates: 0, rejected } };
  });
  await using landing = startLanding({ ab, metrics });
  landing.stores.deliveries.metrics.start();
  await landing.stores.outbox.add([event(1), event(3)]);
  await empty(landing);
  await landing.stores.outbox.add([{ ...event(3), item_id: 'event-3-again' }]);
  await empty(landing);
  assert.deepEqual(landing.stores.deliveries.metrics.counts, { delivered: 1, refused: 2 });
  assert.ok(landing.logs.some((line) => line.includes('event-3') && line.includes('/x is wrong')));
  assert.match((await ask(landing.app, 'GET /metrics', { token: API_TOKEN })).text, /^outbox_refused_total\{destination="metrics"\} 2$/m);
});

test('a batch that is refused whole is taken apart until the one at fault is found', async () => {
  await using ab = await stubService();
  await using metrics = await stubService((request) => (idsOf(request).includes('event-13') ? { status: 413, body: {} } : takeAll(request)));
  await using landing = startLanding({ ab, metrics });
  await landing.stores.outbox.add(Array.from({ length: 40 }, (_, number) => event(number)));
  landing.stores.deliveries.metrics.start();
  await empty(landing);
  assert.deepEqual(landing.stores.deliveries.metrics.counts, { delivered: 39, refused: 1 });
});

test('assignments made while ab-service was away arrive, and it is said where it keeps another', async () => {
  await using ab = await stubService(({ body }) => ({
    status: 200,
    body: { assignments: body.assignments.map(({ visitor_id, variant_id }: Record<string, string>) => ({ variant_id: visitor_id === 'v2' ? 'other' : variant_id, assignment_timestamp: '2090-06-01T12:00:00.000Z' })) },
  }));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  const late = (visitor_id: string) => ({ visitor_id, experiment: 'e', variant_id: 'b', assignment_timestamp: '2090-06-01T11:00:00.000Z' });
  await landing.stores.outbox.add(['v1', 'v2'].map((visitor_id) => ({ destination: 'ab', item_id: visitor_id, visitor_id, body: JSON.stringify(late(visitor_id)), created_at: 0 })));
  landing.stores.deliveries.ab.start();
  await empty(landing);
  assert.deepEqual(ab.requests.map(({ path, body }) => [path, body]), [['/assign', { assignments: [late('v1'), late('v2')] }]]);
  assert.equal(landing.stores.tally.counts().get('assignment different'), 1);
  assert.deepEqual(landing.stores.deliveries.ab.counts, { delivered: 2, refused: 0 });
});

test('one destination that is away does not hold up the other', async () => {
  await using ab = await stubService();
  await using metrics = await stubService(takeAll);
  await using landing = startLanding({ ab, metrics });
  for (const delivery of Object.values(landing.stores.deliveries)) delivery.start();
  await landing.stores.outbox.add([{ ...event(1), destination: 'ab' }, event(2)]);
  while (landing.stores.outbox.size.rows > 1) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(metrics.requests.flatMap(idsOf), ['event-2']);
  assert.equal(landing.stores.outbox.first('ab', 10).length, 1);
});
