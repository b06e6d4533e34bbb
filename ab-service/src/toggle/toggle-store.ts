import type { StatementSync } from 'node:sqlite';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import type { Database } from '../../../shared/sqlite/database.ts';

/** A toggle as it is kept, with the time in ms when it was last evaluated; null for never. */
export interface KeptToggle {
  readonly definition: Toggle;
  readonly evaluated_at: number | null;
}

/** Keeps toggles. Writes are part of the caller's transaction. */
export class ToggleStore {
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #select_all: StatementSync;
  readonly #touch: StatementSync;

  constructor(database: Database) {
    this.#put = database.prepare('INSERT INTO toggles (key, definition) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET definition = excluded.definition');
    this.#delete = database.prepare('DELETE FROM toggles WHERE key = ?');
    this.#select_all = database.prepare('SELECT definition, evaluated_at FROM toggles ORDER BY key');
    this.#touch = database.prepare('UPDATE toggles SET evaluated_at = ? WHERE key = ?');
  }

  /** All of them, by key. */
  all(): readonly KeptToggle[] {
    const rows = this.#select_all.all() as unknown as { readonly definition: string; readonly evaluated_at: number | null }[];
    return rows.map(({ definition, evaluated_at }) => ({ definition: JSON.parse(definition) as Toggle, evaluated_at }));
  }

  /** Adds or replaces one. */
  put(definition: Toggle): void {
    this.#put.run(definition.key, JSON.stringify(definition));
  }

  /** Removes one, if it is there. */
  delete(key: string): void {
    this.#delete.run(key);
  }

  /** Remembers when one was evaluated, in ms. */
  touch(key: string, at: number): void {
    this.#touch.run(at, key);
  }
}
