import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { callOf } from '../../shared/test/support/call-of.ts';
import { AccountStore } from '../src/account/account-store.ts';
import { ADMIN_SCHEMA } from '../src/schema.ts';
import { ownPath } from '../src/session/own-path.ts';
import { requireOwnOrigin, sessionCookie, sessionToken } from '../src/session/session-cookie.ts';
import { sessionLives } from '../src/session/session.ts';
import { SessionStore } from '../src/session/session-store.ts';
import { SignInStore } from '../src/session/sign-in-store.ts';

const HOUR_MS = 3_600_000;

const open = () => {
  const database = openDatabase({ file: ':memory:', ...ADMIN_SCHEMA });
  const account = new AccountStore(database).create({ name: 'ann', role: 'editor', password_hash: 'h' }, 0);
  return { database, account, sessions: new SessionStore(database) };
};

test('sessionLives() ends after twelve idle hours, and after seven days whatever happens', () => {
  assert.equal(sessionLives({ created_at: 0, seen_at: 0 }, 12 * HOUR_MS - 1), true);
  assert.equal(sessionLives({ created_at: 0, seen_at: 0 }, 12 * HOUR_MS), false);
  assert.equal(sessionLives({ created_at: 0, seen_at: 167 * HOUR_MS }, 168 * HOUR_MS - 1), true);
  assert.equal(sessionLives({ created_at: 0, seen_at: 167 * HOUR_MS }, 168 * HOUR_MS), false);
});

test('SessionStore finds who a token belongs to, and keeps nothing that signs in', () => {
  const { database, account, sessions } = open();
  const token = sessions.create(account.id, 0);
  assert.deepEqual(sessions.find(token, 1), { account_id: account.id, account: 'ann', role: 'editor' });
  assert.equal(sessions.find(`${token.slice(0, -1)}!`, 1), undefined);
  const [row] = database.prepare('SELECT * FROM sessions').all();
  assert.equal(JSON.stringify(row).includes(token), false);
  assert.equal((row?.['token_hash'] as Uint8Array).length, 32);
  sessions.delete(token);
  assert.equal(sessions.find(token, 1), undefined);
});

test('SessionStore.find() slides the end by use, but not by looking', () => {
  const { account, sessions } = open();
  const used = sessions.create(account.id, 0);
  const looked_at = sessions.create(account.id, 0);
  assert.ok(sessions.find(used, 11 * HOUR_MS));
  assert.ok(sessions.find(looked_at, 11 * HOUR_MS, false));
  assert.ok(sessions.find(used, 22 * HOUR_MS));
  assert.equal(sessions.find(looked_at, 22 * HOUR_MS), undefined);
});

test('SessionStore.find() knows the role that the account has now, and nobody of a deleted one', () => {
  const { database, account, sessions } = open();
  const token = sessions.create(account.id, 0);
  database.exec("UPDATE accounts SET role = 'viewer'");
  assert.equal(sessions.find(token, 1)?.role, 'viewer');
  database.exec('DELETE FROM accounts');
  assert.equal(sessions.find(token, 1), undefined);
});

test('SessionStore.create() sweeps out sessions that have ended', () => {
  const { database, account, sessions } = open();
  sessions.create(account.id, 0);
  sessions.create(account.id, 13 * HOUR_MS);
  assert.equal(database.prepare('SELECT count(*) AS n FROM sessions').get()?.['n'], 1);
});

test('SignInStore keeps the newest lines', () => {
  const { database, account } = open();
  const sign_ins = new SignInStore(database);
  database.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10005) INSERT INTO sign_ins (at, address, outcome) SELECT i, '', 'wrong' FROM n");
  sign_ins.add({ at: 20_000, account_id: account.id, address: '127.0.0.1', outcome: 'signed_in' });
  assert.deepEqual({ ...database.prepare('SELECT count(*) AS n, min(at) AS first, max(at) AS last FROM sign_ins').get() }, { n: 10_000, first: 7, last: 20_000 });
});

test('ownPath() leads nowhere but to our own pages', () => {
  for (const path of ['/', '/?experiment=homepage', '/a/b?c=%20d']) assert.equal(ownPath(path), path);
  for (const path of [null, '', 'x', '//evil.example', '/\\evil.example', '\\/evil.example', 'https://evil.example/', '/.//evil.example', '/..//evil.example', '/\t/evil.example', '/%0d%0aset-cookie:a', '/ü', '/sign-in?next=/sign-in', '/sign-out', '/setup', `/${'a'.repeat(3_000)}`]) {
    const led = ownPath(path);
    assert.ok(led === '/' || led === '/%0d%0aset-cookie:a', `${path} leads to ${led}`);
  }
});

test('the session cookie has the __Host- prefix where the admin is reached by https, and only that one is read', () => {
  const secure = 'https://admin.example.com';
  const call = callOf('GET /', { headers: { host: 'admin.example.com', cookie: `fairsplit_session=${'a'.repeat(43)}` } });
  assert.equal(sessionCookie(call, secure, 'TOKEN'), '__Host-fairsplit_session=TOKEN; Path=/; Max-Age=604800; HttpOnly; SameSite=Strict; Secure');
  assert.equal(sessionToken(call, secure), undefined);
  assert.equal(sessionCookie(call, 'http://localhost:8081', ''), 'fairsplit_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict');
  assert.equal(sessionToken(call, 'http://localhost:8081'), 'a'.repeat(43));
});

test('requireOwnOrigin() takes no other port, scheme, host or site for ours', () => {
  const check = (headers: Record<string, string>) => () => requireOwnOrigin(callOf('POST /', { headers: { host: 'localhost:8081', ...headers } }), 'http://localhost:8081');
  check({ origin: 'http://localhost:8081' })();
  check({ origin: 'http://localhost:8081', 'sec-fetch-site': 'same-origin' })();
  check({ host: '127.0.0.1:8081', origin: 'http://127.0.0.1:8081' })();
  for (const headers of [{}, { origin: 'null' }, { origin: 'http://localhost:8080' }, { origin: 'https://localhost:8081' }, { origin: 'http://localhost' }, { origin: 'http://127.0.0.1:8081' }, { origin: 'http://localhost:8081', 'sec-fetch-site': 'same-site' }, { origin: 'http://localhost:8081', 'sec-fetch-site': 'cross-site' }] as Record<string, string>[])
    assert.throws(check(headers), { kind: 'forbidden' }, JSON.stringify(headers));
});
