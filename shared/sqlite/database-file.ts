import { closeSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StartFault } from '../start-fault.ts';
import { createPrivateFile, makePrivate, moveDurably, removeDatabaseFile } from './durable-file.ts';

const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;

/**
 * A database's file before it is opened: whether it is ours, whole, and not from the future.
 * Everything here happens under the file's lock and before SQLite has it open: reading it with `fs` later would drop SQLite's own locks.
 * Refusals are StartFaults and change no byte of the file.
 */
export class DatabaseFile {
  readonly #file: string;
  readonly #application_id: number;

  constructor(file: string, application_id: number) {
    this.#file = file;
    this.#application_id = application_id;
  }

  /** Returns the version in the file, 0 for a new one, which it creates; refuses what is foreign, damaged, newer than `version_max`, or empty where data was. */
  prepare(version_max: number): number {
    if (sizeOf(this.#file) === 0) {
      this.#refuseLostData();
      this.#create();
      return 0;
    }
    this.#checkHeader(version_max);
    return this.#checkContent(version_max);
  }

  /** Leaves `<file>.exists` beside the database, so that its disappearance is noticed at the next start. */
  mark(): void {
    const marker = this.#marker;
    if (sizeOf(marker) === 0) {
      writeFileSync(marker, 'A database was made beside this file. While this file is here, an empty or missing database is an error and is never replaced.\n', { mode: 0o600 });
    }
    makePrivate(this.#file);
  }

  /** Copies the database as it is to `to`, through SQLite, so that what is still in the write-ahead log is included. */
  copyTo(to: string): void {
    const part = `${to}.part`;
    removeDatabaseFile(part);
    createPrivateFile(part);
    const connection = new DatabaseSync(this.#file, { readOnly: true, timeout: 5_000 });
    try {
      connection.prepare('VACUUM INTO ?').run(part);
    } finally {
      connection.close();
    }
    moveDurably(part, to);
  }

  get #marker(): string {
    return `${this.#file}.exists`;
  }

  #refuseLostData(): void {
    if (sizeOf(this.#marker) > 0) {
      throw new StartFault(`The database ${this.#file} is empty or missing, but data was here: restore a backup, or delete ${this.#marker} to begin with nothing.`);
    }
    if (sizeOf(`${this.#file}-wal`) > 0) {
      throw new StartFault(`The database ${this.#file} is empty or missing, but its log ${this.#file}-wal holds data: put the database back beside it, or remove both to begin with nothing.`);
    }
  }

  /** A file that is in its place names its owner from the first byte on: it is made under another name. */
  #create(): void {
    const part = `${this.#file}.new`;
    removeDatabaseFile(part);
    createPrivateFile(part);
    const connection = new DatabaseSync(part);
    try {
      connection.exec(`PRAGMA auto_vacuum = INCREMENTAL; PRAGMA application_id = ${this.#application_id}; PRAGMA journal_mode = WAL`);
    } finally {
      connection.close();
    }
    moveDurably(part, this.#file);
  }

  #checkHeader(version_max: number): void {
    const header = Buffer.alloc(HEADER_BYTES);
    const descriptor = openSync(this.#file, 'r');
    try {
      readSync(descriptor, header, 0, HEADER_BYTES, 0);
    } finally {
      closeSync(descriptor);
    }
    if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw new StartFault(`${this.#file} is not a database: it was left as it is.`);
    if (header.readInt32BE(68) !== this.#application_id) {
      throw new StartFault(`${this.#file} is a database of another program or service: it was left as it is.`);
    }
    this.#refuseNewer(header.readUInt32BE(60), version_max);
    this.#refuseTruncated(header);
  }

  #refuseTruncated(header: Buffer): void {
    // While a log exists, a checkpoint may have been interrupted, and the log still holds the missing pages.
    if (sizeOf(`${this.#file}-wal`) > 0) return;
    const page_bytes = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    const page_count_valid = header.readUInt32BE(24) === header.readUInt32BE(92);
    if (page_count_valid && sizeOf(this.#file) < header.readUInt32BE(28) * page_bytes) {
      throw new StartFault(`The database ${this.#file} is cut short: restore a backup. It was left as it is.`);
    }
  }

  /** Looks through SQLite, read-only: a later version may be in the log alone, and a damaged first page shows here. */
  #checkContent(version_max: number): number {
    let version: number;
    try {
      const connection = new DatabaseSync(this.#file, { readOnly: true, timeout: 5_000 });
      try {
        version = Number(connection.prepare('PRAGMA user_version').get()?.['user_version']);
        connection.prepare('SELECT count(*) FROM sqlite_schema').get();
      } finally {
        connection.close();
      }
    } catch (error) {
      throw new StartFault(`The database ${this.#file} cannot be read (${error instanceof Error ? error.message : error}): restore a backup. It was left as it is.`);
    }
    this.#refuseNewer(version, version_max);
    return version;
  }

  #refuseNewer(version: number, version_max: number): void {
    if (version > version_max) {
      throw new StartFault(`The database ${this.#file} has version ${version}, made by a newer Fairsplit; this one knows ${version_max}. It was left as it is.`);
    }
  }
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
