import { Problem } from '../../shared/problem.ts';
import type { Database } from '../../shared/sqlite/database.ts';

/** How many may wait for their turn. */
const WAITING_MAX = 20;

/** Lets one long reading after the other happen, so that any number of them together take no more of the event loop than one does. */
export class Turns {
  private readonly database: Database;
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(database: Database) {
    this.database = database;
  }

  /** Lets others have the event loop; throws Problem `overloaded` if the database was closed meanwhile. */
  async pause(): Promise<void> {
    await new Promise(setImmediate);
    this.database.requireOpen();
  }

  /** Reads when all before have read; throws Problem `overloaded` where too many wait. */
  async take<T>(read: () => Promise<T>): Promise<T> {
    if (this.waiting >= WAITING_MAX) throw new Problem('overloaded', 'Too many long readings are waiting for their turn.', { retry_after_seconds: 5 });
    this.waiting += 1;
    const own = this.last.then(read).finally(() => (this.waiting -= 1));
    this.last = own.catch(() => undefined);
    return own;
  }
}
