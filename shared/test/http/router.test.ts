import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Handler } from '../../http/call.ts';
import { jsonReply } from '../../http/call.ts';
import { createGuards } from '../../http/guards.ts';
import type { GuardOptions } from '../../http/guards.ts';
import { RateLimit } from '../../http/rate-limit.ts';
import { route } from '../../http/route.ts';
import { createServiceApp } from '../../http/service-app.ts';
import { createLog } from '../../log.ts';
import { object } from '../../schema/composites.ts';
import { string } from '../../schema/scalars.ts';
import { ask } from '../support/call-of.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const ORIGIN = 'http://shop.example';

const appWith = (options: Partial<GuardOptions> = {}, hosts: readonly string[] | null = ['localhost']): Handler =>
  createServiceApp(
    [
      route('GET /things', { summary: '', access: 'open', rate: 'stats', handle: () => jsonReply(200, 'list') }),
      route('POST /things', { summary: '', access: 'open', body: object<{ readonly name: string }>({ name: string({ max: 5 }) }), rate: 'events', cost: () => 300, handle: ({ body }) => jsonReply(201, body) }),
      route('GET /things/{id}', { summary: '', access: 'ingest', handle: ({ parameters, caller }) => jsonReply(200, [parameters.id, caller]) }),
      route('DELETE /things/{id}', { summary: '', access: 'api', handle: ({ parameters }) => jsonReply(200, parameters.id) }),
      route('GET /page', { summary: '', access: 'open', origin: 'any', handle: () => jsonReply(200, 'page') }),
      route('GET /health', { summary: '', access: 'open', handle: () => jsonReply(200, 'ok') }),
    ],
    {
      hosts,
      log: createLog({ service: 'test', level: 'error', write: () => {} }),
      config: { cors_origins: [ORIGIN] },
      guards: createGuards({ api_token_sha256: sha256('api'), ingest_token_sha256: sha256('ingest'), cors_origins: [ORIGIN], require_token: false, rate_limit: new RateLimit(() => 30_000, true), ...options }),
    },
  );

test('createRouter() matches paths exactly and decodes parameters once', async () => {
  const app = appWith();
  assert.equal((await ask(app, 'GET /things')).json(), 'list');
  assert.deepEqual((await ask(app, 'GET /things/a%2Fb%20c', { token: 'api' })).json(), ['a/b c', 'api']);
  for (const path of ['/things/', '/things/a/b', '/thing', '/Things', '//things', '/things/%2e%2e/x', '/__proto__', '/constructor']) assert.equal((await ask(app, `GET ${path}`, { token: 'api' })).status, 404, path);
  assert.equal((await ask(app, 'GET /things/%ff', { token: 'api' })).status, 400);
});

test('createRouter() answers 405 with what is allowed, and HEAD as GET', async () => {
  const refused = await ask(appWith(), 'DELETE /things');
  assert.equal(refused.status, 405);
  assert.equal(refused.headers['allow'], 'GET, POST, HEAD');
  assert.equal((await ask(appWith(), 'TRACE /things')).status, 405);
  assert.equal((await ask(appWith(), 'HEAD /things')).status, 200);
});

test('createRouter() validates a body before the handler sees it', async () => {
  assert.equal((await ask(appWith(), 'POST /things', { json: { name: 'x' } })).status, 201);
  const refused = await ask(appWith(), 'POST /things', { json: { name: 'too long a name' } });
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.json().errors, [{ field: '/name', message: 'must have at most 5 characters' }]);
  assert.equal((await ask(appWith(), 'POST /things', { text: '{', headers: { 'content-type': 'application/json' } })).status, 400);
});

