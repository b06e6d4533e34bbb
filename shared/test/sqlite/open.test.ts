import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdtempDisposableSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { StartFault } from '../../start-fault.ts';
import { NOTES_HISTORY, NOTES_ID, openNotes, textsIn } from './notes-database.ts';

const temporaryFolder = (): ReturnType<typeof mkdtempDisposableSync> => mkdtempDisposableSync(join(tmpdir(), 'fairsplit-sqlite-'));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

const fillAndClose = (file: string): void => {
  using notes = openNotes(file);
  notes.exec(`INSERT INTO note (text) VALUES ('kept')`);
};

const refuses = (file: string, sentence: RegExp, open: () => unknown = () => openNotes(file)): void => {
  const before = existsSync(file) ? readFileSync(file) : undefined;
  assert.throws(open, (error) => error instanceof StartFault && sentence.test(error.message) && error.message.includes(file));
  assert.deepEqual(existsSync(file) ? readFileSync(file) : undefined, before);
};

test('openDatabase() keeps what was written, and a clean close leaves no log', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  fillAndClose(file);
  assert.deepEqual(readdirSync(folder.path).sort(), ['notes.db', 'notes.db.exists', 'notes.db.lock']);
  using notes = openNotes(file);
  assert.deepEqual(textsIn(notes), ['kept']);
});

test('openDatabase() sets every connection up for durability and small machines', () => {
  using folder = temporaryFolder();
  using notes = openNotes(join(folder.path, 'notes.db'), { cache_kilobytes: 4_000 });
  const value = (pragma: string): unknown => Object.values(notes.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
  const expected = {
    application_id: NOTES_ID, auto_vacuum: 2, busy_timeout: 5_000, cache_size: -4_000, foreign_keys: 1, journal_mode: 'wal',
    journal_size_limit: 64 * 1024 * 1024, secure_delete: 1, synchronous: 2, temp_store: 2, user_version: 1, wal_autocheckpoint: 2_000,
  };
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, value(name)])), expected);
  assert.throws(() => notes.exec(`ATTACH ':memory:' AS other`), /too many attached databases/);
});

test('openDatabase() hides folder and files from everyone but the owner', () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'data');
  using notes = openNotes(join(data, 'notes.db'));
  notes.exec(`INSERT INTO note (text) VALUES ('private')`);
  assert.equal(modeOf(data), '700');
  assert.deepEqual(readdirSync(data).map((name) => [name, modeOf(join(data, name))]).filter(([, mode]) => mode !== '600'), []);
});

test('openDatabase() works in memory', () => {
  using notes = openNotes(':memory:', { migrations: NOTES_HISTORY });
  notes.exec(`INSERT INTO note (text, colour) VALUES ('short-lived', 'red')`);
  assert.deepEqual(textsIn(notes), ['short-lived']);
  assert.equal(notes.writable(), true);
});

test('openDatabase() migrates after a backup of the version before, which opens by itself', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  fillAndClose(file);
  using migrated = openNotes(file, { migrations: NOTES_HISTORY });
  assert.deepEqual({ ...migrated.prepare('SELECT text, colour FROM note').get() }, { text: 'kept', colour: 'white' });
  assert.equal(modeOf(`${file}.before-2`), '600');
  using old = openNotes(`${file}.before-2`);
  assert.deepEqual(textsIn(old), ['kept']);
});

test('openDatabase() makes no backup when there is nothing to migrate, or nothing yet', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  openNotes(file, { migrations: NOTES_HISTORY }).close();
  openNotes(file, { migrations: NOTES_HISTORY }).close();
  assert.deepEqual(readdirSync(folder.path).filter((name) => name.includes('before')), []);
});

