import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmodSync, mkdirSync, mkdtempDisposableSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Peer } from '../../shared/http/peer.ts';
import { FileLock } from '../../shared/sqlite/file-lock.ts';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { backupsIn, removeOldBackups, stampOf, unfinishedName } from '../backup/backup-folders.ts';
import { copyFile, digestOf } from '../backup/copy-file.ts';
import { fetchDatabase } from '../backup/fetch-database.ts';
import { readManifest } from '../backup/manifest.ts';
import type { Manifest } from '../backup/manifest.ts';
import { readBackupOptions, readRestoreOptions } from '../backup/options.ts';
import { SERVICE_DATABASES } from '../backup/service-databases.ts';
import { findSideFiles, findToken } from '../backup/side-files.ts';
import { putInPlace } from '../restore/put-in-place.ts';

const temporary = () => mkdtempDisposableSync(join(tmpdir(), 'fairsplit-backup-parts-'));
const NOON: number = Date.UTC(2026, 0, 5, 12);

test('readBackupOptions() takes a folder, what to keep and which services, and says what is wrong', () => {
  assert.deepEqual(readBackupOptions(['/b']), { folder: '/b', keep: undefined, databases: SERVICE_DATABASES });
  const options = readBackupOptions(['/b', '--keep', '7', '--service', 'ab-service', '--service', 'landing-service']);
  assert.deepEqual([options.keep, options.databases.map(({ file }) => file)], [7, ['landing.sqlite', 'ab.sqlite']]);
  for (const [args, words] of [[[], /Name one folder/], [['a', 'b'], /Name one folder/], [['a', '--keep', '0'], /from 1 on/], [['a', '--service', 'x'], /"x" is none/], [['a', '--what'], /--what.*--help/]] as const) assert.throws(() => readBackupOptions(args), words);
  assert.throws(() => readRestoreOptions(['a', '--keep', '1']), /belongs to npm run backup/);
});

test('removeOldBackups() keeps the newest, and leaves alone what is no backup', () => {
  using folder = temporary();
  const stamps = [1, 2, 3].map((day) => stampOf(NOON + day * 86_400_000));
  for (const stamp of stamps) {
    mkdirSync(join(folder.path, stamp));
    writeFileSync(join(folder.path, stamp, 'manifest.json'), '{}');
  }
  const others = ['notes', stampOf(NOON - 1), unfinishedName(stampOf(NOON))];
  const abandoned = unfinishedName(stampOf(NOON - 5));
  for (const name of [...others, abandoned]) mkdirSync(join(folder.path, name));
  utimesSync(join(folder.path, abandoned), new Date(0), new Date(0));
  assert.deepEqual(backupsIn(folder.path), stamps.toReversed());
  assert.deepEqual(removeOldBackups(folder.path, 2, Date.now()), [stamps[0]]);
  assert.deepEqual(readdirSync(folder.path).sort(), [...others, ...stamps.slice(1)].sort());
  assert.deepEqual(removeOldBackups(folder.path, undefined, Date.now()), []);
});

test('readManifest() refuses paths that lead out of the backup', () => {
  using folder = temporary();
  const write = (path: unknown): void => writeFileSync(join(folder.path, 'manifest.json'), JSON.stringify({ format: 1, files: [{ path, bytes: 1, sha256: 'a'.repeat(64) }] }));
  write('secrets/api-token');
  assert.equal(readManifest(folder.path).files.length, 1);
  for (const path of ['/etc/passwd', '../x', 'a/../../x', 'a/..', './x', 'a//b', '', 'a\\..\\b', 'a\0', 7, null]) {
    write(path);
    assert.throws(() => readManifest(folder.path), /does not name its files/, String(path));
  }
});

test('findSideFiles() takes what belongs to the installation that was asked, and nothing of another', () => {
  using folder = temporary();
  const data = folder.path;
  for (const [path, text] of [['secrets/api-token', 'token\n'], ['secrets/ingest-token', 'x'], ['media/a.mp3', 'x'], ['media/b.part', 'x'], ['secrets/api-token.1.tmp', 'x'], ['setup-link', 'x']] as const) {
    mkdirSync(join(data, path, '..'), { recursive: true });
    writeFileSync(join(data, path), text);
  }
  assert.deepEqual([findToken(data, undefined), findToken(data, 'given'), findToken(join(data, 'absent'), undefined)], ['token', 'given', undefined]);
  const { paths, missing } = findSideFiles(data, 'token');
  assert.deepEqual(paths, ['secrets/api-token', 'secrets/ingest-token', 'media/a.mp3']);
  assert.match(missing.join(), /^landing-cookie-key: not in/);
  assert.deepEqual(findSideFiles(data, 'another').paths, []);
  assert.equal(findSideFiles(data, 'another').missing.length, 4);
});

/** Asks a server that answers as told. */
const fetchFrom = async (answer: RequestListener, path: string, turn_ms_max = 0): Promise<unknown> => {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const peer = new Peer({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 'token' });
  try {
    return await fetchDatabase(peer, { service: 'ab-service' }, path, () => {}, turn_ms_max);
  } finally {
    peer.close();
    server.close();
  }
};