test('createGuards() lets in who has the right token, and no other', async () => {
  const app = appWith();
  const table = [
    ['GET /things/1', [401, 200, 200]],
    ['DELETE /things/1', [401, 403, 200]],
  ] as const;
  for (const [signature, [anyone, ingest, api]] of table) {
    assert.equal((await ask(app, signature)).status, anyone);
    assert.equal((await ask(app, signature, { token: 'ingest' })).status, ingest);
    assert.equal((await ask(app, signature, { token: 'api' })).status, api);
    assert.equal((await ask(app, signature, { headers: { 'x-api-key': 'api' } })).status, api);
    assert.equal((await ask(app, signature, { token: 'wrong' })).status, 401);
    assert.equal((await ask(app, signature, { headers: { authorization: 'Basic api' } })).status, 401);
  }
  assert.equal((await ask(app, 'GET /things', { token: 'wrong' })).status, 401);
});

test('createGuards() closes open routes but health when a token is required', async () => {
  const app = appWith({ require_token: true });
  assert.equal((await ask(app, 'GET /things')).status, 401);
  assert.equal((await ask(app, 'GET /things', { token: 'ingest' })).status, 200);
  assert.equal((await ask(app, 'GET /health')).status, 200);
});

test('createGuards() refuses pages of other origins on open routes', async () => {
  const table = [
    [{}, 200],
    [{ origin: ORIGIN }, 200],
    [{ origin: ORIGIN, 'sec-fetch-site': 'cross-site' }, 200],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{ origin: 'http://localhost' }, 403],
  ] as const;
  for (const [headers, status] of table) assert.equal((await ask(appWith(), 'GET /things', { headers })).status, status, JSON.stringify(headers));
  assert.equal((await ask(appWith(), 'GET /page', { headers: { 'sec-fetch-site': 'cross-site' } })).status, 200);
  assert.equal((await ask(appWith({ own_host_is_listed: true }), 'GET /things', { headers: { origin: 'http://localhost' } })).status, 200);
});

test('allowOrigins() answers the preflight of a listed origin and lets it read answers', async () => {
  const preflight = await ask(appWith(), 'OPTIONS /things', { headers: { origin: ORIGIN, 'access-control-request-method': 'POST' } });
  assert.equal(preflight.status, 204);
  assert.match(String(preflight.headers['access-control-allow-headers']), /content-type/);
  for (const signature of ['GET /things', 'GET /nothing']) assert.equal((await ask(appWith(), signature, { headers: { origin: ORIGIN } })).headers['access-control-allow-origin'], ORIGIN);
  assert.equal((await ask(appWith(), 'OPTIONS /things', { headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' } })).headers['access-control-allow-origin'], undefined);
});

test('requireHost() serves the listed names only, whatever their port', async () => {
  const app = appWith({}, ['localhost', '[::1]']);
  const table = [['localhost', 200], ['LOCALHOST:81', 200], ['[::1]:5002', 200], ['evil.example', 421], ['', 400], ['a b', 400], ['localhost:x', 400]] as const;
  for (const [host, status] of table) assert.equal((await ask(app, 'GET /things', { headers: { host } })).status, status, host);
  assert.equal((await ask(appWith({}, null), 'GET /things', { headers: { host: 'any.example' } })).status, 200);
});

test('RateLimit refuses the address that asks too often, with the seconds to wait, and no other; a token lifts it', async () => {
  const app = appWith();
  for (let index = 0; index < 50; index += 1) assert.equal((await ask(app, 'GET /things', { address: '1.1.1.1' })).status, 200);
  const refused = await ask(app, 'GET /things', { address: '1.1.1.1' });
  assert.equal(refused.status, 429);
  assert.equal(refused.headers['retry-after'], '30');
  assert.equal((await ask(app, 'GET /things', { address: '2.2.2.2' })).status, 200);
  assert.equal((await ask(app, 'GET /things', { address: '1.1.1.1', token: 'ingest' })).status, 200);
  for (let index = 0; index < 50; index += 1) await ask(app, 'GET /things', { address: `2001:db8:0:1::${index}` });
  assert.equal((await ask(app, 'GET /things', { address: '2001:db8:0:1::ffff' })).status, 429);
});

test('RateLimit counts what a body costs', async () => {
  const app = appWith();
  const statuses = [];
  for (let index = 0; index < 3; index += 1) statuses.push((await ask(app, 'POST /things', { json: { name: 'x' } })).status);
  assert.deepEqual(statuses, [201, 201, 429]);
});
