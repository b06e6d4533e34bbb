import { statfsSync } from 'node:fs';
import { backup } from 'node:sqlite';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Problem } from '../problem.ts';
import { createPrivateFile, moveDurably, removeDatabaseFile } from './durable-file.ts';
import type { FileLock } from './file-lock.ts';
import { storageProblem } from './storage-problem.ts';

/** How long an answer of `writable()` that was yes is reused, so that asking often costs no disk write each time. */
const WRITABLE_MS = 1_000;
/** A health check does not wait as long for a lock as a write does. */
const WRITABLE_BUSY_MS = 250;
/** With less left of the disk than this, writes are expected to fail. */
const ROOM_BYTES_MIN = 1024 * 1024;
/** Pages copied while the connection is held: about a millisecond. */
const BACKUP_PAGES_AT_ONCE = 256;
/** How often a backup tries to begin: each try takes a turn of the event loop, and transactions end with theirs. */
const BACKUP_TRIES_MAX = 10_000;

/** Names the file that `copy()` makes of a database; what a killed process left of it is removed at the next start. */
export const copyFileOf = (file: string): string => `${file}.copy`;

/** A service's open database: one connection, and the right to be the only writer. Made by `openDatabase`. */
export class Database {
  readonly #connection: DatabaseSync;
  readonly #lock: FileLock | undefined;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #snapshot: StatementSync;
  readonly #touch: StatementSync;
  #writable_until_ms = 0;
  #backup: Promise<void> | undefined;

  constructor(connection: DatabaseSync, lock?: FileLock) {
    this.#connection = connection;
    this.#lock = lock;
    this.#begin = connection.prepare('BEGIN IMMEDIATE');
    this.#commit = connection.prepare('COMMIT');
    this.#rollback = connection.prepare('ROLLBACK');
    this.#snapshot = connection.prepare('BEGIN');
    const version = Number(connection.prepare('PRAGMA user_version').get()?.['user_version']);
    this.#touch = connection.prepare(`PRAGMA user_version = ${version}`);
  }

  /** Whether a transaction is open: what is written now is committed or undone with it. */
  get isTransaction(): boolean {
    return this.#connection.isTransaction;
  }

  /** Compiles a statement; the caller keeps it, and it lives as long as the database. Never keep one half-read across an `await`. */
  prepare(sql: string): StatementSync {
    return this.#connection.prepare(sql);
  }

  /** Runs one or more statements that return nothing. */
  exec(sql: string): void {
    this.#connection.exec(sql);
  }

