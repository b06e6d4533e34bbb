import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../../shared/test/support/call-of.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { readVisitor } from '../src/visitor/visitor-cookie.ts';
import { BROWSER, cookieHeader, startLanding } from './support/landing.ts';
import type { Landing } from './support/landing.ts';
import { sampleConfig } from './support/sample-config.ts';
import { stubService } from './support/stub-service.ts';

/** A visitor who has opened the page: their cookies, and what the page gave the tracker. */
const visitorOf = async (landing: Landing) => {
  const jar = new Map<string, string>();
  const { text } = await landing.open('/', jar);
  const [, id = '', view = ''] = /data-id="([^"]+)" data-view="([^"]+)"/.exec(text) ?? [];
  const pixel = /<img class="pixel" src="([^"]+)"/.exec(text)?.[1] ?? '';
  return { jar, id, view, pixel, visitor_id: readVisitor(jar.get('visitor_id'), landing.key) ?? '', variant: text.includes('of&gt; B') ? 'B' : 'A' };
};

const headers = (jar: ReadonlyMap<string, string>): Readonly<Record<string, string>> => ({ ...BROWSER, cookie: cookieHeader(jar) });

test('POST /events records a visitor, experiment and variant of its own, whatever the body says', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { jar, id, view, visitor_id, variant } = await visitorOf(landing);
  const event = { event_id: id, event_type: 'page_view', visitor_id: 'me', experiment_id: 'other', variant: 'Z', context: { path: '/', user_agent: 'forged', automation: false } };
  const answer = await ask(landing.app, 'POST /events', { json: { view, events: [event] }, headers: headers(jar) });
  assert.deepEqual([answer.status, answer.json()], [200, { accepted: 1, duplicates: 0, rejected: [] }]);
  const [item] = landing.waiting('metrics');
  assert.deepEqual(item, {
    event_id: id,
    visitor_id,
    event_type: 'page_view',
    experiment_id: 'homepage',
    variant,
    timestamp: '2090-06-01T12:00:00.000Z',
    context: { path: '/', automation: false, user_agent: BROWSER['user-agent'], language: 'de-AT' },
  });
});

test('POST /events answers as metrics-service does', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { jar, variant } = await visitorOf(landing);
  const post = (json: unknown) => ask(landing.app, 'POST /events', { json, headers: headers(jar) });
  const event_id = uuidv7();
  const one = await post({ event_type: 'click', event_id });
  assert.deepEqual([one.status, one.json()], [201, { event_id, experiment_id: 'homepage', variant, duplicate: false }]);
  assert.deepEqual((await post({ event_type: 'click', event_id })).json(), { event_id, experiment_id: 'homepage', variant, duplicate: true });
  assert.match((await post({ type: 'click' })).json().event_id, /^[0-9a-f-]{36}$/);

  const many = await post([{ event_type: 'click', event_id }, { event_type: 'click' }, { event_type: '' }, 7]);
  assert.equal(many.status, 200);
  const { accepted, duplicates, rejected } = many.json();
  assert.deepEqual([accepted, duplicates, rejected.map(({ index }: { index: number }) => index)], [1, 1, [2, 3]]);
  assert.equal(rejected[0].errors[0].field, '/2/event_type');

  const none = await post({ events: [{}] });
  assert.deepEqual([none.status, none.json().rejected.length], [400, 1]);
  assert.deepEqual((await post({})).json().errors, [{ field: '/event_type', message: 'is required' }]);
  for (const json of [{ events: [] }, { events: 'x' }, [], 'x', null]) assert.equal((await post(json)).status, 400);
});

test('POST /events takes what the Beacon API sends, from its own pages and listed ones only', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { jar } = await visitorOf(landing);
  const text = JSON.stringify({ event_type: 'click' });
  const status = async (more: Readonly<Record<string, string>>): Promise<number> => (await ask(landing.app, 'POST /events', { text, headers: { ...headers(jar), 'content-type': 'text/plain;charset=UTF-8', ...more } })).status;
  assert.equal(await status({}), 201);
  assert.equal(await status({ host: 'shop.example:8080', origin: 'http://shop.example:8080' }), 201);
  assert.equal(await status({ origin: 'http://localhost:8081' }), 201);
  assert.equal(await status({ origin: 'http://evil.example' }), 403);
  assert.equal(await status({ 'sec-fetch-site': 'cross-site' }), 403);
  assert.equal(await status({ 'content-type': 'application/xml' }), 415);
});

test('POST /events corrects the time by the clock of the browser', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { jar, view } = await visitorOf(landing);
  const json = { view, sent_at: '2131-01-01T00:10:00.000Z', events: [{ event_type: 'click', timestamp: '2131-01-01T00:00:00.000Z' }, { event_type: 'click', timestamp: '2019-01-01T00:00:00.000Z' }] };
  await ask(landing.app, 'POST /events', { json, headers: headers(jar) });
  assert.deepEqual(landing.waiting('metrics').map(({ timestamp }) => timestamp), ['2090-06-01T11:50:00.000Z', '2090-05-31T12:00:00.000Z']);
});

