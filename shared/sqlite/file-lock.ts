import { DatabaseSync } from 'node:sqlite';
import { StartFault } from '../start-fault.ts';
import { createPrivateFile } from './durable-file.ts';
import { sqliteCodeOf } from './storage-problem.ts';

const SQLITE_BUSY = 5;
/** Long enough for a process that is just ending to let go, short enough to be told at once. */
const WAIT_MS = 250;

/**
 * The right to be the only writer of a database file, held as an exclusive transaction in `<file>.lock`.
 * The operating system frees it when the process dies, however it dies; the file itself stays.
 */
export class FileLock {
  readonly #connection: DatabaseSync;

  /** Throws a StartFault when another process, or another place in this one, holds the lock. */
  constructor(file: string) {
    const lock_file = `${file}.lock`;
    createPrivateFile(lock_file);
    this.#connection = new DatabaseSync(lock_file, { timeout: WAIT_MS });
    try {
      // A journal in memory: holding the lock leaves no file that a kill would orphan.
      this.#connection.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    } catch (error) {
      this.#connection.close();
      if (sqliteCodeOf(error) !== SQLITE_BUSY) throw error;
      throw new StartFault(`The database ${file} is in use by another process: stop that one first, or give this one a DATA_DIR of its own.`);
    }
  }

  /** Lets the next process in; safe to call twice. */
  release(): void {
    if (this.#connection.isOpen) this.#connection.close();
  }
}
