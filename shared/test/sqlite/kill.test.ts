import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { StartFault } from '../../start-fault.ts';
import { openNotes } from './notes-database.ts';

const WRITER = fileURLToPath(new URL('./acknowledging-writer.ts', import.meta.url));

interface Writer {
  readonly process: ChildProcess;
  readonly text: () => string;
}

const startWriter = (file: string, first_id: number): Writer => {
  const child = spawn(process.execPath, [WRITER, file, `${first_id}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; });
  return { process: child, text: () => text };
};

/** Waits for so many characters of acknowledged ids, kills without warning, and returns every id that was printed whole. */
const killAfter = async (writer: Writer, characters: number): Promise<number[]> => {
  while (writer.text().length < characters) {
    if (writer.process.stdout === null || writer.process.exitCode !== null) throw new Error('the writer ended by itself');
    await once(writer.process.stdout, 'data');
  }
  writer.process.kill('SIGKILL');
  await once(writer.process, 'close');
  const text = writer.text();
  return text.slice(0, text.lastIndexOf('\n')).split('\n').map(Number);
};

test('GroupCommit loses nothing it has answered when the process is killed', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-kill-'));
  const file = join(folder.path, 'notes.db');
  const acknowledged: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const characters = 1 + Math.floor(Math.random() * 40_000);
    console.log(`round ${round}: kill after ${characters} characters`);
    acknowledged.push(...await killAfter(startWriter(file, round * 1_000_000), characters));
    using notes = openNotes(file);
    const stored = new Set(notes.prepare('SELECT id FROM note').all().map((row) => Number(row['id'])));
    assert.deepEqual(acknowledged.filter((id) => !stored.has(id)), []);
    assert.deepEqual({ ...notes.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  }
  assert.equal(new Set(acknowledged).size, acknowledged.length);
});

test('openDatabase() refuses a file that another process has, until that one is killed', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-kill-'));
  const file = join(folder.path, 'notes.db');
  const writer = startWriter(file, 0);
  if (writer.process.stdout !== null) await once(writer.process.stdout, 'data');
  assert.throws(() => openNotes(file), (error) => error instanceof StartFault && /is in use by another process/.test(error.message));
  // Being refused must not have shaken the holder's lock.
  assert.throws(() => openNotes(file), /is in use by another process/);
  await killAfter(writer, 1);
  using notes = openNotes(file);
  assert.equal(notes.writable(), true);
});
