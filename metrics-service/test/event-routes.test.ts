import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApp, START } from './support/open-app.ts';

const ID = '01980000-0000-7000-8000-000000000001';

test('POST /events answers one event with its id, experiment and variant', async () => {
  using service = openApp();
  const answer = await service.askOpenly('POST /events', { json: { visitor_id: 'v1', event_type: 'page_view', variant: 'A', event_id: ID } });
  assert.equal(answer.status, 201);
  assert.deepEqual(answer.json(), { event_id: ID, experiment_id: 'homepage', variant: 'A', duplicate: false });
});

test('POST /events mints an id where none is given', async () => {
  using service = openApp();
  const { event_id } = (await service.askOpenly('POST /events', { json: { visitor_id: 'v1', event_type: 'page_view' } })).json();
  assert.match(event_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
});

test('POST /events counts the same id once, in one body and over many', async () => {
  using service = openApp();
  const event = { visitor_id: 'v1', event_type: 'form_submit', variant: 'A', event_id: ID };
  assert.deepEqual((await service.askOpenly('POST /events', { json: [event, event, { ...event, event_id: ID.toUpperCase() }] })).json(), { accepted: 1, duplicates: 2, rejected: [] });
  assert.equal((await service.askOpenly('POST /events', { json: event })).json().duplicate, true);
  assert.equal((await service.askOpenly('GET /stats')).json().total_events, 1);
});

test('POST /events refuses ids that are older than what is kept: whether they were counted is not known any more', async () => {
  using service = openApp();
  service.kept_from = START;
  const idAt = (time: number): string => `${time.toString(16).padStart(12, '0').replace(/^(.{8})/, '$1-')}-7000-8000-000000000001`;
  const event = (event_id: string): object => ({ visitor_id: 'v1', event_type: 'page_view', event_id });
  const one = await service.askOpenly('POST /events', { json: event(idAt(START - 1)) });
  assert.deepEqual([one.status, one.json().errors], [400, [{ field: '/event_id', message: 'is older than what is kept (RETENTION_DAYS)' }]]);
  const many = await service.askOpenly('POST /events', { json: [event(idAt(START)), {}, event(idAt(START - 1)), event('no time in it')] });
  assert.deepEqual([many.json().accepted, many.json().rejected.map(({ index, errors }: { index: number; errors: { field: string }[] }) => [index, errors[0]?.field])], [2, [[1, '/1/visitor_id'], [2, '/2/event_id']]]);
});

test('POST /events reads the other names of members, and scroll_depth as scroll', async () => {
  using service = openApp();
  await service.askOpenly('POST /events', { json: { user_id: 'v1', type: 'scroll_depth', metadata: { percent: 75 }, experiment_id: null } });
  const [event] = (await service.ask('GET /events')).json().data;
  assert.deepEqual([event.visitor_id, event.event_type, event.properties], ['v1', 'scroll', { percent: 75 }]);
});

test('POST /events names every fault of one event', async () => {
  using service = openApp();
  const answer = await service.askOpenly('POST /events', { json: { visitor_id: '', event_name: 5, timestamp: 'yesterday', properties: [], context: { screen_width: 'wide' } } });
  assert.equal(answer.status, 400);
  assert.deepEqual(
    answer.json().errors.map(({ field }: { field: string }) => field),
    ['/visitor_id', '/event_type', '/event_name', '/timestamp', '/properties', '/context/screen_width'],
  );
});

test('POST /events takes the good events of a body and lists the others with their index', async () => {
  using service = openApp();
  const good = { visitor_id: 'v1', event_type: 'click' };
  const answer = await service.askOpenly('POST /events', { json: { events: [good, { visitor_id: 'v1' }, 7, good] } });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json(), {
    accepted: 2,
    duplicates: 0,
    rejected: [
      { index: 1, errors: [{ field: '/1/event_type', message: 'is required' }] },
      { index: 2, errors: [{ field: '/2', message: 'must be an object' }] },
    ],
  });
});

test('POST /events answers 400 with the list when no event of many is valid', async () => {
  using service = openApp();
  const answer = await service.askOpenly('POST /events', { json: [{ visitor_id: 'v1' }] });
  assert.deepEqual([answer.status, answer.reply.type], [400, 'application/problem+json']);
  const { accepted, rejected, errors } = answer.json();
  assert.deepEqual([accepted, rejected.length, errors.length], [0, 1, 1]);
});

test('POST /events refuses no events, too many, other content types, and what is not JSON', async () => {
  using service = openApp({ RATE_LIMIT: 'off' });
  const status = async (options: object): Promise<number> => (await service.askOpenly('POST /events', options)).status;
  assert.equal(await status({ json: [] }), 400);
  assert.equal(await status({ json: Array.from({ length: 1_001 }, () => ({ visitor_id: 'v', event_type: 'x' })) }), 400);
  assert.equal(await status({ text: 'visitor_id=v', headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 415);
  assert.equal(await status({ text: '{' }), 400);
  assert.equal(await status({ text: `"${'x'.repeat(1_048_576)}"` }), 413);
});

test('POST /events puts events where a wrong clock cannot: by the difference of its own times, within 24 hours', async () => {
  using service = openApp();
  const far = Date.UTC(1999, 0, 1);
  const iso = (time: number): string => new Date(time).toISOString();
  const send = (event_id: string, times: object): Promise<unknown> => service.askOpenly('POST /events', { json: { visitor_id: 'v', event_type: 'x', event_id, ...times } });
  await send('wrong clock', { timestamp: iso(far), sent_at: iso(far + 30_000) });
  await send('future', { timestamp: iso(START + 3_600_000) });
  await send('too old', { timestamp: iso(far) });
  await send('no time', {});
  const times = (await service.ask('GET /events')).json().data.map((event: { timestamp: string }) => Date.parse(event.timestamp) - START);
  assert.deepEqual(times, [0, -86_400_000, 0, -30_000]);
});

test('POST /events answers bots as if all were well, counts none of their events, and tallies them', async () => {
  using service = openApp();
  const event = { visitor_id: 'v', event_type: 'page_view', variant: 'A' };
  const crawler = { ...event, context: { user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' } };
  assert.equal((await service.askOpenly('POST /events', { json: crawler })).json().excluded, 'bot');
  assert.deepEqual((await service.askOpenly('POST /events', { json: [crawler, { ...event, context: { automation: true } }, event] })).json(), { accepted: 3, duplicates: 0, rejected: [], excluded: 2 });
  assert.equal((await service.askOpenly('GET /stats')).json().total_events, 1);
  assert.equal((await service.ask('GET /experiments/homepage/results')).json().exclusions.bots, 3);
  assert.match(service.meter.text(), /events_excluded_total\{reason="bot"\} 2\n/);
});

test('BOT_FILTER=off counts what a driven browser sends', async () => {
  using service = openApp({ BOT_FILTER: 'off' });
  await service.askOpenly('POST /events', { json: { visitor_id: 'v', event_type: 'page_view', variant: 'A', context: { automation: true } } });
  assert.equal((await service.askOpenly('GET /stats')).json().total_events, 1);
});

test('names such as __proto__ are data', async () => {
  using service = openApp();
  await service.askOpenly('POST /events', { text: '{"visitor_id":"__proto__","event_type":"constructor","variant":"__proto__","properties":{"__proto__":{"x":1}}}', headers: { 'content-type': 'application/json' } });
  assert.deepEqual(Object.keys((await service.askOpenly('GET /stats')).json().variants), ['__proto__']);
  assert.match((await service.ask('GET /export')).text, /"properties":\{"__proto__":\{"x":1\}\}/);
});
