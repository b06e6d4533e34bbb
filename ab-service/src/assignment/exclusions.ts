import type { Database } from '../../../shared/sqlite/database.ts';

/** Counts the requests that were answered with the control because a program asked; kept over restarts, written now and then. */
export class Exclusions {
  readonly #database: Database;
  readonly #counts = new Map<number, Map<string, number>>();
  readonly #dirty = new Set<number>();

  constructor(database: Database) {
    this.#database = database;
    const rows = database.prepare('SELECT experiment, reason, requests FROM exclusions').all() as unknown as { readonly experiment: number; readonly reason: string; readonly requests: number }[];
    for (const { experiment, reason, requests } of rows) this.#of(experiment).set(reason, requests);
  }

  /** Counts one request for an experiment, by its row. */
  count(experiment: number, reason: string): void {
    const counts = this.#of(experiment);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    this.#dirty.add(experiment);
  }

  /** Forgets an experiment that is deleted. */
  forget(experiment: number): void {
    this.#counts.delete(experiment);
    this.#dirty.delete(experiment);
  }

  /** The counts of an experiment by reason. */
  of(experiment: number): ReadonlyMap<string, number> {
    return this.#counts.get(experiment) ?? new Map();
  }

  /** Sums over all experiments by label, as a meter shows them. */
  totals(): ReadonlyMap<string, number> {
    const totals = new Map<string, number>();
    for (const counts of this.#counts.values())
      for (const [reason, requests] of counts) totals.set(`reason="${reason}"`, (totals.get(`reason="${reason}"`) ?? 0) + requests);
    return totals;
  }

  /** Writes what was counted since the last time. */
  flush(): void {
    if (this.#dirty.size === 0) return;
    const put = this.#database.prepare('INSERT INTO exclusions (experiment, reason, requests) VALUES (?, ?, ?) ON CONFLICT (experiment, reason) DO UPDATE SET requests = excluded.requests');
    this.#database.transaction(() => {
      for (const experiment of this.#dirty) for (const [reason, requests] of this.#of(experiment)) put.run(experiment, reason, requests);
    });
    this.#dirty.clear();
  }

  #of(experiment: number): Map<string, number> {
    let counts = this.#counts.get(experiment);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(experiment, counts);
    }
    return counts;
  }
}
