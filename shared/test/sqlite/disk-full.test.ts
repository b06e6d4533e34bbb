import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempDisposableSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Problem } from '../../problem.ts';
import { GroupCommit } from '../../sqlite/group-commit.ts';
import { openNotes } from './notes-database.ts';

const canMount = (folder: string): boolean =>
  process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]).status === 0;

test('GroupCommit survives a file system that is really full: disk_full, unwritable, then well again with every answered row', async (context) => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-full-'));
  if (!canMount(folder.path)) return context.skip('needs the right to mount a small file system');
  try {
    const filler = join(folder.path, 'filler');
    writeFileSync(filler, Buffer.alloc(6_000_000));
    using notes = openNotes(join(folder.path, 'notes.db'));
    const group = new GroupCommit(notes);
    const insert = notes.prepare('INSERT INTO note (text) VALUES (?)');
    let answered = 0;
    const fill = async (): Promise<void> => {
      for (;;) {
        const text = `${answered} ${'x'.repeat(3_000)}`;
        await group.run(() => insert.run(text));
        answered += 1;
      }
    };
    await assert.rejects(fill(), (error) => error instanceof Problem && error.kind === 'disk_full');
    assert.ok(answered > 0);
    assert.equal(notes.writable(), false);
    await assert.rejects(notes.copy(), (error) => error instanceof Problem && error.kind === 'disk_full');
    rmSync(filler);
    assert.equal(notes.writable(), true);
    await group.run(() => insert.run('there is room'));
    assert.equal(notes.prepare('SELECT count(*) AS rows FROM note').get()?.['rows'], answered + 1);
    assert.deepEqual({ ...notes.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
  } finally {
    spawnSync('umount', [folder.path]);
  }
});
