import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestCall } from '../../shared/test/support/call-of.ts';
import { createStores } from '../src/stores.ts';
import { INGEST, openApp } from './support/open-app.ts';
import type { OpenApp } from './support/open-app.ts';
import { openStores } from './support/open-stores.ts';
import { AGENTS } from './support/visit-history.ts';

const ROUTES = ['summary', 'series', 'sources', 'devices', 'browsers', 'languages', 'entries', 'pages', 'events'].map((name) => `GET /analytics/${name}`);
const MINUTE = 60_000;

const answerOf = async (service: OpenApp, signature: string, options: TestCall = {}): Promise<unknown> => (await service.ask(signature, options)).json();

/** Three visitors on two days: one bounces, one comes back, one goes all the way. */
const visit = async (service: OpenApp): Promise<void> => {
  const at = (day: number, hour: number, minute: number): string => new Date(Date.UTC(2026, 0, day, hour, minute)).toISOString();
  const context = { path: '/', user_agent: AGENTS.firefox, language: 'en-GB', referrer: 'https://www.google.com/' };
  const event = (visitor_id: string, event_type: string, timestamp: string, rest: object = {}): object => ({ record: 'event', visitor_id, event_type, timestamp, event_id: `${visitor_id} ${event_type} ${timestamp}`, ...rest });
  await service.import([
    event('ann', 'page_view', at(3, 10, 0), { context }),
    event('ben', 'page_view', at(4, 10, 0), { context: { ...context, user_agent: AGENTS.safari, referrer: 'http://localhost:8080/' } }),
    event('ben', 'engagement', at(4, 10, 1), { properties: { time_on_page: 20 } }),
    event('ben', 'page_view', at(4, 23, 40), { context: { path: '/pricing' } }),
    event('cat', 'page_view', at(4, 11, 0), { context: { ...context, utm: { source: 'letter', medium: 'email' } } }),
    event('cat', 'cta_click', at(4, 11, 1), { event_name: 'hero' }),
    event('cat', 'form_submit', at(4, 11, 2)),
    { record: 'assignment', visitor_id: 'ben', experiment_id: 'homepage', variant: 'A', timestamp: at(4, 9, 0) },
    { record: 'assignment', visitor_id: 'cat', experiment_id: 'homepage', variant: 'B', timestamp: at(4, 9, 0) },
  ]);
};

test('GET /analytics/… and POST /analytics/funnel need the API token', async () => {
  using service = openApp();
  for (const signature of [...ROUTES, 'POST /analytics/funnel']) {
    const options = signature.startsWith('POST') ? { json: { steps: ['page_view', 'click'] } } : {};
    assert.equal((await service.askOpenly(signature, options)).status, 401, signature);
    assert.equal((await service.askOpenly(signature, { ...options, token: INGEST })).status, 403, signature);
    assert.equal((await service.ask(signature, options)).status, 200, signature);
  }
});

test('GET /analytics/summary counts the days asked about and as many before', async () => {
  using service = openApp();
  await visit(service);
  const json = await answerOf(service, 'GET /analytics/summary?from=2026-01-04&to=2026-01-04');
  assert.deepEqual(json, {
    from: '2026-01-04',
    to: '2026-01-04',
    timezone: 'UTC',
    current: {
      visitors: 2,
      sessions: 3,
      views: 3,
      bounce_rate: 1 / 3,
      events: 6,
      engagement_rate: 2 / 3,
      views_per_session: 1,
      visible_seconds: { mean: 20 / 3, median: 0 },
      scroll_share: { 25: 0, 50: 0, 75: 0, 100: 0 },
    },
    previous: {
      from: '2026-01-03',
      to: '2026-01-03',
      visitors: 1,
      sessions: 1,
      views: 1,
      bounce_rate: 1,
      events: 1,
      engagement_rate: 0,
      views_per_session: 1,
      visible_seconds: { mean: 0, median: 0 },
      scroll_share: { 25: 0, 50: 0, 75: 0, 100: 0 },
    },
    change: { visitors: 1, sessions: 2, views: 2, events: 5 },
  });
});

test('an event that was acknowledged is in the next answer, and nobody at all is no error', async () => {
  using service = openApp();
  const visitors = async (): Promise<unknown> => ((await service.ask('GET /analytics/summary')).json() as { current: { visitors: number } }).current.visitors;
  assert.equal(await visitors(), 0);
  await service.ask('POST /events', { json: { visitor_id: 'v', event_type: 'page_view' } });
  assert.equal(await visitors(), 1);
  await service.ask('DELETE /visitors/v');
  assert.equal(await visitors(), 0);
});

