import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

const OWNER_ONLY = 0o600;
const SIDE_FILES = ['', '-journal', '-wal', '-shm'];

/** Makes an empty file that its owner alone can read (0600), unless one is there: SQLite would make it readable by all. */
export const createPrivateFile = (file: string): void => {
  try {
    closeSync(openSync(file, 'wx', OWNER_ONLY));
  } catch (error) {
    // An existing file is not even opened: closing it would drop this process's POSIX locks on it.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
};

/** Takes everyone else's rights from a file; a file of another owner stays as it is. */
export const makePrivate = (file: string): void => {
  try {
    chmodSync(file, OWNER_ONLY);
  } catch {
    // Not ours to change (a mounted volume, say): the folder's own rights decide.
  }
};

/** Removes what an interrupted creation left: the file and SQLite's side files. */
export const removeDatabaseFile = (file: string): void => {
  for (const side_file of SIDE_FILES) rmSync(file + side_file, { force: true });
};

/** Puts a finished file in its place so that a crash leaves the old one or the new one whole: fsync, rename, fsync of the folder. */
export const moveDurably = (from: string, to: string): void => {
  syncToDisk(from, 'r+');
  renameSync(from, to);
  try {
    syncToDisk(dirname(to), 'r');
  } catch {
    // A system that cannot open folders (Windows) writes their entries by itself.
  }
};

const syncToDisk = (path: string, flags: string): void => {
  const descriptor = openSync(path, flags);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
