import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cookieSiege } from './support/cookie-siege.ts';
import { knownPaths } from './support/known-routes.ts';
import type { RawAnswer } from './support/raw-exchange.ts';
import { formHeaders, signIn } from './support/sign-in.ts';
import { Siege, SERVICES } from './support/siege.ts';
import type { Question } from './support/siege.ts';
import type { ServiceName } from './support/system.ts';

const PASSWORD = 'a long enough pass-phrase';
const FORM = 'application/x-www-form-urlencoded';

let siege: Siege;
let setup_token = '';
before(async () => {
  siege = await Siege.start();
  const line = await siege.system.admin.waitForLog(/"link":"[^"]+#[\w-]+"/);
  setup_token = /#([\w-]+)"/.exec(line)?.[1] ?? '';
  siege.secrets.add(PASSWORD);
});
after(() => siege[Symbol.asyncDispose]());

/** What is open to anybody, by DESIGN; a new open route has to be put here on purpose. `*` stands for a parameter. */
const OPEN: Readonly<Record<ServiceName, readonly string[]>> = {
  ab: ['GET /assign', 'POST /assign', 'GET /config', 'GET /config/stream', 'GET /api/toggles', 'GET /api/toggles/*', 'GET /previews/*', 'GET /exclusions', 'POST /ofrep/v1/evaluate/flags', 'POST /ofrep/v1/evaluate/flags/*'],
  metrics: ['POST /events', 'GET /stats'],
  landing: ['GET /', 'GET /*', 'GET /assets/*/*', 'GET /assets/*/*/*', 'POST /events', 'GET /pixel', 'GET /tracker.js', 'POST /contact', 'GET /api/tracks', 'GET /music/*'],
  admin: ['GET /sign-in', 'POST /sign-in', 'POST /sign-out', 'GET /setup', 'POST /setup'],
};
const OPEN_EVERYWHERE = ['GET /health', 'GET /api/health', 'GET /docs', 'GET /openapi.json'];
/** What the narrow token is for besides. */
const INGEST: Readonly<Record<ServiceName, readonly string[]>> = { ab: ['POST /evaluations', 'GET /visitors/*', 'DELETE /visitors/*'], metrics: ['GET /visitors/*', 'DELETE /visitors/*'], landing: [], admin: [] };

/** Every route that is not open, as a request line. */
const guarded = (): readonly { readonly service: ServiceName; readonly line: string; readonly signature: string }[] =>
  knownPaths().flatMap(({ service, path, pattern, methods }) =>
    methods
      .map((method) => ({ service, line: `${method} ${path}`, signature: `${method} ${pattern.replace(/\{\w+\}/g, '*')}` }))
      .filter(({ signature }) => !OPEN[service].includes(signature) && !OPEN_EVERYWHERE.includes(signature)),
  );

test('what is not open wants the right token: none, a wrong one and the narrow one do not do', async () => {
  const routes = guarded();
  assert.ok(routes.length > 30);
  for (const { service, line, signature } of routes) {
    const from = { Origin: siege.system[service].url, 'Sec-Fetch-Site': 'same-origin' };
    const own = service === 'admin' && !line.startsWith('GET') ? { headers: from } : {};
    // What of admin-app is for programs refuses pages, its own too, before it looks at tokens.
    const nobody = service === 'admin' ? [401, 403] : 401;
    await siege.expect(nobody, service, line, own);
    for (const token of ['x', `${siege.system.api_token}x`, siege.system.api_token.slice(1)]) await siege.expect(nobody, service, line, { ...own, token });
    // admin-app knows no narrow token, and its pages take sessions alone.
    const narrow = service === 'admin' ? nobody : INGEST[service].includes(signature) ? [200, 201, 204, 400, 404] : [403];
    await siege.expect(narrow, service, line, { ...own, token: siege.system.ingest_token });
  }
  for (const line of ['GET /api/ab/experiments', 'GET /api/metrics/export', 'GET /api/landing/leads', 'DELETE /api/landing/leads/1', 'POST /api/ab/config']) {
    await siege.expect(401, 'admin', line, { headers: { Origin: siege.system.admin.url } });
    await siege.expect([401, 403], 'admin', line, { token: siege.system.ingest_token, headers: { Origin: siege.system.admin.url } });
  }
});

