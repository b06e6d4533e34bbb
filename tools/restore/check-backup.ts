import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { StartFault } from '../../shared/start-fault.ts';
import { backupsIn } from '../backup/backup-folders.ts';
import { checkDatabase } from '../backup/check-database.ts';
import { digestOf } from '../backup/copy-file.ts';
import { MANIFEST_FILE, readManifest } from '../backup/manifest.ts';
import type { Manifest } from '../backup/manifest.ts';
import type { ServiceDatabase } from '../backup/service-databases.ts';

/** Finds the backup that a folder is, or the newest of those in it. Throws StartFault. */
export const findBackup = (folder: string): string => {
  if (existsSync(join(folder, MANIFEST_FILE))) return folder;
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw new StartFault(`There is no folder ${folder}.`);
  const [newest] = backupsIn(folder);
  if (newest === undefined) throw new StartFault(`There is no backup in ${folder}: none of its folders has a ${MANIFEST_FILE}.`);
  return join(folder, newest);
};

/**
 * Reads a whole backup and compares it with what it says of itself: every file there, as long and with the digest it should have, every database
 * asked for the service's own and sound. Throws StartFault naming every fault.
 */
export const checkBackup = async (folder: string, databases: readonly ServiceDatabase[]): Promise<Manifest> => {
  const manifest = readManifest(folder);
  const faults: string[] = [];
  for (const { path, bytes, sha256 } of manifest.files) {
    const size = statSync(join(folder, path), { throwIfNoEntry: false })?.size;
    if (size === undefined) faults.push(`${path} is missing`);
    else if (size !== bytes) faults.push(`${path} has ${size} bytes instead of ${bytes}`);
    else if ((await digestOf(join(folder, path))).sha256 !== sha256) faults.push(`${path} is not what it was`);
  }
  for (const { file, service } of databases) if (!manifest.files.some(({ path }) => path === file)) faults.push(`${file} of ${service} is not part of it`);
  if (faults.length > 0) throw new StartFault(`The backup ${basename(folder)} is not whole, and nothing was touched:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  for (const database of databases) checkDatabase(join(folder, database.file), database);
  return manifest;
};
