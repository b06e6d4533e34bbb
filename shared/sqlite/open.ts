import { mkdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartFault } from '../start-fault.ts';
import { DatabaseFile } from './database-file.ts';
import { copyFileOf, Database } from './database.ts';
import { removeDatabaseFile } from './durable-file.ts';
import { FileLock } from './file-lock.ts';
import { migrate, type Migration } from './migrate.ts';

/** What a service says about its database. */
export interface DatabaseOptions {
  /** A path, or `:memory:`. */
  readonly file: string;
  /** Any 32-bit number but 0, one per service: a file with another is foreign and refused. */
  readonly application_id: number;
  /** The whole history, oldest first; `user_version` counts how many are applied. */
  readonly migrations: readonly Migration[];
  /** Pages kept in memory, in KiB; SQLite's own 2,000 when not given. */
  readonly cache_kilobytes?: number;
}

/** How long a statement waits for a lock that another program holds. */
const BUSY_TIMEOUT_MS = 5_000;
/** 8 MiB of log before it is folded back, which everybody waits for: fewer, longer checkpoints are no cheaper, and with SQLite's own 1,000 pages more is written. */
const CHECKPOINT_PAGES = 2_000;
/** What the log may keep of the disk after a checkpoint. */
const LOG_BYTES_KEPT = 64 * 1024 * 1024;

/**
 * Opens a service's database, creating its folder (0700) and file (0600), and brings it to the newest version, with a copy of the old
 * one (`<file>.before-<version>`) when there was one. Synchronous: it happens once, before the service listens.
 *
 * Throws a StartFault, and leaves the file untouched, when another process has it, when it is foreign, damaged or newer, or when it is
 * empty or missing where data was (`<file>.exists` remembers).
 */
export const openDatabase = (options: DatabaseOptions): Database => {
  if (options.file === ':memory:') return new Database(openConnection(options, ':memory:', 0));
  try {
    return openFile(options);
  } catch (error) {
    if (error instanceof StartFault) throw error;
    throw new StartFault(`The database ${options.file} cannot be opened: ${error instanceof Error ? error.message : error}.`);
  }
};

/**
 * Opens a second connection that only reads a database which `openDatabase` has open in this process, in whatever thread: what was committed before a
 * statement begins is seen by it, and neither waits for the other. `close` it before the first.
 */
export const openReader = ({ file, cache_kilobytes }: Pick<DatabaseOptions, 'file' | 'cache_kilobytes'>): Database => {
  const connection = new DatabaseSync(resolveFile(file), { readOnly: true, timeout: BUSY_TIMEOUT_MS, defensive: true, limits: { attach: 0 } });
  connection.exec(`
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cache_size = ${cacheSize(cache_kilobytes)};
  `);
  return new Database(connection);
};

const openFile = (options: DatabaseOptions): Database => {
  const path = resolveFile(options.file);
  const lock = new FileLock(path);
  try {
    for (const copy of [copyFileOf(path), `${copyFileOf(path)}.part`]) removeDatabaseFile(copy);
    const file = new DatabaseFile(path, options.application_id | 0);
    const version_max = options.migrations.length;
    const version = file.prepare(version_max);
    if (version > 0 && version < version_max) file.copyTo(`${path}.before-${version_max}`);
    const connection = openConnection(options, path, version);
    file.mark();
    return new Database(connection, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
};

/** Follows links, so that one file has one lock however it is called. */
const resolveFile = (file: string): string => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const path = join(realpathSync(dirname(file)), basename(file));
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};

/** Negative is KiB. */
const cacheSize = (kilobytes: number = 2_000): number => -kilobytes;

const openConnection = (options: DatabaseOptions, path: string, version: number): DatabaseSync => {
  const connection = new DatabaseSync(path, {
    timeout: BUSY_TIMEOUT_MS,
    enableForeignKeyConstraints: true,
    defensive: true,
    limits: { attach: 0 },
  });
  try {
    connection.exec(`
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA temp_store = MEMORY;
      PRAGMA secure_delete = ON;
      PRAGMA trusted_schema = OFF;
      PRAGMA journal_size_limit = ${LOG_BYTES_KEPT};
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA cache_size = ${cacheSize(options.cache_kilobytes)};
    `);
    migrate(connection, options.migrations, version);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
};
