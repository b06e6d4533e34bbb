import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';

/** Keeps counters by name over restarts. */
export class TallyStore {
  readonly #all: StatementSync;
  readonly #add: StatementSync;

  constructor(database: Database) {
    this.#all = database.prepare('SELECT name, count FROM tallies ORDER BY name');
    this.#add = database.prepare('INSERT INTO tallies (name, count) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET count = count + excluded.count');
  }

  all(): ReadonlyMap<string, number> {
    return new Map(this.#all.all().map((row) => [String(row['name']), Number(row['count'])]));
  }

  add(name: string, count: number): void {
    this.#add.run(name, count);
  }
}
