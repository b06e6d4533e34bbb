import type { Database } from '../../../shared/sqlite/database.ts';

/** Counts the requests that were answered with the control because a program asked; kept over restarts, written now and then. */
export class Exclusions {
  readonly #database: Database;
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #dirty = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
    const rows = database.prepare('SELECT experiment_id, reason, requests FROM exclusions JOIN experiments ON id = experiment').all() as unknown as { readonly experiment_id: string; readonly reason: string; readonly requests: number }[];
    for (const { experiment_id, reason, requests } of rows) this.#of(experiment_id).set(reason, requests);
  }

  /** Counts one request for an experiment. */
  count(experiment_id: string, reason: string): void {
    const counts = this.#of(experiment_id);
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
    this.#dirty.add(experiment_id);
  }

  /** The counts of an experiment by reason. */
  of(experiment_id: string): ReadonlyMap<string, number> {
    return this.#counts.get(experiment_id) ?? new Map();
  }

  /** Sums over all experiments by label, as a meter shows them. */
  totals(): ReadonlyMap<string, number> {
    const totals = new Map<string, number>();
    for (const counts of this.#counts.values())
      for (const [reason, requests] of counts) totals.set(`reason="${reason}"`, (totals.get(`reason="${reason}"`) ?? 0) + requests);
    return totals;
  }

  /** Writes what was counted since the last time; what was counted for an experiment that is deleted by now is dropped. */
  flush(): void {
    if (this.#dirty.size === 0) return;
    const put = this.#database.prepare('INSERT INTO exclusions (experiment, reason, requests) SELECT id, ?, ? FROM experiments WHERE experiment_id = ? ON CONFLICT (experiment, reason) DO UPDATE SET requests = excluded.requests');
    this.#database.transaction(() => {
      for (const experiment_id of this.#dirty) for (const [reason, requests] of this.#of(experiment_id)) put.run(reason, requests, experiment_id);
    });
    this.#dirty.clear();
  }

  #of(experiment_id: string): Map<string, number> {
    let counts = this.#counts.get(experiment_id);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(experiment_id, counts);
    }
    return counts;
  }
}