test('a session goes on after a pause of 30 minutes, and not after a longer one', async () => {
  using service = openApp();
  const view = (visitor_id: string, at: number): object => ({ record: 'event', visitor_id, event_type: 'page_view', timestamp: new Date(at).toISOString() });
  const begin = service.now - 24 * 60 * MINUTE;
  await service.import([view('a', begin), view('a', begin + 30 * MINUTE), view('b', begin), view('b', begin + 30 * MINUTE + 1)]);
  const answer = (await answerOf(service, 'GET /analytics/summary')) as { current: { visitors: number; sessions: number } };
  assert.deepEqual([answer.current.visitors, answer.current.sessions], [2, 3]);
  await service.import([view('b', begin + 10)]);
  const joined = (await answerOf(service, 'GET /analytics/summary')) as { current: { sessions: number } };
  assert.equal(joined.current.sessions, 2);
});

test('days begin at midnight of the time zone', async () => {
  using service = openApp();
  await visit(service);
  // 23:40 in London is the next day in Kolkata, half an hour off the hour.
  const json = await answerOf(service, 'GET /analytics/series?from=2026-01-04&to=2026-01-05&timezone=Asia/Kolkata');
  const { series } = json as { series: { start: string; local: string; sessions: number; visitors: number }[] };
  assert.deepEqual(series.map(({ start, local, sessions, visitors }) => [start, local, sessions, visitors]), [
    ['2026-01-03T18:30:00.000Z', '2026-01-04T00:00:00+05:30', 2, 2],
    ['2026-01-04T18:30:00.000Z', '2026-01-05T00:00:00+05:30', 1, 1],
  ]);
});

test('GET /analytics/series has every hour of a day on which clocks are set', async () => {
  using service = openApp();
  const hours = async (day: string, timezone: string): Promise<number> => ((await service.ask(`GET /analytics/series?interval=hour&from=${day}&to=${day}&timezone=${timezone}`)).json() as { series: object[] }).series.length;
  assert.equal(await hours('2026-03-29', 'Europe/Berlin'), 23);
  assert.equal(await hours('2026-10-25', 'Europe/Berlin'), 25);
  assert.equal(await hours('2026-06-01', 'Europe/Berlin'), 24);
});

test('the lists name sources, devices, browsers, languages, entries, pages and events', async () => {
  using service = openApp({}, createStores(openStores().database, ['localhost']));
  await visit(service);
  const list = async (path: string, ...names: readonly string[]): Promise<unknown> => {
    const json = await answerOf(service, `GET /analytics/${path}${path.includes('?') ? '&' : '?'}from=2026-01-01&to=2026-01-05`);
    return (json as { data: Record<string, unknown>[] }).data.map((share) => names.map((name) => share[name]));
  };
  assert.deepEqual(await list('sources', 'name', 'visitors', 'sessions'), [[null, 1, 2], ['google', 1, 1], ['letter', 1, 1]]);
  assert.deepEqual(await list('sources?by=channel', 'name', 'sessions'), [['direct', 1], ['email', 1], ['internal', 1], ['organic_search', 1]]);
  assert.deepEqual(await list('devices', 'name', 'visitors', 'sessions'), [['desktop', 2, 2], [null, 1, 1], ['mobile', 1, 1]]);
  assert.deepEqual(await list('browsers', 'name'), [['firefox'], [null], ['safari']]);
  assert.deepEqual(await list('languages', 'name', 'sessions'), [['en', 3], [null, 1]]);
  assert.deepEqual(await list('entries', 'name', 'sessions'), [['/', 3], ['/pricing', 1]]);
  assert.deepEqual(await list('pages', 'path', 'views', 'visitors', 'sessions'), [['/', 3, 3, 3], ['/pricing', 1, 1, 1]]);
  assert.deepEqual(await list('events', 'event_type', 'event_name', 'events'), [['page_view', null, 4], ['cta_click', 'hero', 1], ['engagement', null, 1], ['form_submit', null, 1]]);
  assert.deepEqual(await list('pages?device=mobile', 'path'), [['/']]);
  assert.deepEqual(await list('entries?experiment=homepage', 'name', 'visitors', 'sessions'), [['/', 2, 2], ['/pricing', 1, 1]]);
  assert.deepEqual(await list('entries?variant=B', 'name', 'sessions'), [['/', 1]]);
  assert.deepEqual(await list('entries?variant=Z', 'name'), []);
  assert.deepEqual(await list('entries?experiment=never-heard-of', 'name'), []);
});

