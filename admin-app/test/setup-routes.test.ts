import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StartFault } from '../../shared/start-fault.ts';
import { ask } from '../../shared/test/support/call-of.ts';
import { FORM, PASSWORD, testAdmin } from './support/test-admin.ts';
import type { TestAdmin } from './support/test-admin.ts';

const MINUTE_MS = 60_000;

const tokenOf = (admin: TestAdmin): string => /^http:\/\/localhost:8081\/setup#([\w-]{43})$/.exec(admin.link() ?? '')?.[1] ?? '';

const formOf = (token: string, name = 'ann', password = PASSWORD): string => new URLSearchParams({ token, name, password }).toString();

const complete = (admin: TestAdmin, text: string, headers = FORM) => ask(admin.app, 'POST /setup', { text, headers });

test('POST /setup makes the first account of whoever has the link, signs them in, and is 404 from then on', async () => {
  using admin = testAdmin();
  await admin.setup.begin(undefined);
  const token = tokenOf(admin);
  assert.equal(token.length, 43);
  assert.equal(admin.log.some(({ link }) => link === admin.link()), true);

  const page = await ask(admin.app, 'GET /setup');
  assert.equal(page.status, 200);
  assert.match(page.text, /At least 12 characters/);

  const done = await complete(admin, formOf(token));
  assert.equal(done.status, 303);
  assert.equal(done.headers['location'], '/');
  const cookie = String(done.headers['set-cookie']).split(';')[0] ?? '';
  const session = await ask(admin.app, 'GET /session', { headers: { cookie, host: 'localhost:8081' } });
  assert.deepEqual(session.json(), { account: 'ann', role: 'admin' });
  assert.equal(admin.link(), undefined);
  assert.equal((await ask(admin.app, 'GET /setup')).status, 404);
  assert.equal((await complete(admin, formOf(token, 'eve'))).status, 404);
});

test('POST /setup creates nothing without the link', async () => {
  using admin = testAdmin();
  await admin.setup.begin(undefined);
  for (const token of ['', 'x', 'A'.repeat(43)]) assert.equal((await complete(admin, formOf(token))).status, 403, token);
  assert.equal((await complete(admin, formOf(tokenOf(admin)), { ...FORM, origin: 'http://localhost:8080' })).status, 403);
  assert.equal(admin.stores.accounts.empty, true);
});

test('POST /setup says all that is wrong and keeps what was typed, the password aside', async () => {
  using admin = testAdmin();
  await admin.setup.begin(undefined);
  const token = tokenOf(admin);
  const answer = await complete(admin, formOf(token, '"><b>', 'short pass'));
  assert.equal(answer.status, 400);
  assert.match(answer.text, /Use 1 to 64 letters/);
  assert.match(answer.text, /Use at least 12 characters; this has 10\./);
  assert.ok(answer.text.includes(`value="${token}"`) && answer.text.includes('value="&quot;&gt;&lt;b&gt;"'));
  assert.equal(answer.text.includes('short pass'), false);
  assert.equal((await complete(admin, formOf(token))).status, 303);
});

test('POST /setup lets one of many through who have the same link', async () => {
  using admin = testAdmin();
  await admin.setup.begin(undefined);
  const token = tokenOf(admin);
  const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => complete(admin, formOf(token, `ann-${index}`))));
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [303, 404, 404, 404, 404, 404, 404, 404]);
});

test('a set-up link ends after thirty minutes, and the next start makes another', async () => {
  using admin = testAdmin();
  await admin.setup.begin(undefined);
  const first = tokenOf(admin);
  admin.pass(30 * MINUTE_MS);
  const late = await complete(admin, formOf(first));
  assert.equal(late.status, 403);
  assert.match(late.text, /fresh one/);
  await admin.setup.begin(undefined);
  const second = tokenOf(admin);
  assert.notEqual(second, first);
  assert.equal((await complete(admin, formOf(first))).status, 403);
  assert.equal((await complete(admin, formOf(second))).status, 303);
});

test('a set-up link that ends unused is followed by a fresh one, in the log and the file', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  using admin = testAdmin();
  await admin.setup.begin(undefined);
  const first = admin.link();
  admin.pass(30 * MINUTE_MS);
  context.mock.timers.tick(30 * MINUTE_MS);
  assert.notEqual(admin.link(), first);
  assert.equal(admin.log.filter(({ link }) => link !== undefined).length, 2);
});

test('ADMIN_PASSWORD makes the account admin, once, and no link', async () => {
  using admin = testAdmin();
  await assert.rejects(admin.setup.begin('too short'), StartFault);
  await admin.setup.begin(PASSWORD);
  assert.equal(admin.link(), undefined);
  assert.equal(admin.stores.accounts.find('admin')?.role, 'admin');
  const hash = admin.stores.accounts.find('admin')?.password_hash;
  await admin.setup.begin('another password');
  assert.equal(admin.stores.accounts.find('admin')?.password_hash, hash);
  assert.equal(JSON.stringify(admin.log).includes(PASSWORD), false);
});