test('fetchDatabase() takes a file only as it was sent', async () => {
  using folder = temporary();
  const file = (name: string): string => join(folder.path, name);
  const digest = 'sha-256=:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=:';
  const send = (head: Record<string, string>, text: string): RequestListener => (request, response) => {
    assert.equal(`${request.method} ${request.url} ${request.headers.authorization}`, 'POST /backup Bearer token');
    response.writeHead(200, head).write(text);
    setImmediate(() => (text.length < Number(head['content-length'] ?? 0) ? response.destroy() : response.end()));
  };
  assert.deepEqual(await fetchFrom(send({ 'content-length': '3', 'content-digest': digest }, 'abc'), file('a')), { bytes: 3, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' });
  assert.equal(readFileSync(file('a'), 'utf8'), 'abc');
  await assert.rejects(fetchFrom(send({ 'content-length': '3', 'content-digest': digest }, 'abd'), file('b')), /did not arrive as it was sent/);
  await assert.rejects(fetchFrom(send({ 'content-length': '30', 'content-digest': digest }, 'abc'), file('c')), /broke off after \d of 30 bytes/);
  await assert.rejects(fetchFrom(send({}, 'abc'), file('d')), /no backup/);
  for (const [status, words] of [[401, /does not take the token/], [409, /making a backup already.*\(Busy\.\)/], [507, /no room/], [404, /older/], [500, /answered 500/]] as const)
    await assert.rejects(fetchFrom((_, response) => response.writeHead(status).end('{"detail":"Busy."}'), file('e')), words);

  let asked = 0;
  const sendTheSecond = send({ 'content-length': '3', 'content-digest': digest }, 'abc');
  await fetchFrom((request, response) => ((asked += 1) === 1 ? void response.writeHead(409).end() : sendTheSecond(request, response)), file('f'), 60_000);
  assert.equal(asked, 2, 'one that is busy with another backup is asked again');
  assert.equal(readFileSync(file('f'), 'utf8'), 'abc');
});

test('putInPlace() moves what was there aside, logs included, and leaves what does not belong to it', async () => {
  using folder = temporary();
  const [backup, data_dir] = [join(folder.path, 'backup'), join(folder.path, 'data')];
  mkdirSync(backup);
  const [landing, metrics] = SERVICE_DATABASES;
  assert.ok(landing && metrics);
  const migrations = [{ name: 'meta', sql: "CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT; INSERT INTO meta VALUES ('log', 'as it was')" }];
  for (const { file, application_id } of SERVICE_DATABASES) openDatabase({ file: join(backup, file), application_id, migrations }).close();
  writeFileSync(join(backup, 'landing-cookie-key'), 'old key');
  const databaseFile = async ({ file, service }: { readonly file: string; readonly service: string }) => ({ path: file, service, ...(await digestOf(join(backup, file))) });
  const files = [...(await Promise.all(SERVICE_DATABASES.map(databaseFile))), { path: 'landing-cookie-key', ...(await digestOf(join(backup, 'landing-cookie-key'))) }];
  const manifest: Manifest = { format: 1, version: '0', began_at: '', ended_at: '', missing: [], files };
  const needs = { backup, manifest, data_dir, stamp: 'now' };

  mkdirSync(data_dir);
  const present = { 'landing.sqlite': 'present', 'landing.sqlite-wal': 'its log', 'landing-cookie-key': 'present key', 'metrics.sqlite': 'of another', mine: 'mine', 'setup-link': 'link', '.restoring-before': 'left' };
  for (const [name, text] of Object.entries(present)) writeFileSync(join(data_dir, name), text);
  {
    const lock = new FileLock(join(data_dir, metrics.file));
    await assert.rejects(putInPlace({ ...needs, databases: [landing] }), /metrics\.sqlite is in use by another process: stop Fairsplit/);
    lock.release();
  }
  const one = (await putInPlace({ ...needs, databases: [landing] })) as string;
  assert.deepEqual(readdirSync(one).sort(), ['landing.sqlite', 'landing.sqlite-wal']);
  assert.equal(readFileSync(join(data_dir, 'landing-cookie-key'), 'utf8'), 'present key');
  assert.deepEqual(readdirSync(data_dir).filter((name) => !name.endsWith('.lock')).sort(), ['landing-cookie-key', 'landing.sqlite', 'landing.sqlite.exists', 'metrics.sqlite', 'mine', 'setup-link']);

  const changed = { ...manifest, files: files.map((file) => ({ ...file, sha256: '0'.repeat(64) })) };
  await assert.rejects(putInPlace({ ...needs, stamp: 'later', manifest: changed, databases: SERVICE_DATABASES }), /changed while it was copied/);
  const all = (await putInPlace({ ...needs, stamp: 'later', databases: SERVICE_DATABASES })) as string;
  assert.deepEqual(readdirSync(all).sort(), ['landing-cookie-key', 'landing.sqlite', 'metrics.sqlite', 'setup-link']);
  assert.deepEqual([readFileSync(join(data_dir, 'mine'), 'utf8'), readFileSync(join(data_dir, 'landing-cookie-key'), 'utf8')], ['mine', 'old key']);
  for (const { file, application_id } of SERVICE_DATABASES) {
    using database = openDatabase({ file: join(data_dir, file), application_id, migrations });
    assert.equal(database.prepare("SELECT value = 'as it was' AS same FROM meta WHERE name = 'log'").get()?.['same'], file === 'ab.sqlite' ? 0 : 1, file);
  }
});

test('copyFile() makes private files in private folders', async () => {
  using folder = temporary();
  writeFileSync(join(folder.path, 'a'), 'abc');
  chmodSync(join(folder.path, 'a'), 0o644);
  await copyFile(join(folder.path, 'a'), join(folder.path, 'b/c'));
  assert.equal(readFileSync(join(folder.path, 'b/c'), 'utf8'), 'abc');
  await assert.rejects(copyFile(join(folder.path, 'a'), join(folder.path, 'b/c')), { code: 'EEXIST' });
});
