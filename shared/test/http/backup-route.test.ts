import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempDisposableSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { backupRoutes } from '../../http/backup-route.ts';
import { Meter } from '../../http/meter.ts';
import { createGuards } from '../../http/guards.ts';
import { RateLimit } from '../../http/rate-limit.ts';
import { serve } from '../../http/server.ts';
import type { Server } from '../../http/server.ts';
import { createServiceApp } from '../../http/service-app.ts';
import { createLog } from '../../log.ts';
import { tokenHash } from '../../secrets.ts';
import { copyFileOf } from '../../sqlite/database.ts';
import type { Database } from '../../sqlite/database.ts';
import { StoredDatabase } from '../../sqlite/stored-database.ts';
import { openNotes } from '../sqlite/notes-database.ts';

const ROWS = 4_000;

interface Notes extends AsyncDisposable {
  readonly folder: string;
  readonly database: Database;
  readonly server: Server;
  readonly ask: (token?: string) => Promise<Response>;
}

/** Serves the backup of a database of notes, about 8 MB of them. */
const serveNotes = async (): Promise<Notes> => {
  const folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-backup-'));
  const database = openNotes(join(folder.path, 'notes.sqlite'));
  const insert = database.prepare('INSERT INTO note (text) VALUES (?)');
  database.transaction(() => {
    for (let row = 0; row < ROWS; row += 1) insert.run(`${row} ${'x'.repeat(2_000)}`);
  });
  const log = createLog({ service: 'notes', level: 'error', write: () => {} });
  const guards = createGuards({ api_token_sha256: tokenHash('api'), ingest_token_sha256: tokenHash('ingest'), cors_origins: [], require_token: false, rate_limit: new RateLimit(() => 0, true) });
  const meter = new Meter();
  const app = createServiceApp(backupRoutes({ database, name: 'notes', log }), { config: { cors_origins: [] }, hosts: null, log, guards });
  const server = await serve(app, { host: '127.0.0.1', port: 0, log, meter, trusted_proxies: 0 });
  return {
    folder: folder.path,
    database,
    server,
    ask: (token = 'api') => fetch(`http://127.0.0.1:${server.port}/backup`, { method: 'POST', headers: { authorization: `Bearer ${token}` } }),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      meter.close();
      database.close();
      folder.remove();
    },
  };
};

/** What lies beside the database that is no part of it. */
const leftovers = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.includes('.copy'));

test('POST /backup sends a database that is whole, with its size and digest, while rows are written, and leaves nothing', async () => {
  await using notes = await serveNotes();
  const insert = notes.database.prepare('INSERT INTO note (text) VALUES (?)');
  let written = 0;
  const writer = setInterval(() => insert.run(`during ${(written += 1)}`), 1);
  const answer = await notes.ask();
  const bytes = Buffer.from(await answer.arrayBuffer());
  clearInterval(writer);
  assert.deepEqual([answer.status, answer.headers.get('content-type'), answer.headers.get('content-length')], [200, 'application/vnd.sqlite3', String(bytes.length)]);
  assert.equal(answer.headers.get('content-digest'), `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`);
  assert.deepEqual(leftovers(notes.folder), []);

  const file = join(notes.folder, 'received.sqlite');
  writeFileSync(file, bytes);
  using copy = new StoredDatabase(file);
  assert.deepEqual([copy.application_id, copy.version, copy.faults()], [0x6e6f7465, 1, []]);
  assert.ok((copy.rowCounts()['note'] as number) >= ROWS);
  assert.deepEqual(leftovers(notes.folder), []);
});

test('POST /backup is for the API token alone, and makes one at a time', async () => {
  await using notes = await serveNotes();
  assert.equal((await notes.ask('ingest')).status, 403);
  assert.equal((await notes.ask('wrong')).status, 401);
  const answers = await Promise.all([notes.ask(), notes.ask(), notes.ask()]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
  await Promise.all(answers.map((answer) => answer.arrayBuffer()));
  assert.equal((await notes.ask()).status, 200);
});

test('POST /backup forgets a client that leaves half-way', async () => {
  await using notes = await serveNotes();
  const socket = connect(notes.server.port, '127.0.0.1');
  socket.write('POST /backup HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer api\r\nContent-Length: 0\r\n\r\n');
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  assert.equal((await notes.ask()).status, 409);
  socket.destroy();
  for (let status = 409; status !== 200; ) {
    const answer = await notes.ask();
    await answer.arrayBuffer();
    status = answer.status;
  }
  assert.deepEqual(leftovers(notes.folder), []);
});

test('what a killed process left of a backup is removed at the next start', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-backup-'));
  const file = join(folder.path, 'notes.sqlite');
  for (const left of [copyFileOf(file), `${copyFileOf(file)}.part`, `${copyFileOf(file)}.part-journal`]) writeFileSync(left, 'half');
  openNotes(file).close();
  assert.deepEqual(leftovers(folder.path), []);
});

test('StoredDatabase reads a file without leaving a trace beside it, and says what is wrong with one', () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-stored-'));
  const file = join(folder.path, 'a #?% b.sqlite');
  const database = openNotes(file);
  database.exec("INSERT INTO note (text) VALUES ('a'), ('b')");
  assert.throws(() => new StoredDatabase(file), /is in use/);
  database.close();
  {
    using stored = new StoredDatabase(file);
    assert.deepEqual(stored.rowCounts(), { note: 2 });
    assert.throws(() => stored.prepare('DELETE FROM note').run(), /readonly/);
  }
  assert.equal(existsSync(`${file}-wal`) || existsSync(`${file}-shm`), false);
  assert.throws(() => new StoredDatabase(join(folder.path, 'absent')), /There is no file/);
  writeFileSync(join(folder.path, 'text'), 'text '.repeat(1_000));
  assert.throws(() => new StoredDatabase(join(folder.path, 'text')), /is not a database/);

  // The last byte is that of a text in the index, which now differs from its row.
  const bytes = readFileSync(file);
  bytes[bytes.length - 1] = 0x7a;
  writeFileSync(file, bytes);
  using damaged = new StoredDatabase(file);
  assert.match(damaged.faults().join(), /missing from index/);
});
