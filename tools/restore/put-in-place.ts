import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseFile } from '../../shared/sqlite/database-file.ts';
import { FileLock } from '../../shared/sqlite/file-lock.ts';
import { StartFault } from '../../shared/start-fault.ts';
import { copyFile } from '../backup/copy-file.ts';
import type { Manifest } from '../backup/manifest.ts';
import { SERVICE_DATABASES } from '../backup/service-databases.ts';
import type { ServiceDatabase } from '../backup/service-databases.ts';
import { SIDE_FILES } from '../backup/side-files.ts';
import { syncFolder } from '../backup/sync-folder.ts';
import { renameAssignmentLog } from './copied-ab-store.ts';

/** What of a database may lie beside it; the marker `.exists` stays, so that a service never takes a missing database for a new one. */
const DATABASE_ENDINGS = ['', '-wal', '-shm', '-journal'];
/** Belongs to the data that goes: how far imports had come, and a link that fits no account. */
const STALE = ['import', 'setup-link'];
/** Begins the name of a folder that only lives while a restore runs, or was killed. */
const STAGING = '.restoring-';

/** What is put where. */
export interface PutInPlaceNeeds {
  readonly backup: string;
  readonly manifest: Manifest;
  readonly databases: readonly ServiceDatabase[];
  readonly data_dir: string;
  /** Names what this restore moves away: a time. */
  readonly stamp: string;
}

/** Holds the right to write every database of a data folder. Throws StartFault while a service has one. */
const lockAll = (data_dir: string): readonly FileLock[] => {
  const locks: FileLock[] = [];
  try {
    for (const { file } of SERVICE_DATABASES) locks.push(new FileLock(join(data_dir, file)));
    return locks;
  } catch (error) {
    for (const lock of locks) lock.release();
    if (!(error instanceof StartFault)) throw error;
    throw new StartFault(`${error.message.split(':')[0]}: stop Fairsplit, then restore. Nothing was touched.`);
  }
};

/** Copies what is to be restored into a folder on the data's own disk, so that putting it in place is a matter of renaming. */
const stage = async ({ backup, manifest, databases }: PutInPlaceNeeds, staging: string): Promise<readonly string[]> => {
  const whole = databases.length === SERVICE_DATABASES.length;
  const wanted = manifest.files.filter(({ path, service }) => (service === undefined ? whole : databases.some(({ file }) => file === path)));
  for (const { path, sha256 } of wanted) {
    const copied = await copyFile(join(backup, path), join(staging, path));
    if (copied.sha256 !== sha256) throw new StartFault(`${path} changed while it was copied. Nothing was touched.`);
  }
  if (databases.some(({ file }) => file === 'ab.sqlite')) renameAssignmentLog(join(staging, 'ab.sqlite'));
  const tops = [...new Set(wanted.map(({ path }) => path.split('/')[0] ?? path))];
  const beside = readdirSync(staging).filter((name) => !tops.includes(name));
  if (beside.length > 0) throw new StartFault(`${beside.join(', ')} appeared while the copy was prepared. Nothing was touched.`);
  syncFolder(staging);
  return tops;
};

/** Moves into another folder of the same disk; where the data folder is a mount of its own, that is a folder inside it. */
const makeAside = ({ data_dir, stamp }: PutInPlaceNeeds): string => {
  const outside = `${data_dir}.before-restore-${stamp}`;
  const probe = join(data_dir, `.probe-${stamp}`);
  try {
    mkdirSync(probe);
    renameSync(probe, outside);
    chmodSync(outside, 0o700);
    return outside;
  } catch {
    rmSync(probe, { recursive: true, force: true });
    const inside = join(data_dir, `before-restore-${stamp}`);
    mkdirSync(inside, { mode: 0o700 });
    return inside;
  }
};

/**
 * Puts a checked backup in the place of the present data, and answers the folder that the present data was moved to, undefined where there was none. Nothing is deleted.
 * Everything that can fail is done before the first rename; should it be killed between two, a service refuses to start until it is run again. Throws StartFault.
 */
export const putInPlace = async (needs: PutInPlaceNeeds): Promise<string | undefined> => {
  const { data_dir, databases, stamp } = needs;
  mkdirSync(data_dir, { recursive: true, mode: 0o700 });
  const staging = join(data_dir, `${STAGING}${stamp}`);
  const locks = lockAll(data_dir);
  try {
    for (const name of readdirSync(data_dir)) if (name.startsWith(STAGING)) rmSync(join(data_dir, name), { recursive: true });
    const tops = await stage(needs, staging);
    for (const { file, application_id } of databases) new DatabaseFile(join(data_dir, file), application_id).mark();
    const replaced = tops.flatMap((top) => (databases.some(({ file }) => file === top) ? DATABASE_ENDINGS.map((ending) => top + ending) : [top]));
    const present = [...replaced, ...(tops.some((top) => SIDE_FILES.some(([path]) => path === top)) ? STALE : [])].filter((name) => existsSync(join(data_dir, name)));
    const aside = present.length === 0 ? undefined : makeAside(needs);
    if (aside !== undefined) for (const name of present) renameSync(join(data_dir, name), join(aside, name));
    for (const top of tops) renameSync(join(staging, top), join(data_dir, top));
    syncFolder(data_dir, false);
    syncFolder(dirname(data_dir), false);
    return aside;
  } finally {
    rmSync(staging, { recursive: true, force: true });
    for (const lock of locks) lock.release();
  }
};