test('a change of assignments shows in the next answer by variant', async () => {
  using service = openApp();
  await visit(service);
  const sessions = async (): Promise<number> => ((await service.ask('GET /analytics/summary?from=2026-01-01&to=2026-01-05&variant=A')).json() as { current: { sessions: number } }).current.sessions;
  assert.equal(await sessions(), 2);
  await service.import([{ record: 'assignment', visitor_id: 'ann', experiment_id: 'homepage', variant: 'A', timestamp: '2026-01-02T00:00:00Z' }]);
  assert.equal(await sessions(), 3);
  await service.import([{ record: 'assignment', visitor_id: 'ben', experiment_id: 'homepage', variant: 'B', timestamp: '2026-01-02T00:00:00Z' }]);
  assert.equal(await sessions(), 1, 'two variants are a conflict');
});

test('POST /analytics/funnel counts visitors at each step, and by variant', async () => {
  using service = openApp();
  await visit(service);
  const steps = ['page_view', 'cta_click:hero', 'form_submit'];
  const json = await answerOf(service, 'POST /analytics/funnel?from=2026-01-01&to=2026-01-05', { json: { steps, within_minutes: 5, by_variant_of: 'homepage' } });
  const { steps: all, variants } = json as { steps: object[]; variants: { variant_name: string; steps: { visitors: number }[] }[] };
  assert.deepEqual(all, [
    { metric: 'page_view', visitors: 3, share: 1, drop: null },
    { metric: 'cta_click:hero', visitors: 1, share: 1 / 3, drop: 2 / 3 },
    { metric: 'form_submit', visitors: 1, share: 1 / 3, drop: 0 },
  ]);
  assert.deepEqual(variants.map(({ variant_name, steps: own }) => [variant_name, ...own.map(({ visitors }) => visitors)]), [['A', 1, 0, 0], ['B', 1, 1, 1]]);
  const late = await answerOf(service, 'POST /analytics/funnel?from=2026-01-01&to=2026-01-05', { json: { steps: steps.slice(1), by_variant_of: 'homepage' } });
  assert.deepEqual((late as { variants: { variant_name: string }[] }).variants.map(({ variant_name }) => variant_name), ['B'], 'of A nobody began');
  const hasty = await service.ask('POST /analytics/funnel', { json: { from: '2026-01-01', to: '2026-01-05', steps, within_minutes: 1 } });
  assert.deepEqual((hasty.json() as { steps: { visitors: number }[] }).steps.map(({ visitors }) => visitors), [3, 1, 0]);
});

test('what cannot be asked is refused by name', async () => {
  using service = openApp();
  const fields = async (signature: string, json?: object): Promise<readonly string[]> => {
    const answer = await service.ask(signature, json === undefined ? {} : { json });
    assert.equal(answer.status, 400, signature);
    return (answer.json() as { errors: { field: string }[] }).errors.map(({ field }) => field);
  };
  assert.deepEqual(await fields('GET /analytics/summary?from=2026-02-30'), ['from']);
  assert.deepEqual(await fields('GET /analytics/summary?from=yesterday'), ['from']);
  assert.deepEqual(await fields('GET /analytics/summary?from=2026-02-02&to=2026-02-01'), ['to']);
  assert.deepEqual(await fields('GET /analytics/summary?from=1990-01-01&to=2026-01-01'), ['from']);
  assert.deepEqual(await fields('GET /analytics/summary?timezone=Mars/Olympus'), ['timezone']);
  assert.deepEqual(await fields('GET /analytics/series?interval=hour&from=2020-01-01&to=2026-01-01'), ['interval']);
  assert.deepEqual(await fields('GET /analytics/pages?limit=0&device=toaster'), ['device', 'limit']);
  assert.deepEqual(await fields('GET /analytics/pages?cursor=nonsense'), ['cursor']);
  assert.deepEqual(await fields('POST /analytics/funnel', { steps: ['page_view'] }), ['/steps']);
  assert.deepEqual(await fields('POST /analytics/funnel', { steps: Array(9).fill('page_view') }), ['/steps']);
});

test('lists are paged by cursor', async () => {
  using service = openApp();
  await service.import(Array.from({ length: 7 }, (_, index) => ({ record: 'event', visitor_id: `v${index}`, event_type: 'page_view', timestamp: new Date(service.now - MINUTE).toISOString(), context: { path: `/${index}` } })));
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const json = await answerOf(service, `GET /analytics/pages?limit=3${cursor}`);
    const { data, next_cursor } = json as { data: { path: string }[]; next_cursor: string | null };
    seen.push(...data.map(({ path }) => path));
    if (next_cursor === null) break;
    cursor = `&cursor=${next_cursor}`;
  }
  assert.deepEqual(seen, ['/0', '/1', '/2', '/3', '/4', '/5', '/6']);
});
