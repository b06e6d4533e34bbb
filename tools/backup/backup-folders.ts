import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE } from './manifest.ts';

const NAME = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}-\d{3}Z$/;
const UNFINISHED = /^\.\d{4}-\d{2}-\d{2}T[\d-]+Z\.part$/;
/** An unfinished backup as old as this (ms) is nobody's work any more. */
const ABANDONED_MS = 86_400_000;

/** Names a moment so that names sort like times, in every file system. */
export const stampOf = (time: number): string => new Date(time).toISOString().replace(/[:.]/g, '-');

/** Names a backup's folder while it is being made. */
export const unfinishedName = (stamp: string): string => `.${stamp}.part`;

/** Finds the backups in a folder, the newest first; what else lies there is passed over. */
export const backupsIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => NAME.test(name) && existsSync(join(folder, name, MANIFEST_FILE)))
    .sort()
    .reverse();

/** Removes all backups but the newest `keep`, and what killed runs left; answers the names of the backups removed. */
export const removeOldBackups = (folder: string, keep: number | undefined, now: number): readonly string[] => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (UNFINISHED.test(name) && now - statSync(path).mtimeMs > ABANDONED_MS) rmSync(path, { recursive: true, force: true });
  }
  const old = keep === undefined ? [] : backupsIn(folder).slice(keep);
  for (const name of old) {
    // Without its manifest it is no backup: one that is half removed must not look like one.
    rmSync(join(folder, name, MANIFEST_FILE));
    rmSync(join(folder, name), { recursive: true, force: true });
  }
  return old;
};
