import assert from 'node:assert/strict';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Problem } from '../../problem.ts';
import { GroupCommit } from '../../sqlite/group-commit.ts';
import type { Database } from '../../sqlite/database.ts';
import { openNotes, textsIn } from './notes-database.ts';

const isProblem = (kind: string) => (error: unknown): boolean => error instanceof Problem && error.kind === kind;

const statusesOf = async (promises: readonly Promise<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(promises)).map((settled) => (settled.status === 'fulfilled' ? `${settled.value}` : `${settled.reason.message}`));

const writerOf = (notes: Database): ((text: string) => () => string) => {
  const insert = notes.prepare('INSERT INTO note (text) VALUES (?)');
  return (text) => () => {
    insert.run(text);
    return text;
  };
};

test('GroupCommit commits what one turn asked for in one transaction, in order, and answers after it', async () => {
  using notes = openNotes(':memory:');
  const group = new GroupCommit(notes);
  const write = writerOf(notes);
  let begun = 0;
  const begin = notes.begin.bind(notes);
  notes.begin = () => { begun += 1; begin(); };
  const answers = ['a', 'b', 'c'].map((text) => group.run(write(text)).then((result) => [result, notes.isTransaction]));
  assert.deepEqual(textsIn(notes), []);
  assert.deepEqual(await Promise.all(answers), [['a', false], ['b', false], ['c', false]]);
  assert.deepEqual(textsIn(notes), ['a', 'b', 'c']);
  assert.equal(begun, 1);
  assert.equal(await group.run(write('d')), 'd');
  assert.equal(begun, 2);
});

test('GroupCommit rejects a failing work alone and undoes what it wrote', async () => {
  using notes = openNotes(':memory:');
  const group = new GroupCommit(notes);
  const write = writerOf(notes);
  const failing = (text: string) => (): void => {
    write(text)();
    throw new Error(`no ${text}`);
  };
  const answers = [group.run(write('a')), group.run(failing('b')), group.run(write('c')), group.run(write('a')), group.run(failing('d')), group.run(write('e'))];
  assert.deepEqual(await statusesOf(answers), ['a', 'no b', 'c', 'UNIQUE constraint failed: note.text', 'no d', 'e']);
  assert.deepEqual(textsIn(notes), ['a', 'c', 'e']);
});

test('GroupCommit finds the one work whose fault shows only at COMMIT', async () => {
  using notes = openNotes(':memory:');
  notes.exec('CREATE TABLE reply (note INTEGER REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED) STRICT');
  const group = new GroupCommit(notes);
  const write = writerOf(notes);
  const reply = notes.prepare('INSERT INTO reply VALUES (404)');
  assert.deepEqual(await statusesOf([group.run(write('a')), group.run(() => reply.run()), group.run(write('b'))]), ['a', 'FOREIGN KEY constraint failed', 'b']);
  assert.deepEqual(textsIn(notes), ['a', 'b']);
});

test('GroupCommit rejects an asynchronous work', async () => {
  using notes = openNotes(':memory:');
  const group = new GroupCommit(notes);
  await assert.rejects(group.run(async () => 1), /must be synchronous/);
});

test('GroupCommit lets a work use transaction(), which joins the group', async () => {
  using notes = openNotes(':memory:');
  const group = new GroupCommit(notes);
  const write = writerOf(notes);
  assert.equal(await group.run(() => notes.transaction(write('joined'))), 'joined');
  assert.deepEqual(textsIn(notes), ['joined']);
});

test('GroupCommit refuses more than its queue holds, and takes them again afterwards', async () => {
  using notes = openNotes(':memory:');
  const group = new GroupCommit(notes, { queue_max: 2 });
  const write = writerOf(notes);
  const accepted = [group.run(write('a')), group.run(write('b'))];
  assert.equal(group.waiting, 2);
  await assert.rejects(group.run(write('c')), (error) => isProblem('overloaded')(error) && (error as Problem).extras.retry_after_seconds === 1);
  assert.deepEqual(await statusesOf(accepted), ['a', 'b']);
  assert.equal(await group.run(write('c')), 'c');
});

test('GroupCommit answers a full disk with disk_full, stores nothing of it, and recovers when there is room', async () => {
  using notes = openNotes(':memory:');
  const group = new GroupCommit(notes);
  const write = writerOf(notes);
  const pages = Number(notes.prepare('PRAGMA page_count').get()?.['page_count']);
  notes.exec(`PRAGMA max_page_count = ${pages}`);
  const answers = [group.run(write('x'.repeat(50_000))), group.run(write('y'.repeat(50_000)))];
  for (const answer of answers) await assert.rejects(answer, isProblem('disk_full'));
  assert.deepEqual(textsIn(notes), []);
  notes.exec('PRAGMA max_page_count = 1000');
  assert.equal(await group.run(write('fits')), 'fits');
});

test('GroupCommit answers overloaded to everyone when another program holds the database too long', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-sqlite-'));
  const file = join(folder.path, 'notes.db');
  using notes = openNotes(file);
  notes.exec('PRAGMA busy_timeout = 0');
  const group = new GroupCommit(notes);
  const write = writerOf(notes);
  using other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  const answers = ['a', 'b', 'c'].map((text) => group.run(write(text)));
  for (const answer of answers) await assert.rejects(answer, isProblem('overloaded'));
  other.exec('ROLLBACK');
  assert.equal(await group.run(write('d')), 'd');
  assert.deepEqual(textsIn(notes), ['d']);
});

test('GroupCommit spreads long works over several turns and answers them all', async () => {
  using notes = openNotes(':memory:');
  const group = new GroupCommit(notes);
  const write = writerOf(notes);
  const busy = (text: string) => (): string => {
    for (const end = performance.now() + 15; performance.now() < end;);
    return write(text)();
  };
  const answered: string[] = [];
  const answers = ['a', 'b', 'c', 'd', 'e'].map((text) => group.run(busy(text)).then((result) => answered.push(result)));
  await answers[0];
  assert.ok(group.waiting > 0);
  answers.push(group.run(write('f')).then((result) => answered.push(result)));
  await Promise.all(answers);
  assert.deepEqual(answered, ['a', 'b', 'c', 'd', 'e', 'f']);
  assert.deepEqual(textsIn(notes), ['a', 'b', 'c', 'd', 'e', 'f']);
});

test('drain() commits at once what waits', async () => {
  using notes = openNotes(':memory:');
  const group = new GroupCommit(notes);
  const write = writerOf(notes);
  const answer = group.run(write('last'));
  await group.drain();
  assert.deepEqual(textsIn(notes), ['last']);
  assert.equal(await answer, 'last');
});

test('run() answers overloaded when the database is closed', async () => {
  const notes = openNotes(':memory:');
  const group = new GroupCommit(notes);
  const write = writerOf(notes);
  notes.close();
  await assert.rejects(group.run(write('late')), isProblem('overloaded'));
});
