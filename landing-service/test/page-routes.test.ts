import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssignmentAnswer } from '../../shared/contract/experiment.ts';
import { ask } from '../../shared/test/support/call-of.ts';
import { decide } from '../../shared/assign.ts';
import { readAssigned } from '../src/visitor/assigned-cookie.ts';
import { readVisitor } from '../src/visitor/visitor-cookie.ts';
import { API_TOKEN, BROWSER, INGEST_TOKEN, startLanding } from './support/landing.ts';
import { sampleConfig, sampleExperiment, sampleToggle, sampleVariant } from './support/sample-config.ts';
import { stubService } from './support/stub-service.ts';
import type { StubRequest } from './support/stub-service.ts';

const AT = '2090-06-01T12:00:00.000Z';

/** What ab-service answers: `variant` for everybody. */
const assigning = (variant: string, more: Partial<AssignmentAnswer> = {}) => ({ body }: StubRequest): { status: number; body: unknown } => ({
  status: 200,
  body: {
    assignments: body.assignments.map(({ visitor_id }: { visitor_id: string }) => ({
      visitor_id,
      experiment_id: 'experiment-1',
      experiment: 'homepage',
      variant_id: `variant-${variant}`,
      variant,
      configuration_json: { headline: `From ab: ${variant}` },
      assignment_timestamp: AT,
      is_new: true,
      ...more,
    })),
  },
});

const headlineOf = (text: string): string => /<h1[^>]*>([^<]*)</.exec(text)?.[1] ?? '';

test('GET / asks ab-service about a new visitor, and nobody about one who comes back', async () => {
  await using ab = await stubService(assigning('B'));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const jar = new Map<string, string>();
  const first = await landing.open('/?utm_source=post', jar);
  assert.equal(first.status, 200);
  assert.equal(headlineOf(first.text), 'Headline &lt;of&gt; B');
  const [request] = ab.requests;
  const visitor_id = readVisitor(jar.get('visitor_id'), landing.key);
  assert.equal(request?.token, `Bearer ${INGEST_TOKEN}`);
  assert.deepEqual(request?.body.assignments[0].visitor_id, visitor_id);
  assert.deepEqual(
    { ...request?.body.assignments[0].context, country: undefined, referrer: undefined },
    { device: 'desktop', browser: 'firefox', language: 'de-AT', path: '/', returning: false, utm_source: 'post', country: undefined, referrer: undefined },
  );
  assert.deepEqual(readAssigned(jar.get('assigned'), visitor_id ?? '', landing.key), [{ experiment_id: 'experiment-1', variant_id: 'variant-B', at: Date.parse(AT) }]);

  ab.answer = assigning('A');
  const again = await landing.open('/', jar);
  assert.equal(headlineOf(again.text), 'Headline &lt;of&gt; B');
  assert.equal(again.headers['set-cookie'], undefined);
  assert.equal(ab.requests.length, 1);
});

test('many new visitors at once are asked about with few calls, and one whom ab-service refuses does not hurt the others', async () => {
  const answer = assigning('B');
  await using ab = await stubService((request) => (request.body.assignments.some(({ context }: any) => context.utm_source === 'bad') ? { status: 400, body: {} } : answer(request)));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const pages = await Promise.all(Array.from({ length: 150 }, () => landing.open('/')));
  assert.ok(pages.every(({ text }) => text.includes('of&gt; B')));
  assert.ok(ab.requests.length <= 3, `${ab.requests.length} calls`);
  const [good, bad] = await Promise.all([landing.open('/'), landing.open('/?utm_source=bad')]);
  assert.deepEqual([headlineOf(good.text), headlineOf(bad.text)], ['Headline &lt;of&gt; B', 'Two versions. One honest answer.']);
});

test('GET / is not kept, framed or open to scripts of others, and asks nobody else for anything', async () => {
  await using ab = await stubService(assigning('A'));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const [one, two] = [await landing.open('/'), await landing.open('/')];
  assert.equal(one.headers['cache-control'], 'private, no-store');
  const policy = String(one.headers['content-security-policy']);
  const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
  assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.notEqual(policy, two.headers['content-security-policy']);
  for (const [tag] of one.text.matchAll(/<(script|style)\b[^>]*>/g)) assert.ok(tag.includes(`nonce="${nonce}"`), tag);
  assert.doesNotMatch(one.text, /(?:src|href|action)="(?:https?:)?\/\//);
  for (const [, url = ''] of one.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const asset = await ask(landing.app, `GET ${url}`);
    assert.deepEqual([asset.status, asset.headers['cache-control']], [200, 'public, max-age=31536000, immutable'], url);
    assert.equal((await ask(landing.app, `GET ${url}`, { headers: { 'if-none-match': String(asset.headers['etag']) } })).status, 304);
  }
  assert.equal((await ask(landing.app, 'GET /assets/x/home/page.json')).status, 404);
});

test('GET / gives a new visitor the same variant while ab-service is away, and tells it later', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const seen = new Map<string, string>();
  for (let count = 0; count < 20; count += 1) {
    const jar = new Map<string, string>();
    const { text } = await landing.open('/', jar);
    const visitor_id = readVisitor(jar.get('visitor_id'), landing.key) ?? '';
    const { variant } = decide({ experiment: sampleExperiment(), visitor_id, attributes: {}, experiment_enabled: true });
    assert.equal(headlineOf(text).includes('of&gt; B'), variant.variant_name === 'B');
    seen.set(visitor_id, variant.variant_id);
    assert.equal(headlineOf((await landing.open('/', jar)).text), headlineOf(text));
  }
  assert.deepEqual(new Set(seen.values()), new Set(['variant-A', 'variant-B']));
  assert.deepEqual(
    landing.waiting('ab'),
    [...seen].map(([visitor_id, variant_id]) => ({ visitor_id, experiment: 'experiment-1', variant_id, assignment_timestamp: AT })),
  );
});

