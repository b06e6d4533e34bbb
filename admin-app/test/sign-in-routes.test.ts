import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../../shared/test/support/call-of.ts';
import { FORM, PASSWORD, testAdmin } from './support/test-admin.ts';
import type { TestAdmin } from './support/test-admin.ts';

const HOUR_MS = 3_600_000;
const HTML = { host: 'localhost:8081', accept: 'text/html' };

const signIn = (admin: TestAdmin, fields: Record<string, string>, headers: Record<string, string> = FORM) => ask(admin.app, 'POST /sign-in', { text: new URLSearchParams(fields).toString(), headers });

const cookieOf = (answer: Awaited<ReturnType<typeof signIn>>): string => String(answer.headers['set-cookie']).split(';')[0] ?? '';

test('POST /sign-in lets in who knows the password, and leads back to where they wanted to go', async () => {
  using admin = testAdmin(undefined, { RATE_LIMIT: 'off' });
  await admin.setup.begin(PASSWORD);
  const answer = await signIn(admin, { name: 'ADMIN ', password: PASSWORD, next: '/?experiment=homepage' });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers['location'], '/?experiment=homepage');
  assert.match(String(answer.headers['set-cookie']), /^fairsplit_session=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Strict$/);
  const session = await ask(admin.app, 'GET /session', { headers: { cookie: cookieOf(answer), host: 'localhost:8081' } });
  assert.deepEqual(session.json(), { account: 'admin', role: 'admin' });
  assert.equal((await signIn(admin, { name: 'admin', password: PASSWORD, next: '//evil.example' })).headers['location'], '/');
});

test('POST /sign-in answers a wrong name as it answers a wrong password', async () => {
  using admin = testAdmin(undefined, { RATE_LIMIT: 'off' });
  await admin.setup.begin(PASSWORD);
  const wrong_password = await signIn(admin, { name: 'admin', password: 'correct horse batterz' });
  const wrong_name = await signIn(admin, { name: 'admix', password: PASSWORD });
  for (const answer of [wrong_password, wrong_name]) {
    assert.equal(answer.status, 401);
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.match(answer.text, /The name or the password is wrong\./);
  }
  const neutral = (text: string): string => text.replace(/nonce="[^"]+"/g, '').replace(/value="admi[nx]"/, '');
  assert.equal(neutral(wrong_password.text), neutral(wrong_name.text));
  for (const fields of [{}, { name: 'admin' }, { password: PASSWORD }]) assert.equal((await signIn(admin, fields)).status, 401);
});

test('POST /sign-in refuses other origins and sends no password to the log', async () => {
  using admin = testAdmin(undefined, { RATE_LIMIT: 'off' });
  await admin.setup.begin(PASSWORD);
  for (const origin of ['http://localhost:8080', 'null', '']) assert.equal((await signIn(admin, { name: 'admin', password: PASSWORD }, { ...FORM, origin })).status, 403, origin);
  await signIn(admin, { name: 'my secret password', password: 'another one' });
  assert.equal(/secret|another one|correct horse/.test(JSON.stringify(admin.log)), false);
});

test('POST /sign-in takes ten attempts a minute from one address', async () => {
  using admin = testAdmin();
  await admin.setup.begin(PASSWORD);
  for (let attempt = 0; attempt < 10; attempt += 1) assert.equal((await signIn(admin, { name: 'admin', password: 'wrong' })).status, 401);
  const refused = await signIn(admin, { name: 'admin', password: PASSWORD });
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.match(refused.text, /Too many attempts/);
  admin.pass(60_000);
  assert.equal((await signIn(admin, { name: 'admin', password: PASSWORD })).status, 303);
});

test('POST /sign-out ends the session everywhere', async () => {
  using admin = testAdmin();
  const headers = await admin.as('viewer');
  assert.equal((await ask(admin.app, 'GET /session', { headers })).status, 200);
  assert.equal((await ask(admin.app, 'POST /sign-out', { headers: { ...headers, origin: 'http://localhost:8080' } })).status, 403);
  const out = await ask(admin.app, 'POST /sign-out', { headers });
  assert.equal(out.status, 303);
  assert.match(String(out.headers['set-cookie']), /^fairsplit_session=; .*Max-Age=0/);
  assert.equal((await ask(admin.app, 'GET /session', { headers })).status, 401);
});

test('a session ends after twelve idle hours', async () => {
  using admin = testAdmin();
  const headers = await admin.as('viewer');
  admin.pass(12 * HOUR_MS);
  assert.equal((await ask(admin.app, 'GET /session', { headers })).status, 401);
});

test('every page but those for coming in leads to the sign-in, and a program is told 401', async () => {
  using admin = testAdmin();
  await admin.setup.begin(PASSWORD);
  const home = await ask(admin.app, 'GET /', { headers: HTML });
  assert.deepEqual([home.status, home.headers['location']], [303, '/sign-in']);
  assert.equal((await ask(admin.app, 'GET /?experiment=a%26b', { headers: HTML })).headers['location'], '/sign-in?next=%2F%3Fexperiment%3Da%2526b');
  for (const path of ['GET /', 'GET /overview/live', 'GET /session', 'POST /toggles/announcement', 'POST /experiment-switch', 'POST /experiments/x/status', 'GET /api/metrics/events']) {
    assert.equal((await ask(admin.app, path, { headers: { host: 'localhost:8081', origin: 'http://localhost:8081' } })).status, 401, path);
  }
  for (const path of ['GET /sign-in', 'GET /health']) assert.equal((await ask(admin.app, path, { headers: HTML })).status, 200, path);
});

test('a visit from a link on another site is asked to reload, which sends the strict cookie, before it is asked to sign in', async () => {
  using admin = testAdmin();
  const visit = await ask(admin.app, 'GET /', { headers: { ...HTML, 'sec-fetch-site': 'cross-site' } });
  assert.deepEqual([visit.status, visit.headers['refresh']], [200, '0']);
  assert.equal((await ask(admin.app, 'GET /', { headers: { ...HTML, 'sec-fetch-site': 'same-origin' } })).status, 303);
});

test('pages carry a policy with a fresh nonce, and refusals are pages to browsers', async () => {
  using admin = testAdmin();
  const policies = await Promise.all([1, 2].map(async () => String((await ask(admin.app, 'GET /sign-in', { headers: HTML })).headers['content-security-policy'])));
  assert.notEqual(policies[0], policies[1]);
  for (const policy of policies) assert.match(policy, /^default-src 'none'; script-src 'self' 'nonce-[\w+/=]{24}'; .*frame-ancestors 'none'$/);
  assert.doesNotMatch(policies.join(), /unsafe/);
  const missing = await ask(admin.app, 'GET /nothing', { headers: HTML });
  assert.equal(missing.status, 404);
  assert.match(missing.text, /<h1[^>]*>Not found/);
  assert.equal((await ask(admin.app, 'GET /nothing')).json().status, 404);
  assert.equal((await ask(admin.app, 'GET /sign-in', { headers: { host: 'evil.example' } })).status, 421);
});