test('POST /events knows a visitor by the page where no cookie comes, and gives the tracker of another site an id', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { view, visitor_id, variant } = await visitorOf(landing);
  await ask(landing.app, 'POST /events', { json: { view, events: [{ event_type: 'click' }] }, headers: BROWSER });
  assert.deepEqual(landing.waiting('metrics').map((item) => [item.visitor_id, item.variant]), [[visitor_id, variant]]);

  const first = await ask(landing.app, 'POST /events', { json: { events: [{ event_type: 'page_view' }] }, headers: BROWSER });
  const { visitor } = first.json();
  const second = await ask(landing.app, 'POST /events', { json: { visitor, events: [{ event_type: 'click' }] }, headers: BROWSER });
  assert.equal(second.json().visitor, undefined);
  const [, theirs, again] = landing.waiting('metrics');
  assert.equal(theirs.visitor_id, readVisitor(visitor, landing.key));
  assert.equal(again.visitor_id, theirs.visitor_id);
  assert.deepEqual([theirs.experiment_id, theirs.variant], [undefined, undefined]);
  const forged = await ask(landing.app, 'POST /events', { json: { visitor: `${visitor}x`, events: [{ event_type: 'click' }] }, headers: BROWSER });
  assert.notEqual(forged.json().visitor, undefined);
});

test('POST /events records nothing of machines and of those who ask not to be followed', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { jar, view } = await visitorOf(landing);
  const post = async (more: Readonly<Record<string, string>>, context: object = {}) =>
    (await ask(landing.app, 'POST /events', { json: { view, events: [{ event_type: 'click', context }] }, headers: { ...headers(jar), ...more } })).json();
  assert.deepEqual(await post({ 'sec-gpc': '1' }), { accepted: 1, duplicates: 0, rejected: [], excluded: 1 });
  assert.equal((await post({ 'user-agent': 'bingbot/2.0' })).excluded, 1);
  assert.equal((await post({}, { automation: true })).excluded, 1);
  assert.equal((await post({}, { automation: false })).excluded, undefined);
  assert.equal(landing.waiting('metrics').length, 1);
  assert.deepEqual([...landing.stores.tally.countsOf('event ')].sort(), [['automation', 1], ['bot', 1], ['privacy', 1]]);
});

test('POST /events says so when the outbox is full, and takes events again when there is room', async () => {
  await using ab = await stubService();
  await using metrics = await stubService(({ body }) => ({ status: 200, body: { accepted: body.events.length, duplicates: 0, rejected: [] } }));
  await using landing = startLanding({ ab, metrics, document: sampleConfig(), outbox_limits: { rows_max: 3, bytes_max: 1e6 } });
  const { jar } = await visitorOf(landing);
  const post = (count: number) => ask(landing.app, 'POST /events', { json: Array.from({ length: count }, () => ({ event_type: 'click' })), headers: headers(jar) });
  assert.equal((await post(2)).status, 200);
  const full = await post(1);
  assert.deepEqual([full.status, full.headers['retry-after']], [503, '30']);
  landing.stores.deliveries.metrics.start();
  while (landing.stores.outbox.size.rows > 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal((await post(2)).status, 200);
});

test('GET /pixel counts the page view of a browser without JavaScript once, and nothing that we did not sign', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { jar, id, pixel, view, visitor_id, variant } = await visitorOf(landing);
  for (const path of [pixel, pixel, `${pixel}x`, '/pixel', '/pixel?view=x']) {
    const { status, reply } = await ask(landing.app, `GET ${path}`, { headers: headers(jar) });
    assert.deepEqual([status, reply.type], [200, 'image/gif']);
  }
  assert.deepEqual(landing.waiting('metrics').map((item) => [item.event_id, item.event_type, item.visitor_id, item.variant]), [[id, 'page_view', visitor_id, variant]]);
  const tracked = await ask(landing.app, 'POST /events', { json: { view, events: [{ event_type: 'page_view', event_id: id }] }, headers: headers(jar) });
  assert.equal(tracked.json().duplicates, 1, 'the tracker and the pixel of one page are one view');
  const other = await visitorOf(landing);
  landing.clock += 2 * 86_400_000;
  await ask(landing.app, `GET ${other.pixel}`, { headers: headers(other.jar) });
  assert.equal(landing.waiting('metrics').length, 1, 'a page of the day before yesterday is no view of today');
});

test('GET /tracker.js is small and may be used by any site', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  const { status, headers: sent, text, reply } = await ask(landing.app, 'GET /tracker.js', { headers: { 'sec-fetch-site': 'cross-site' } });
  assert.deepEqual([status, reply.type, sent['cross-origin-resource-policy']], [200, 'text/javascript; charset=utf-8', 'cross-origin']);
  assert.ok(text.length < 6_144, `${text.length} bytes`);
  assert.equal((await ask(landing.app, 'GET /tracker.js', { headers: { 'if-none-match': String(sent['etag']) } })).status, 304);
});