test('GET / shows the page as it is, and assigns nobody, while nothing is known', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  const jar = new Map<string, string>();
  const { status, text } = await landing.open('/', jar);
  assert.deepEqual([status, headlineOf(text)], [200, 'Two versions. One honest answer.']);
  assert.deepEqual([...jar.keys()], ['visitor_id']);
  assert.deepEqual(landing.waiting('ab'), []);
  assert.match((await ask(landing.app, 'GET /metrics', { token: API_TOKEN })).text, /^visitors_unassigned_total 1$/m);
  ab.answer = assigning('B');
  assert.equal(headlineOf((await landing.open('/', jar)).text), 'From ab: B');
});

test('GET / shows the control to whoever does not take part, without a call', async () => {
  await using ab = await stubService(assigning('B'));
  await using metrics = await stubService();
  const part = [sampleVariant('A', 50, { headline: 'Control' }), sampleVariant('B', 50, { headline: 'Other' })];
  const cases = [
    sampleConfig({ experiments: [sampleExperiment({ variants: part, status: 'PAUSED' })] }),
    sampleConfig({ experiments: [sampleExperiment({ variants: part, coverage_percent: 0 })] }),
    sampleConfig({ experiments: [sampleExperiment({ variants: part, targeting: { browser: 'safari' } })] }),
    sampleConfig({ experiments: [sampleExperiment({ variants: part })], experiment_enabled: false }),
  ];
  for (const document of cases) {
    await using landing = startLanding({ ab, metrics, document });
    const jar = new Map<string, string>();
    assert.equal(headlineOf((await landing.open('/', jar)).text), 'Control');
    assert.deepEqual([...jar.keys()], ['visitor_id']);
  }
  assert.equal(ab.requests.length, 0);
});

test('GET / keeps a variant that was given when the experiment is paused, and shows everybody a winner that is for everybody', async () => {
  await using ab = await stubService(assigning('A'));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const jar = new Map<string, string>();
  const variants = [sampleVariant('A', 50, { headline: 'As A' }), sampleVariant('B', 50, { headline: 'As B' })];
  landing.configuration.take(JSON.stringify(sampleConfig({ experiments: [sampleExperiment({ variants })] })));
  assert.equal(headlineOf((await landing.open('/', jar)).text), 'As A');
  landing.configuration.take(JSON.stringify(sampleConfig({ version: 2, experiments: [] })));
  assert.equal(headlineOf((await landing.open('/', jar)).text), 'As A');
  const over = sampleExperiment({ variants, status: 'COMPLETED', winner: 'B' });
  landing.configuration.take(JSON.stringify(sampleConfig({ version: 3, experiments: [over] })));
  assert.equal(headlineOf((await landing.open('/', jar)).text), 'As A');
  assert.equal(headlineOf((await landing.open('/')).text), 'As B');
  landing.configuration.take(JSON.stringify(sampleConfig({ version: 4, experiments: [{ ...over, winner_for: 'all' }] })));
  assert.equal(headlineOf((await landing.open('/', jar)).text), 'As B');
});

test('a toggle switches the page at once', async () => {
  await using ab = await stubService(assigning('A'));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const has = async (text: string, headers?: Readonly<Record<string, string>>): Promise<boolean> => (await landing.open('/', undefined, headers)).text.includes(text);
  assert.deepEqual([await has('action="/contact'), await has('class="announcement"')], [true, false]);
  const take = (...toggle_rules: readonly ReturnType<typeof sampleToggle>[]): void => landing.configuration.take(JSON.stringify(sampleConfig({ toggle_rules })));
  take(sampleToggle('contact_form', false), sampleToggle('announcement', true, { targeting: { browser: 'firefox' } }));
  assert.deepEqual([await has('action="/contact'), await has('class="announcement"'), await has('class="announcement"', { 'user-agent': 'Other/1' })], [false, true, false]);
  take(sampleToggle('contact_form', true));
  assert.deepEqual([await has('action="/contact'), await has('class="announcement"')], [true, false]);
});

