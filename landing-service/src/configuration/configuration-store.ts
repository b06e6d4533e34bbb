import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';

/** Keeps the last known configuration, so that a start while ab-service is away changes nobody's page. */
export class ConfigurationStore {
  readonly #find: StatementSync;
  readonly #put: StatementSync;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT body FROM configuration WHERE id = 1');
    this.#put = database.prepare('INSERT INTO configuration (id, body, received_at) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body, received_at = excluded.received_at');
  }

  /** The text that was kept last; undefined before the first. */
  find(): string | undefined {
    const row = this.#find.get();
    return row === undefined ? undefined : String(row['body']);
  }

  put(body: string, received_at: number): void {
    this.#put.run(body, received_at);
  }
}