test('a token that is none is refused everywhere, also where none is needed', async () => {
  const { api_token } = siege.system;
  const odd = ['Bearer', 'Bearer ', `Basic ${btoa(`admin:${api_token}`)}`, 'Basic x', `Bearer ${api_token} x`, `Token ${api_token}`, 'Bearer \u00e9\u00ff', `Bearer ${'x'.repeat(10_000)}`, `Bearer ${api_token.toUpperCase()}`, 'null', `Bearer "${'x'.repeat(43)}"`, 'Bearer undefined'];
  for (const [service, path] of [['ab', '/experiments'], ['ab', '/config'], ['metrics', '/stats'], ['metrics', '/export'], ['landing', '/leads'], ['admin', '/api/ab/experiments']] as const) {
    for (const Authorization of odd) await siege.expect(401, service, `GET ${path}`, { headers: { Authorization } });
    await siege.expect(401, service, `GET ${path}`, { headers: { 'X-Api-Key': 'x'.repeat(5_000) } });
    await siege.expect(401, service, `GET ${path}`, { headers: { Authorization: 'Bearer x', 'X-Api-Key': api_token } });
    await siege.expect(401, service, `GET ${path}`, { headers: { Authorization: ['Bearer x', `Bearer ${api_token}`] } });
  }
  for (const path of ['/experiments?token=', '/experiments?access_token=', '/experiments?api_key=']) await siege.expect(401, 'ab', `GET ${path}${api_token}`);
  await siege.expect(401, 'ab', 'GET /experiments', { headers: { Cookie: `token=${api_token}; fairsplit_session=${api_token}` } });
});

const EVIL: readonly Question['headers'][] = [{ Origin: 'https://evil.example' }, { Origin: 'null' }, { Origin: '' }, { Origin: 'http://localhost.evil.example' }, { Origin: 'http://127.0.0.1' }, { Origin: 'http://127.0.0.1:1' }, { 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'file://', 'Sec-Fetch-Site': 'cross-site' }];

