import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../shared/problem.ts';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { credentialFaults, mayAct } from '../src/account/account.ts';
import { AccountStore } from '../src/account/account-store.ts';
import { PasswordHasher } from '../src/account/password-hasher.ts';
import { ADMIN_SCHEMA } from '../src/schema.ts';

const CHEAP = { memory_kibibytes: 8, passes: 1, lanes: 1 };

test('mayAct() lets each role do what the lesser ones do', () => {
  const table = (['viewer', 'editor', 'admin'] as const).map((role) => (['viewer', 'editor', 'admin'] as const).map((needed) => mayAct(role, needed)));
  assert.deepEqual(table, [
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
});

test('credentialFaults() names every fault at once', () => {
  assert.deepEqual(credentialFaults('ann', 'twelve chars'), []);
  assert.deepEqual(credentialFaults('', 'short').map(({ field }) => field), ['name', 'password']);
  for (const name of [' ann', 'ann lee', '.ann', 'änn', 'a'.repeat(65), 'ann\n']) assert.equal(credentialFaults(name, 'twelve chars').length, 1, name);
  for (const name of ['a', 'ann.lee@example.com', 'A_1-b', 'a'.repeat(64)]) assert.deepEqual(credentialFaults(name, 'twelve chars'), [], name);
});

test('credentialFaults() counts characters, not code units', () => {
  assert.equal(credentialFaults('ann', '😀'.repeat(11)).length, 1);
  assert.equal(credentialFaults('ann', '😀'.repeat(12)).length, 0);
});

test('PasswordHasher.verify() knows the password and no other', async () => {
  const hasher = new PasswordHasher(CHEAP);
  const hash = await hasher.hash('correct horse battery');
  assert.match(hash, /^\$argon2id\$v=19\$m=8,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
  assert.notEqual(hash, await hasher.hash('correct horse battery'));
  assert.equal(await hasher.verify('correct horse battery', hash), true);
  assert.equal(await hasher.verify('correct horse batterz', hash), false);
  assert.equal(await hasher.verify('correct horse battery', undefined), false);
  assert.equal(await hasher.verify('correct horse battery', 'not a hash'), false);
});

test('PasswordHasher.verify() takes a password however its accents are written', async () => {
  const hasher = new PasswordHasher(CHEAP);
  assert.equal(await hasher.verify('cafe\u0301 au lait, merci', await hasher.hash('caf\u00e9 au lait, merci')), true);
});

test('PasswordHasher.verify() goes by the cost that a hash was made with', async () => {
  const hash = await new PasswordHasher({ memory_kibibytes: 16, passes: 2, lanes: 2 }).hash('correct horse battery');
  assert.equal(await new PasswordHasher(CHEAP).verify('correct horse battery', hash), true);
});

test('PasswordHasher.hash() refuses when too many wait, and goes on afterwards', async () => {
  const hasher = new PasswordHasher(CHEAP);
  const ends = await Promise.allSettled(Array.from({ length: 30 }, () => hasher.hash('correct horse battery')));
  const refused = ends.filter((end) => end.status === 'rejected');
  assert.equal(refused.length, 30 - 2 - 16);
  for (const { reason } of refused) assert.ok(reason instanceof Problem && reason.kind === 'overloaded');
  assert.match(await hasher.hash('correct horse battery'), /^\$argon2id/);
});

test('AccountStore takes names that differ in case for one', () => {
  const accounts = new AccountStore(openDatabase({ file: ':memory:', ...ADMIN_SCHEMA }));
  assert.equal(accounts.empty, true);
  const made = accounts.create({ name: 'Ann', role: 'editor', password_hash: 'h' }, 1);
  assert.equal(accounts.empty, false);
  assert.deepEqual(accounts.find('aNN'), { ...made, password_hash: 'h' });
  assert.equal(accounts.find('bob'), undefined);
  assert.throws(() => accounts.create({ name: 'ANN', role: 'viewer', password_hash: 'h' }, 2), { kind: 'conflict' });
});