  /**
   * Runs `work` in one transaction: all of it is on disk when this returns, none of it when this throws.
   * Inside another transaction it joins that one, and is undone only with it. `work` is synchronous.
   * A full or failing disk is the Problem `disk_full`, a lock held by another program `overloaded`.
   */
  transaction<T>(work: () => T): T {
    if (this.#connection.isOpen && this.#connection.isTransaction) return work();
    try {
      this.begin();
      const result = work();
      if (result instanceof Promise) throw new TypeError('The work of a transaction must be synchronous.');
      this.commit();
      return result;
    } catch (error) {
      throw this.abort(error) ?? error;
    }
  }

  /** Runs `work`, which only reads, on the database as it is at its first statement, whatever other connections commit meanwhile. `work` is synchronous. */
  snapshot<T>(work: () => T): T {
    if (this.#connection.isTransaction) return work();
    this.#snapshot.run();
    try {
      return work();
    } finally {
      this.#commit.run();
    }
  }

  /** Throws Problem `overloaded` after `close()`: for what reads in many steps. */
  requireOpen(): void {
    if (!this.#connection.isOpen) throw new Problem('overloaded', 'The service is stopping.', { retry_after_seconds: 1 });
  }

  /** Opens a transaction that may write; for code that cannot be a callback of `transaction()`. After `close()` it is the Problem `overloaded`. */
  begin(): void {
    this.requireOpen();
    this.#begin.run();
  }

  /** Puts the open transaction on disk. */
  commit(): void {
    this.#commit.run();
  }

  /**
   * Ends the open transaction after `error`, if SQLite has not done so, leaving nothing of it.
   * Returns the Problem to answer when it was the disk's doing (see `storageProblem`), undefined when it was the work's own.
   */
  abort(error: unknown): Problem | undefined {
    if (this.#connection.isOpen && this.#connection.isTransaction) this.#rollback.run();
    const problem = storageProblem(error);
    if (problem?.kind === 'disk_full') this.#makeRoom();
    return problem;
  }

  /**
   * Says whether writes reach the disk: there is room for some, and one that changes nothing succeeds.
   * A yes is at most a second old, a no never. Never throws.
   */
  writable(): boolean {
    const now_ms = performance.now();
    if (!this.#connection.isOpen) return false;
    if (now_ms < this.#writable_until_ms) return true;
    try {
      if (!this.#hasRoom()) return false;
      this.#touchSoon();
      this.#writable_until_ms = now_ms + WRITABLE_MS;
      return true;
    } catch {
      return false;
    }
  }

  /** Folds the write-ahead log into the file and empties it; costs one pass over the pages changed since the last time. */
  checkpoint(): void {
    this.#connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /**
   * Copies the whole database, as of some moment during the call, to `file` (0600), while writes go on; the file appears only when it is complete.
   * Throws the Problem `conflict` while another backup runs.
   */
  async backup(file: string): Promise<void> {
    if (this.#backup !== undefined) throw new Problem('conflict', 'A backup is being made already.');
    if (this.#connection.location() === resolve(file)) throw new Problem('conflict', 'A database cannot be its own backup.');
    this.#backup = this.#copyTo(file);
    try {
      await this.#backup;
    } catch (error) {
      throw storageProblem(error) ?? error;
    } finally {
      this.#backup = undefined;
    }
  }

  /**
   * Makes a backup beside the database, on the disk that has room for it or not, and answers its path; the caller removes it. One of a
   * database in memory lies in the system's temporary folder. Throws the Problem `disk_full` before it begins where the room is short.
   */
  async copy(): Promise<string> {
    const own = this.#connection.location();
    const file = copyFileOf(own ?? join(tmpdir(), `fairsplit-${process.pid}`));
    const disk = statfsSync(dirname(file));
    if (disk.blocks !== 0 && disk.bavail * disk.bsize < this.#bytes() + ROOM_BYTES_MIN) {
      throw new Problem('disk_full', 'The disk has no room for a copy of the database.');
    }
    await this.backup(file);
    return file;
  }

  /** Empties the log into the file, closes it and lets the next process in; safe to call twice. A running backup still finishes. */
  close(): void {
    if (this.#connection.isOpen) {
      try {
        this.checkpoint();
      } catch {
        // A full disk: the log keeps what is committed, and the next start reads it.
      }
      this.#connection.close();
    }
    this.#lock?.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** A small write may fit in what the log already has of a full disk; those that follow would not. */
  #hasRoom(): boolean {
    const file = this.#connection.location();
    if (file === null) return true;
    const disk = statfsSync(dirname(file));
    // Some network file systems report no sizes at all.
    return disk.blocks === 0 || disk.bavail * disk.bsize >= ROOM_BYTES_MIN;
  }

  #bytes(): number {
    const { bytes } = this.#connection.prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size').get() as { bytes: number };
    return bytes;
  }

  #touchSoon(): void {
    const busy_ms = Number(this.#connection.prepare('PRAGMA busy_timeout').get()?.['timeout']);
    this.#connection.exec(`PRAGMA busy_timeout = ${WRITABLE_BUSY_MS}`);
    try {
      this.#touch.run();
    } finally {
      this.#connection.exec(`PRAGMA busy_timeout = ${busy_ms}`);
    }
  }

  /** A log that is folded back is written from its beginning again, which may be all the room that the next writes need. */
  #makeRoom(): void {
    this.#writable_until_ms = 0;
    try {
      this.#connection.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // No room for that either.
    }
  }

  /** A first step that meets an open transaction of this connection is given up by Node, with SQLite's number for success; so it is tried until it meets none. */
  async #copyPages(part: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await backup(this.#connection, part, { rate: BACKUP_PAGES_AT_ONCE });
        return;
      } catch (error) {
        if ((error as { errcode?: number }).errcode !== 0 || tries === BACKUP_TRIES_MAX) throw error;
        await new Promise(setImmediate);
      }
    }
  }

  async #copyTo(file: string): Promise<void> {
    const part = `${file}.part`;
    removeDatabaseFile(part);
    createPrivateFile(part);
    try {
      await this.#copyPages(part);
      moveDurably(part, file);
    } catch (error) {
      removeDatabaseFile(part);
      throw error;
    }
  }
}
