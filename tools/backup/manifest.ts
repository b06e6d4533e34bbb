import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { StartFault } from '../../shared/start-fault.ts';

/** The file that makes a folder a backup. */
export const MANIFEST_FILE = 'manifest.json';

/** One file of a backup. */
export interface BackupFile {
  /** From the backup's folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Of a database: whose it is, how many migrations it has been through, and how many rows each table has. */
  readonly service?: string;
  readonly schema_version?: number;
  readonly rows?: Readonly<Record<string, number>>;
}

/** What a backup says of itself. */
export interface Manifest {
  readonly format: 1;
  /** The Fairsplit that made it. */
  readonly version: string;
  /** ISO 8601, UTC: what was acknowledged before is in the backup. */
  readonly began_at: string;
  readonly ended_at: string;
  readonly files: readonly BackupFile[];
  /** What a restore needs besides, and why it is not here. */
  readonly missing: readonly string[];
}

const isPlainPath = (path: unknown): path is string =>
  typeof path === 'string' && path !== '' && !/[\\\0]/.test(path) && !posix.isAbsolute(path) && posix.normalize(path) === path && !path.split('/').includes('..');

const isFile = (file: Partial<BackupFile>): boolean =>
  typeof file === 'object' && file !== null && isPlainPath(file.path) && Number.isSafeInteger(file.bytes) && typeof file.sha256 === 'string' && /^[0-9a-f]{64}$/.test(file.sha256);

/** Reads a backup's manifest; throws StartFault for a folder that is no backup, one of a later format, or one that names files elsewhere. */
export const readManifest = (folder: string): Manifest => {
  let manifest: Partial<Manifest>;
  try {
    manifest = JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8')) as Partial<Manifest>;
  } catch (error) {
    throw new StartFault(`${folder} is no backup: its ${MANIFEST_FILE} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'it is not JSON'}).`);
  }
  if (manifest?.format !== 1) throw new StartFault(`${folder} is no backup of this Fairsplit: its ${MANIFEST_FILE} has format ${String(manifest?.format)}, and 1 is known.`);
  const { files } = manifest;
  if (!Array.isArray(files) || !files.every(isFile)) throw new StartFault(`${folder} is no backup: its ${MANIFEST_FILE} does not name its files as it should.`);
  return { version: '', began_at: '', ended_at: '', missing: [], ...manifest, format: 1, files };
};