test('GET /?variant=B is a preview: it assigns nobody and records nothing', async () => {
  await using ab = await stubService(assigning('A'));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const jar = new Map<string, string>();
  const { text, headers } = await landing.open('/?variant=B', jar);
  assert.equal(headlineOf(text), 'Headline &lt;of&gt; B');
  assert.match(text, /Preview of variant B/);
  assert.doesNotMatch(text, /tracker|pixel\?/);
  assert.match(String(headers['content-security-policy']), /frame-ancestors http:\/\/localhost:8081/);
  assert.deepEqual([jar.size, ab.requests.length], [0, 0]);
  const unknown = await landing.open('/?variant=%3Cb%3E');
  assert.equal(unknown.status, 404);
  assert.equal(unknown.reply.type, 'text/html; charset=utf-8');
});

test('GET /?preview=TOKEN shows what ab-service says that the link stands for', async () => {
  const content = { page: 'home', experiment: 'draft', variant: 'C', configuration_json: { headline: 'As drafted', accent: 'red' } };
  await using ab = await stubService(({ path }) => (path === '/previews/a%2Fb' ? { status: 200, body: content } : { status: 404, body: {} }));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { status, text, headers } = await landing.open('/?preview=a%2Fb');
  assert.deepEqual([status, headlineOf(text), headers['set-cookie']], [200, 'As drafted', undefined]);
  assert.match(text, /Preview of variant C of draft/);
  assert.match(text, /--accent: red;/);
  for (const path of ['/?preview=x', '/?preview=', '/thank-you?preview=a%2Fb']) assert.equal((await landing.open(path)).status, 404, path);
  ab.answer = () => undefined;
  assert.equal((await landing.open('/?preview=a%2Fb')).status, 503);
});

test('GET / follows nobody who asks not to be followed, and counts no machine', async () => {
  await using ab = await stubService(assigning('B'));
  await using metrics = await stubService();
  const document = sampleConfig({ experiments: [sampleExperiment({ variants: [sampleVariant('A', 1, { headline: 'Control' }), sampleVariant('B', 99)] })] });
  await using landing = startLanding({ ab, metrics, document });
  const uncounted: readonly (readonly [string, Record<string, string>])[] = [
    ['privacy', { 'sec-gpc': '1' }],
    ['privacy', { dnt: '1' }],
    ['prefetch', { 'sec-purpose': 'prefetch;prerender' }],
    ['bot', { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }],
    ['headless', { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36' }],
  ];
  for (const [reason, headers] of uncounted) {
    const jar = new Map<string, string>();
    const { status, text } = await landing.open('/', jar, headers);
    assert.deepEqual([status, headlineOf(text), jar.size], [200, 'Control', 0], reason);
    assert.doesNotMatch(text, /data-endpoint|pixel\?/);
  }
  assert.deepEqual((await ask(landing.app, 'GET /api/pages', { token: API_TOKEN })).json().not_counted.views, { bot: 1, headless: 1, prefetch: 1, privacy: 2 });
  const curl = new Map<string, string>();
  await landing.open('/', curl, { 'user-agent': 'curl/8.5.0' });
  assert.deepEqual([...curl.keys()], ['visitor_id', 'assigned']);
  assert.equal(ab.requests.length, 1);
  const head = await ask(landing.app, 'HEAD /', { headers: BROWSER });
  assert.deepEqual([head.status, head.headers['set-cookie']], [200, undefined]);
});

test('GET / counts machines where BOT_FILTER is off', async () => {
  await using ab = await stubService(assigning('B'));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig(), bot_filter: 'off' });
  const jar = new Map<string, string>();
  await landing.open('/', jar, { 'user-agent': 'HeadlessChrome/140' });
  assert.deepEqual([...jar.keys()], ['visitor_id', 'assigned']);
});

test('a forged or foreign cookie makes a new visitor', async () => {
  await using ab = await stubService(assigning('B'));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const jar = new Map([['visitor_id', '01980000-0000-7000-8000-000000000000.forged'], ['assigned', 'x.y']]);
  await landing.open('/', jar);
  assert.notEqual(readVisitor(jar.get('visitor_id'), landing.key), undefined);
  const theirs = new Map<string, string>();
  await landing.open('/', theirs);
  const mixed = new Map([['visitor_id', theirs.get('visitor_id') ?? ''], ['assigned', jar.get('assigned') ?? '']]);
  await landing.open('/', mixed);
  assert.equal(ab.requests.length, 3, 'the assignments of another visitor are not believed');
});

test('GET /{page} shows the other pages, and a friendly answer where there is none', async () => {
  await using ab = await stubService(assigning('A'));
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  assert.match((await landing.open('/thank-you')).text, /Thank you/);
  for (const path of ['/nothing', '/constructor', '/home/x']) {
    const { status } = await landing.open(path);
    assert.equal(status, 404, path);
  }
  assert.match((await landing.open('/nothing')).text, /<h1>Not found/);
});
