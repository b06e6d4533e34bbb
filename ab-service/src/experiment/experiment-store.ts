import type { StatementSync } from 'node:sqlite';
import type { Experiment, ExperimentStatus } from '../../../shared/contract/experiment.ts';
import { Problem } from '../../../shared/problem.ts';
import type { Database } from '../../../shared/sqlite/database.ts';

/** An experiment as it is kept: its definition, and the numbers that stand for it and its variants in assignments. */
export interface KeptExperiment {
  readonly row: number;
  readonly definition: Experiment;
  /** Row of a variant by `variant_id`. */
  readonly variant_rows: ReadonlyMap<string, number>;
  /** Whether anybody was ever assigned in it. */
  readonly assigned: boolean;
}

interface Row {
  readonly id: number;
  readonly definition: string;
  readonly assigned: number;
}

/** Keeps experiments. Writes are part of the caller's transaction. */
export class ExperimentStore {
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #delete_counts: StatementSync;
  readonly #select: StatementSync;
  readonly #select_all: StatementSync;
  readonly #variants: StatementSync;
  readonly #insert_variant: StatementSync;
  readonly #delete_variant: StatementSync;
  readonly #mark_assigned: StatementSync;

  constructor(database: Database) {
    this.#insert = database.prepare('INSERT INTO experiments (experiment_id, key, status, page, updated_at, definition) VALUES (?, ?, ?, ?, ?, ?)');
    this.#update = database.prepare('UPDATE experiments SET status = ?, page = ?, updated_at = ?, definition = ? WHERE experiment_id = ?');
    this.#delete_counts = database.prepare('DELETE FROM exclusions WHERE experiment = ?');
    this.#delete = database.prepare('DELETE FROM experiments WHERE experiment_id = ?');
    this.#select = database.prepare('SELECT id, definition, assigned FROM experiments WHERE experiment_id = ?');
    this.#select_all = database.prepare('SELECT id, definition, assigned FROM experiments ORDER BY id');
    this.#variants = database.prepare('SELECT id, variant_id FROM variants WHERE experiment = ?');
    this.#insert_variant = database.prepare('INSERT INTO variants (experiment, variant_id) VALUES (?, ?) ON CONFLICT DO NOTHING');
    this.#delete_variant = database.prepare('DELETE FROM variants WHERE id = ?');
    this.#mark_assigned = database.prepare('UPDATE experiments SET assigned = 1 WHERE id = ? AND assigned = 0');
  }

  /** All of them, oldest first. */
  all(): readonly KeptExperiment[] {
    return (this.#select_all.all() as unknown as Row[]).map((row) => this.#kept(row));
  }

  /** One, as it is kept now; throws Problem `not_found`. */
  get(experiment_id: string): KeptExperiment {
    const row = this.#select.get(experiment_id) as Row | undefined;
    if (row === undefined) throw new Problem('not_found', 'There is no such experiment.');
    return this.#kept(row);
  }

  /** Adds one; its key must be free. Throws Problem `conflict` when another one runs on its page. */
  insert(definition: Experiment): void {
    const { experiment_id, key, status, page, updated_at, variants } = definition;
    const { lastInsertRowid } = pageIsFree(page, () => this.#insert.run(experiment_id, key, status, page, Date.parse(updated_at), JSON.stringify(definition)));
    for (const { variant_id } of variants) this.#addVariant(Number(lastInsertRowid), variant_id);
  }

  /** Replaces one. Throws Problem `conflict` when another one runs on its page. */
  update(definition: Experiment): void {
    const { experiment_id, status, page, updated_at, variants } = definition;
    const { row, variant_rows } = this.get(experiment_id);
    pageIsFree(page, () => this.#update.run(status satisfies ExperimentStatus, page, Date.parse(updated_at), JSON.stringify(definition), experiment_id));
    const wanted = new Set(variants.map(({ variant_id }) => variant_id));
    for (const [variant_id, variant_row] of variant_rows) if (!wanted.has(variant_id)) this.#delete_variant.run(variant_row);
    for (const variant_id of wanted) if (!variant_rows.has(variant_id)) this.#addVariant(row, variant_id);
  }

  /** Removes one that nobody was assigned in; throws Problem `conflict` otherwise. */
  delete(experiment_id: string): void {
    const { row, assigned, variant_rows } = this.get(experiment_id);
    if (assigned) throw new Problem('conflict', 'Visitors are assigned in it: it cannot be deleted, or their results would hang in the air. Archive it instead.');
    for (const variant_row of variant_rows.values()) this.#delete_variant.run(variant_row);
    // The row's number may be given to the next experiment.
    this.#delete_counts.run(row);
    this.#delete.run(experiment_id);
  }

  /** Remembers that somebody was assigned. */
  markAssigned(row: number): void {
    this.#mark_assigned.run(row);
  }

  #addVariant(experiment: number, variant_id: string): void {
    if (this.#insert_variant.run(experiment, variant_id).changes !== 1) throw new Problem('conflict', `The variant ${variant_id} is part of another experiment.`);
  }

  #kept({ id, definition, assigned }: Row): KeptExperiment {
    const rows = this.#variants.all(id) as unknown as { readonly id: number; readonly variant_id: string }[];
    return { row: id, definition: JSON.parse(definition) as Experiment, variant_rows: new Map(rows.map((each) => [each.variant_id, each.id])), assigned: assigned === 1 };
  }
}

const pageIsFree = <T>(page: string | null, write: () => T): T => {
  try {
    return write();
  } catch (error) {
    if (error instanceof Error && error.message.includes('experiments.page')) throw new Problem('conflict', `Another experiment is RUNNING on the page "${page}": pause or complete it first. A page shows one at a time.`);
    throw error;
  }
};
