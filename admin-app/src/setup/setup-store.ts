import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';

/** The link that may make the first account: the hash of its token, and when it ends. */
export interface SetupLink {
  readonly token_hash: Uint8Array;
  readonly expires_at: number;
}

/** Keeps the one set-up link that is valid, if any. */
export class SetupStore {
  private readonly put: StatementSync;
  private readonly get: StatementSync;
  private readonly remove: StatementSync;

  constructor(database: Database) {
    this.put = database.prepare('INSERT INTO setup (id, token_hash, expires_at) VALUES (1, ?, ?) ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at');
    this.get = database.prepare('SELECT token_hash, expires_at FROM setup');
    this.remove = database.prepare('DELETE FROM setup');
  }

  /** Replaces whatever link there was. */
  replace({ token_hash, expires_at }: SetupLink): void {
    this.put.run(token_hash, expires_at);
  }

  find(): SetupLink | undefined {
    const row = this.get.get();
    return row === undefined ? undefined : { token_hash: row['token_hash'] as Uint8Array, expires_at: Number(row['expires_at']) };
  }

  delete(): void {
    this.remove.run();
  }
}