test('openDatabase() applies all migrations or none, and names the one that failed', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  fillAndClose(file);
  const broken = { name: 'broken', sql: 'CREATE TABLE more (id INTEGER) STRICT; CREATE TABLE note (id INTEGER) STRICT' };
  assert.throws(() => openNotes(file, { migrations: [...NOTES_HISTORY, broken] }), (error) => error instanceof StartFault && /Migration 3 \(broken\).*already exists/.test(error.message));
  using notes = openNotes(file);
  assert.deepEqual(textsIn(notes), ['kept']);
  assert.equal(notes.prepare(`SELECT count(*) AS tables FROM sqlite_schema WHERE name = 'more'`).get()?.['tables'], 0);
});

test('openDatabase() refuses a migration that leaves dangling references, and one that commits', () => {
  const dangling = { name: 'dangling', sql: 'CREATE TABLE reply (note INTEGER REFERENCES note (id)) STRICT; INSERT INTO reply VALUES (404)' };
  assert.throws(() => openNotes(':memory:', { migrations: [NOTES_HISTORY[0], dangling] }), /foreign key points nowhere/);
  const committing = { name: 'committing', sql: 'COMMIT' };
  assert.throws(() => openNotes(':memory:', { migrations: [NOTES_HISTORY[0], committing] }), /it ended the transaction/);
});

test('openDatabase() refuses a newer database and leaves it alone', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  openNotes(file, { migrations: NOTES_HISTORY }).close();
  refuses(file, /has version 2, made by a newer Fairsplit; this one knows 1/);
});

test('openDatabase() refuses a newer version that only the log knows, as after a kill', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  const killed = join(folder.path, 'killed.db');
  openNotes(file).close();
  const newer = new DatabaseSync(file);
  newer.exec('PRAGMA user_version = 9');
  for (const end of ['', '-wal']) copyFileSync(file + end, killed + end);
  newer.close();
  refuses(killed, /has version 9/);
});

test('openDatabase() refuses a foreign database and leaves it alone', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  fillAndClose(file);
  refuses(file, /of another program or service/, () => openNotes(file, { application_id: 4_711 }));
});

test('openDatabase() refuses what is no database', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  for (const content of ['hello', 'x'.repeat(8_192)]) {
    writeFileSync(file, content);
    refuses(file, /is not a database/);
  }
});

test('openDatabase() refuses a damaged or shortened database', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  fillAndClose(file);
  const whole = readFileSync(file);
  const damaged = Buffer.from(whole);
  damaged.fill(0xff, 100, 108);
  writeFileSync(file, damaged);
  refuses(file, /cannot be read.*restore a backup/);
  damaged.set(whole);
  damaged.writeUInt16BE(1_000, 16);
  writeFileSync(file, damaged);
  refuses(file, /cannot be read|cut short/);
  writeFileSync(file, whole);
  truncateSync(file, whole.length - 4_096);
  refuses(file, /is cut short/);
});

test('openDatabase() refuses an empty or missing file where data was, until the marker is removed', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  fillAndClose(file);
  truncateSync(file, 0);
  refuses(file, /empty or missing, but data was here/);
  rmSync(file);
  refuses(file, /empty or missing, but data was here/);
  rmSync(`${file}.exists`);
  using notes = openNotes(file);
  assert.deepEqual(textsIn(notes), []);
});

test('openDatabase() refuses to drop a log whose database is missing', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  writeFileSync(`${file}-wal`, 'committed rows');
  refuses(file, /its log .* holds data/);
  assert.equal(readFileSync(`${file}-wal`, 'utf8'), 'committed rows');
});

test('openDatabase() says in a sentence when a folder cannot be made', () => {
  using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'data'), 'a file');
  const file = join(folder.path, 'data', 'notes.db');
  refuses(file, /cannot be opened: (ENOTDIR|EEXIST)/);
});

test('openDatabase() finds the same lock through a link', () => {
  using folder = temporaryFolder();
  const file = join(folder.path, 'notes.db');
  using notes = openNotes(file);
  symlinkSync(file, join(folder.path, 'link.db'));
  assert.throws(() => openNotes(join(folder.path, 'link.db')), /is in use by another process/);
  assert.equal(notes.writable(), true);
});
