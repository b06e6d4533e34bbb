import assert from 'node:assert/strict';
import { mkdtempDisposableSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Problem } from '../../problem.ts';
import { openNotes, textsIn } from './notes-database.ts';

const temporaryFolder = (): ReturnType<typeof mkdtempDisposableSync> => mkdtempDisposableSync(join(tmpdir(), 'fairsplit-sqlite-'));

const isProblem = (kind: string) => (error: unknown): boolean => error instanceof Problem && error.kind === kind;

test('transaction() keeps all of a work or nothing of it', () => {
  using notes = openNotes(':memory:');
  const insert = notes.prepare('INSERT INTO note (text) VALUES (?)');
  assert.equal(notes.transaction(() => insert.run('one').changes), 1);
  const fault = new Error('changed my mind');
  assert.throws(() => notes.transaction(() => { insert.run('two'); throw fault; }), fault);
  assert.deepEqual(textsIn(notes), ['one']);
  assert.equal(notes.isTransaction, false);
});

test('transaction() inside another is undone with the outer one', () => {
  using notes = openNotes(':memory:');
  const insert = notes.prepare('INSERT INTO note (text) VALUES (?)');
  assert.throws(() => notes.transaction(() => {
    notes.transaction(() => insert.run('inner'));
    assert.equal(notes.isTransaction, true);
    throw new Error('outer');
  }), /outer/);
  assert.deepEqual(textsIn(notes), []);
});

test('transaction() refuses an asynchronous work and undoes what it began', () => {
  using notes = openNotes(':memory:');
  assert.throws(() => notes.transaction(async () => { notes.exec(`INSERT INTO note (text) VALUES ('late')`); }), /must be synchronous/);
  assert.deepEqual(textsIn(notes), []);
});

test('transaction() answers a full disk with disk_full and works again when there is room', () => {
  using notes = openNotes(':memory:');
  const insert = notes.prepare('INSERT INTO note (text) VALUES (?)');
  const pages = Number(notes.prepare('PRAGMA page_count').get()?.['page_count']);
  notes.exec(`PRAGMA max_page_count = ${pages}`);
  assert.throws(() => notes.transaction(() => insert.run('x'.repeat(100_000))), isProblem('disk_full'));
  assert.equal(notes.isTransaction, false);
  notes.exec('PRAGMA max_page_count = 1000');
  notes.transaction(() => insert.run('fits'));
  assert.deepEqual(textsIn(notes), ['fits']);
});

test('writable() says no while writes fail, without throwing, and yes once they work', () => {
  using folder = temporaryFolder();
  const notes = openNotes(join(folder.path, 'notes.db'));
  notes.exec('PRAGMA query_only = ON');
  assert.equal(notes.writable(), false);
  notes.exec('PRAGMA query_only = OFF');
  assert.equal(notes.writable(), true);
  notes.exec('PRAGMA query_only = ON');
  assert.throws(() => notes.transaction(() => notes.exec(`INSERT INTO note (text) VALUES ('lost')`)), isProblem('disk_full'));
  assert.equal(notes.writable(), false);
  notes.close();
  assert.equal(notes.writable(), false);
});

test('writable() says no while another program holds the database, and keeps the busy timeout', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  using notes = openNotes(file);
  using other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  assert.equal(notes.writable(), false);
  other.exec('ROLLBACK');
  assert.equal(notes.writable(), true);
  assert.equal(notes.prepare('PRAGMA busy_timeout').get()?.['timeout'], 5_000);
});

test('checkpoint() empties the log', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  using notes = openNotes(file);
  notes.exec(`INSERT INTO note (text) VALUES ('logged')`);
  assert.notEqual(statSync(`${file}-wal`).size, 0);
  notes.checkpoint();
  assert.equal(statSync(`${file}-wal`).size, 0);
});

test('backup() copies everything committed, privately, while writes go on', async () => {
  using folder = temporaryFolder();
  using notes = openNotes(join(folder.path, 'notes.db'));
  const insert = notes.prepare('INSERT INTO note (text) VALUES (?)');
  notes.transaction(() => { for (let id = 0; id < 5_000; id += 1) insert.run(`${id} ${'x'.repeat(1_000)}`); });
  const copy = join(folder.path, 'copy.db');
  let copying = true;
  const backup = notes.backup(copy).finally(() => { copying = false; });
  for (let id = 0; copying; id += 1) {
    insert.run(`meanwhile ${id}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await backup;
  assert.equal(statSync(copy).mode & 0o777, 0o600);
  using copied = openNotes(copy);
  assert.deepEqual({ ...copied.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  const texts = textsIn(copied);
  assert.ok(texts.length >= 5_000);
  assert.deepEqual(texts, textsIn(notes).slice(0, texts.length));
});

test('backup() begins after the transaction that is open when it is asked for', async () => {
  using folder = temporaryFolder();
  using notes = openNotes(join(folder.path, 'notes.db'));
  const copy = join(folder.path, 'copy.db');
  notes.begin();
  notes.exec("INSERT INTO note (text) VALUES ('in time')");
  let settled = false;
  const backup = notes.backup(copy).finally(() => { settled = true; });
  backup.catch(() => {});
  for (let turn = 0; turn < 200; turn += 1) await new Promise(setImmediate);
  assert.equal(settled, false);
  notes.commit();
  await backup;
  using copied = openNotes(copy);
  assert.deepEqual(textsIn(copied), ['in time']);
});

test('backup() refuses a second one meanwhile and the database itself, and leaves no pieces when it fails', async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  using notes = openNotes(file);
  const first = notes.backup(join(folder.path, 'copy.db'));
  await assert.rejects(notes.backup(join(folder.path, 'other.db')), isProblem('conflict'));
  await first;
  await assert.rejects(notes.backup(file), isProblem('conflict'));
  await assert.rejects(notes.backup(join(folder.path, 'missing', 'copy.db')), /ENOENT/);
  assert.deepEqual(readdirSync(folder.path).filter((name) => name.endsWith('.part')), []);
  await notes.backup(join(folder.path, 'copy.db'));
});

test('close() may be called twice and lets the next one in', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  const notes = openNotes(file);
  assert.throws(() => openNotes(file), /is in use by another process/);
  notes.close();
  notes.close();
  assert.throws(() => notes.transaction(() => 1), isProblem('overloaded'));
  openNotes(file).close();
});
