import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from '../../shared/test/support/call-of.ts';
import { openApp } from './support/open-app.ts';

const event = (index: number): object => ({
  record: 'event',
  visitor_id: `v${index % 3}`,
  event_type: index % 2 === 0 ? 'click' : 'page_view',
  event_id: `e${index}`,
  timestamp: new Date(Date.UTC(2025, 0, 1, 0, index)).toISOString(),
  ...(index % 4 === 0 ? { event_name: 'hero', properties: { percent: index } } : {}),
  ...(index % 5 === 0 ? { experiment_id: 'pricing', variant: 'B' } : {}),
});

const EVENTS = Array.from({ length: 20 }, (_, index) => event(index));

test('GET /events lists the newest first, a page at a time, each event once', async () => {
  using service = openApp();
  await service.import(EVENTS);
  const ids: string[] = [];
  let cursor: string | null = '';
  do {
    const page: { data: { event_id: string }[]; next_cursor: string | null } = (await service.ask(`GET /events?limit=6&cursor=${cursor}`)).json();
    ids.push(...page.data.map(({ event_id }) => event_id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  assert.deepEqual(ids, EVENTS.map((_, index) => `e${19 - index}`));
  assert.equal((await service.ask('GET /events?cursor=nonsense')).status, 400);
});

test('GET /events filters by everything an event has', async () => {
  using service = openApp();
  await service.import(EVENTS);
  const ids = async (query: string): Promise<string> => (await service.ask(`GET /events?${query}`)).json().data.map(({ event_id }: { event_id: string }) => event_id).join(' ');
  assert.equal(await ids('visitor_id=v1'), 'e19 e16 e13 e10 e7 e4 e1');
  assert.equal(await ids('event_type=click&event_name=hero&visitor_id=v0'), 'e12 e0');
  assert.equal(await ids('event_name=hero'), 'e16 e12 e8 e4 e0');
  assert.equal(await ids('property=percent=8'), 'e8');
  assert.equal(await ids('property=percent&to=2025-01-01T00:05:00Z'), 'e4 e0');
  assert.equal(await ids('experiment=pricing&variant=B'), 'e15 e10 e5 e0');
  assert.equal(await ids('from=2025-01-01T00:17:00Z&to=2025-01-01T00:19:00Z'), 'e18 e17');
  assert.equal(await ids('event_type=never'), '');
  assert.equal(await ids('experiment=never'), '');
});

test('GET /events goes through a stretch of time by time, a page at a time, each event once', async () => {
  using service = openApp();
  await service.import([...EVENTS.slice(10), ...EVENTS.slice(0, 10)]);
  for (const filter of ['', '&event_type=click']) {
    const ids: string[] = [];
    let cursor: string | null = '';
    do {
      const page: { data: { event_id: string }[]; next_cursor: string | null } = (await service.ask(`GET /events?from=2025-01-01T00:03:00Z&to=2025-01-01T00:17:00Z&limit=4${filter}&cursor=${cursor}`)).json();
      ids.push(...page.data.map(({ event_id }) => event_id));
      cursor = page.next_cursor;
    } while (cursor !== null);
    assert.deepEqual(ids, EVENTS.map((_, index) => `e${index}`).slice(3, 17).filter((_, index) => filter === '' || index % 2 === 1).reverse());
  }
});

test('GET /events/stream sends what is stored as it is stored, and what was missed', async () => {
  using service = openApp();
  const send = (event_id: string): Promise<unknown> => service.askOpenly('POST /events', { json: { visitor_id: 'v', event_type: 'click', event_id } });
  await send('first');
  await send('second');
  const feed = listen((await service.ask('GET /events/stream', { headers: { 'last-event-id': '1' } })).reply);
  await send('third');
  await send('third');
  const messages = feed.text().split('\n\n').filter((message) => message.includes('data:'));
  assert.deepEqual(
    messages.map((message) => [/^id: (.*)$/m.exec(message)?.[1], JSON.parse(/^data: (.*)$/m.exec(message)?.[1] ?? '').event_id]),
    [['2', 'second'], ['3', 'third']],
  );
  feed.close();
});

test('GET /events/stream sends all that was missed, a part at a time, without what was imported', async () => {
  using service = openApp({ RATE_LIMIT: 'off' });
  const send = (count: number): Promise<unknown> => service.ask('POST /events', { json: Array.from({ length: count }, () => ({ visitor_id: 'v', event_type: 'click' })) });
  await send(1_000);
  await service.import(EVENTS);
  await send(600);
  const seen: number[] = [];
  let last = '1';
  for (let parts = 0, open = false; !open; parts += 1) {
    assert.ok(parts < 3);
    const feed = listen((await service.ask('GET /events/stream', { headers: { 'last-event-id': last } })).reply);
    const ids = [...feed.text().matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    seen.push(...[...feed.text().matchAll(/^id: (\d+)\nevent/gm)].map(([, id]) => Number(id)));
    last = String(ids.at(-1));
    open = !feed.closed();
    feed.close();
  }
  const imported = EVENTS.length;
  assert.deepEqual(seen, Array.from({ length: 1_599 }, (_, index) => index + 2 + (index < 999 ? 0 : imported)));
});
