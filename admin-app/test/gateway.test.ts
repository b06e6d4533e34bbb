import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../../shared/test/support/call-of.ts';
import type { Role } from '../src/account/account.ts';
import { passageOf, roleFor } from '../src/gateway/gateway-rules.ts';
import { StubPeers } from './support/stub-peers.ts';
import { API_TOKEN, testAdmin } from './support/test-admin.ts';

const ROLES: readonly Role[] = ['viewer', 'editor', 'admin'];

test('passageOf() names the service and a path that both sides read alike', () => {
  assert.deepEqual(passageOf('/api/ab/experiments'), { peer: 'ab', path: '/experiments' });
  assert.deepEqual(passageOf('/api/metrics/experiments/a%2Fb%3F/results'), { peer: 'metrics', path: '/experiments/a%2Fb%3F/results' });
  assert.deepEqual(passageOf('/api/landing/music/%C3%A4.mp3'), { peer: 'landing', path: '/music/%C3%A4.mp3' });
  assert.deepEqual(passageOf('/api/ab/api/toggles'), { peer: 'ab', path: '/api/toggles' });
  for (const path of ['/', '/api/health', '/api/abc/x', '/api/ab', '/apix/ab/x']) assert.equal(passageOf(path), undefined, path);
  for (const path of ['/api/ab/..', '/api/ab/%2e%2e/x', '/api/ab/x/%2E', '/api/ab/%ff', '/api/ab/%zz']) assert.throws(() => passageOf(path), { kind: 'malformed' }, path);
});

test('roleFor() lets viewers read, editors change experiments and toggles, and admins everything', () => {
  const role = (method: string, path: string): Role => roleFor(method, passageOf(path) ?? assert.fail(path));
  for (const path of ['/api/ab/experiments', '/api/metrics/events', '/api/landing/leads']) assert.equal(role('GET', path), 'viewer', path);
  for (const path of ['/api/metrics/analysis', '/api/metrics/sample-size']) assert.equal(role('POST', path), 'viewer', path);
  for (const path of ['/api/ab/experiments', '/api/ab/experiments/x/previews', '/api/ab/api/toggles/x', '/api/ab/config']) assert.equal(role('PUT', path), 'editor', path);
  for (const path of ['/api/ab/visitors/x', '/api/ab/configuration', '/api/ab/assign', '/api/metrics/import', '/api/metrics/experiments/x', '/api/landing/leads/x']) assert.equal(role('DELETE', path), 'admin', path);
});

test('the gateway lets each role do its own, from our own pages alone', async () => {
  await using peers = await StubPeers.start();
  using admin = testAdmin(peers);
  const table = [
    ['GET /api/metrics/events?limit=5', [200, 200, 200]],
    ['POST /api/ab/config', [403, 200, 200]],
    ['DELETE /api/landing/leads/1', [403, 403, 200]],
    ['POST /api/metrics/backup', [401, 401, 401]],
  ] as const;
  for (const [signature, expected] of table) {
    const statuses = await Promise.all(ROLES.map(async (role) => (await ask(admin.app, signature, { headers: await admin.as(role), ...(signature.startsWith('GET') ? {} : { json: {} }) })).status));
    assert.deepEqual(statuses, expected, signature);
    assert.equal((await ask(admin.app, signature, { headers: { host: 'localhost:8081', origin: 'http://localhost:8081' } })).status, 401);
    assert.equal((await ask(admin.app, signature, { token: API_TOKEN, json: {} })).status, 200);
    assert.equal((await ask(admin.app, signature, { token: 'another' })).status, 401);
  }
  const foreign = { ...(await admin.as('admin')), origin: 'http://localhost:8080' };
  assert.equal((await ask(admin.app, 'POST /api/ab/config', { json: {}, headers: foreign })).status, 403);
});

test('the gateway passes on what the call says, and nothing of who sent it', async () => {
  await using peers = await StubPeers.start();
  using admin = testAdmin(peers);
  const headers = { ...(await admin.as('editor')), 'if-match': '"3"', 'x-forwarded-for': '1.2.3.4', 'fairsplit-actor': 'somebody-else' };
  const answer = await ask(admin.app, 'PATCH /api/ab/experiments/a%20b?x=1%262', { json: { status: 'PAUSED' }, headers });
  assert.equal(answer.status, 200);
  const sent = peers.calls.find(({ line }) => line === 'PATCH /experiments/a%20b?x=1%262');
  assert.equal(sent?.body, '{"status":"PAUSED"}');
  assert.equal(sent.headers['fairsplit-actor'], 'a-editor');
  assert.equal(sent.headers.authorization, `Bearer ${API_TOKEN}`);
  assert.equal(sent.headers['if-match'], '"3"');
  for (const name of ['cookie', 'origin', 'x-forwarded-for', 'sec-fetch-site']) assert.equal(sent.headers[name], undefined, name);
  assert.equal(answer.headers['etag'], '"1"');
  assert.equal(answer.headers['set-cookie'], undefined);
});

test('the gateway answers 503 while the other service is away', async () => {
  using admin = testAdmin();
  const answer = await ask(admin.app, 'GET /api/metrics/events', { headers: await admin.as('viewer') });
  assert.equal(answer.status, 503);
  assert.equal(answer.json().detail, 'metrics does not answer at present.');
});