test('pages of other sites may neither write nor read, with a token or without', async () => {
  const before = JSON.parse((await siege.expect(200, 'metrics', 'GET /stats')).body);
  const event = { visitor_id: 'cross-site', event_type: 'page_view', experiment_id: 'homepage', variant: 'A' };
  const calls: readonly (readonly [ServiceName, string, Question])[] = [
    ['ab', 'GET /assign?visitor_id=cross-site', {}],
    ['ab', 'POST /assign', { json: { assignments: [{ visitor_id: 'cross-site' }] } }],
    ['ab', 'GET /config', {}],
    ['ab', 'GET /config/stream', {}],
    ['ab', 'GET /api/toggles', {}],
    ['ab', 'POST /ofrep/v1/evaluate/flags', { json: { context: { targetingKey: 'cross-site' } } }],
    ['metrics', 'POST /events', { json: event }],
    // What a page may send without asking first.
    ['metrics', 'POST /events', { body: JSON.stringify(event), headers: { 'Content-Type': 'text/plain' } }],
    ['metrics', 'GET /stats', {}],
    ['landing', 'POST /events', { json: event }],
    ['landing', 'POST /contact', { body: 'name=a&email=a@b.example', headers: { 'Content-Type': FORM } }],
  ];
  for (const headers of EVIL)
    for (const [service, line, question] of calls) {
      const answer = await siege.expect(403, service, line, { ...question, headers: { ...question.headers, ...headers } });
      assert.equal(answer.headers.get('access-control-allow-origin'), undefined);
      const preflight = await siege.ask(service, `OPTIONS ${line.split(' ')[1]}`, { headers: { ...headers, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization' } });
      assert.equal(preflight.headers.get('access-control-allow-origin'), undefined);
    }
  for (const headers of EVIL) await siege.expect(403, 'ab', 'POST /config', { token: siege.system.api_token, json: { experiment_enabled: false }, ...(headers === undefined ? {} : { headers: { ...headers, 'Content-Type': 'application/json' } }) });
  for (const service of ['ab', 'metrics'] as const) {
    const path = service === 'ab' ? '/config' : '/stats';
    const { headers } = await siege.expect(200, service, `GET ${path}`, { headers: { Origin: siege.system.landing.url } });
    assert.deepEqual([headers.get('access-control-allow-origin'), headers.get('access-control-allow-credentials')], [[siege.system.landing.url], undefined]);
  }
  assert.deepEqual(JSON.parse((await siege.expect(200, 'metrics', 'GET /stats')).body), before);
  assert.deepEqual(JSON.parse((await siege.expect(200, 'ab', 'GET /visitors/cross-site', { token: siege.system.api_token })).body).assignments, []);
});

test('the set-up link makes one account, and nobody without it makes any', async () => {
  // A token lifts the allowance of ten attempts a minute, which has a test of its own.
  const post = (fields: Record<string, string>, headers: Readonly<Record<string, string>> = {}): Promise<RawAnswer> => siege.ask('admin', 'POST /setup', { token: siege.system.api_token, headers: { ...formHeaders(siege), ...headers }, body: new URLSearchParams(fields).toString() });
  const right = { token: setup_token, name: 'first', password: PASSWORD };
  for (const token of ['', 'x', setup_token.slice(1), `${setup_token}x`, setup_token.toLowerCase(), 'x'.repeat(10_000), "' OR 1=1 --"]) assert.equal((await post({ ...right, token })).status, 403, token);
  for (const headers of [...EVIL, { Origin: siege.system.landing.url }, { 'Sec-Fetch-Site': 'same-site' }]) assert.equal((await post(right, headers as Record<string, string>)).status, 403);
  for (const fault of [{ password: 'short' }, { password: '' }, { password: 'x'.repeat(300) }, { name: '' }, { name: '<b>' }, { name: 'x'.repeat(65) }, { name: '\u00e9' }, { name: 'a\r\nInjected: 1' }]) assert.equal((await post({ ...right, ...fault })).status, 400, JSON.stringify(fault));
  const together = await Promise.all(Array.from({ length: 5 }, (_, index) => post({ ...right, name: `racer-${index}` })));
  assert.deepEqual(together.map(({ status }) => status).toSorted(), [303, 404, 404, 404, 404]);
  for (const method of ['GET', 'POST']) await siege.expect(404, 'admin', `${method} /setup`, { token: siege.system.api_token, headers: formHeaders(siege), body: method === 'GET' ? '' : new URLSearchParams(right).toString() });
  const winner = together.findIndex(({ status }) => status === 303);
  racer = `racer-${winner}`;
  // Until now the form came back with the link that it was sent with.
  siege.secrets.add(setup_token);
  for (const cookie of together[winner]?.headers.get('set-cookie') ?? []) siege.secrets.add(/=([^;]+)/.exec(cookie)?.[1] ?? '');
});
let racer = '';

test('a session acts for its own pages alone, leads nowhere else, and ends', async () => {
  const cookie = await signIn(siege, racer, PASSWORD);
  const switches: readonly (readonly [string, string])[] = [['POST /toggles/contact_form', 'enabled=false'], ['POST /experiment-switch', 'enabled=false'], ['POST /sign-out', '']];
  const foreign = [...EVIL, { Origin: siege.system.landing.url }, { Origin: siege.system.landing.url, 'Sec-Fetch-Site': 'same-site' }, { 'Sec-Fetch-Site': 'same-site' }, { Origin: undefined }, { Origin: undefined, 'Sec-Fetch-Site': 'none' }, { Origin: siege.system.admin.url.replace('127.0.0.1', 'localhost') }];
  const before = (await siege.expect(200, 'ab', 'GET /config')).body;
  for (const headers of foreign) {
    for (const [line, body] of switches) await siege.expect(403, 'admin', line, { body, headers: { ...formHeaders(siege, cookie), ...headers } });
    for (const line of ['POST /api/ab/config', 'DELETE /api/ab/experiments/homepage', 'POST /api/metrics/import']) await siege.expect(403, 'admin', line, { json: { experiment_enabled: false }, headers: { ...formHeaders(siege, cookie), 'Content-Type': 'application/json', ...headers } });
  }
  assert.equal((await siege.expect(200, 'ab', 'GET /config')).body, before);

  for (const [index, next] of ['//evil.example', '/\\evil.example', 'https://evil.example', '/%2f%2fevil.example', '/.//evil.example', '/..//evil.example', '/x/..//evil.example', '/\t/evil.example', '\\\\evil.example', '///evil.example', 'javascript:alert(1)', '/\r\nInjected: 1', '@evil.example', '/sign-out', '/\u00e9', `/${'x'.repeat(5_000)}`, ''].entries()) {
    const answers = [await siege.expect(303, 'admin', `GET /sign-in?next=${encodeURIComponent(next)}`, { headers: { Cookie: cookie } })];
    // Passwords are slow to check on purpose.
    if (index < 5) answers.push(await siege.expect(303, 'admin', 'POST /sign-in', { token: siege.system.api_token, headers: formHeaders(siege), body: new URLSearchParams({ name: racer, password: PASSWORD, next }).toString() }));
    for (const { headers } of answers) {
      const location = headers.get('location')?.[0] ?? '';
      assert.equal(new URL(location, 'http://own.invalid').origin, 'http://own.invalid', next);
      assert.match(location, /^\/(?![/\\])[\x21-\x7e]{0,2000}$/, next);
      for (const set of headers.get('set-cookie') ?? []) siege.secrets.add(/=([^;]+)/.exec(set)?.[1] ?? '');
    }
  }

  const value = cookie.slice(cookie.indexOf('=') + 1);
  for (const forged of ['', 'x', 'x'.repeat(43), `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`, value.toUpperCase(), `${value}x`, `"${value}"`, encodeURIComponent(`${value}\0`), 'x'.repeat(8_000), "' OR '1'='1"]) await siege.expect(401, 'admin', 'GET /session', { headers: { Cookie: `fairsplit_session=${forged}` } });
  const fixed = await siege.expect(303, 'admin', 'POST /sign-in', { token: siege.system.api_token, headers: formHeaders(siege, `fairsplit_session=${'x'.repeat(43)}`), body: new URLSearchParams({ name: racer, password: PASSWORD }).toString() });
  assert.ok(!fixed.text.includes('x'.repeat(43)), 'a planted session is taken over');
  await siege.expect(200, 'admin', 'GET /session', { headers: { Cookie: cookie } });
  await siege.expect(303, 'admin', 'POST /sign-out', { headers: formHeaders(siege, cookie) });
  await siege.expect(401, 'admin', 'GET /session', { headers: { Cookie: cookie } });
});

test('cookies of a visitor that we did not sign, or that are somebody else’s, count for nothing', async () => {
  await cookieSiege(siege);
});

test('who asks too often is told when to come back, whatever address they claim; a token lifts that', async () => {
  const limited = ({ status, headers }: RawAnswer): boolean => {
    const seconds = Number(headers.get('retry-after')?.[0]);
    if (status === 429) assert.ok(seconds >= 1 && seconds <= 60, `Retry-After ${seconds}`);
    return status === 429;
  };
  /** Twice the allowance and one more: the minute may turn while it is asked. */
  const untilLimited = async (allowance: number, ask: (index: number) => Promise<RawAnswer>): Promise<void> => {
    for (let index = 0; index <= 2 * allowance; index += 1) if (limited(await ask(index))) return;
    assert.fail(`${2 * allowance} requests were not too many`);
  };
  const claimed = (index: number): Readonly<Record<string, string>> => ({ 'X-Forwarded-For': `10.0.0.${index}`, Forwarded: `for=10.0.0.${index}`, 'X-Real-Ip': `10.0.0.${index}` });
  await untilLimited(50, (index) => siege.ask('metrics', 'GET /stats', { headers: claimed(index) }));
  for (let index = 0; index < 20; index += 1) await siege.expect(200, 'metrics', 'GET /stats', { token: siege.system.ingest_token });
  await untilLimited(10, (index) => siege.ask('admin', 'POST /sign-in', { headers: { ...formHeaders(siege), ...claimed(index) }, body: new URLSearchParams({ name: racer, password: `wrong ${index}` }).toString() }));
  const assignments = Array.from({ length: 301 }, (_, index) => ({ visitor_id: `many ${index}` }));
  const events = Array.from({ length: 601 }, (_, index) => ({ visitor_id: `many ${index}`, event_type: 'page_view' }));
  assert.ok(limited(await siege.ask('ab', 'POST /assign', { json: { assignments } })));
  await siege.expect(200, 'ab', 'POST /assign', { json: { assignments }, token: siege.system.ingest_token });
  for (const service of ['metrics', 'landing'] as const) assert.ok(limited(await siege.ask(service, 'POST /events', { json: { events } })));
  await siege.expect(200, 'metrics', 'POST /events', { json: { events }, token: siege.system.ingest_token });
});

test('no secret is in a log, nor in a file that others may read', async () => {
  await siege.requireUnharmed();
  assert.ok(siege.secrets.size > 12 && siege.system.logs.length > 500);
  const [link, ...rest] = siege.logged([...siege.secrets].filter((secret) => secret.length > 8));
  assert.ok(link?.includes(`/setup#${setup_token}"`), 'the set-up link is meant to be seen');
  assert.deepEqual(rest, []);
  const readable = readdirSync(siege.system.data_dir, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const { mode } = statSync(join(siege.system.data_dir, path));
    return /secret|token|key|setup-link/.test(path) && (mode & 0o077) !== 0;
  });
  assert.deepEqual(readable, []);
  assert.ok(SERVICES.every((service) => siege.system[service].is_running));
});
