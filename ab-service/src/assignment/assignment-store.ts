import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';
import { shownId, storedId } from '../../../shared/sqlite/stored-id.ts';

/** A stored assignment of a visitor whose experiment is known: the variant's row, and the time in ms. */
export interface StoredAssignment {
  readonly variant: number;
  readonly assigned_at: number;
}

/** One row of the log; experiment 0 is an erasure. */
export interface LogRow {
  readonly seq: number;
  readonly visitor_id: string;
  readonly experiment: number;
  readonly variant: number;
  readonly assigned_at: number;
  readonly forced: number;
}

/** What stands in the experiment's place in a tombstone. */
export const ERASED = 0;

/** Keeps assignments, which are the log at the same time. Writes are part of the caller's transaction. */
export class AssignmentStore {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #of_visitor: StatementSync;
  readonly #after: StatementSync;
  readonly #last: StatementSync;
  readonly #erase: StatementSync;
  readonly #move_tombstone: StatementSync;

  constructor(database: Database) {
    this.#find = database.prepare('SELECT variant, assigned_at FROM assignments WHERE visitor_id = ? AND experiment = ?');
    this.#insert = database.prepare('INSERT INTO assignments (visitor_id, experiment, variant, assigned_at, forced) VALUES (?, ?, ?, ?, ?) ON CONFLICT (visitor_id, experiment) DO NOTHING');
    this.#of_visitor = database.prepare(`SELECT * FROM assignments WHERE visitor_id = ? AND experiment <> ${ERASED} ORDER BY seq`);
    this.#after = database.prepare('SELECT * FROM assignments WHERE seq > ? ORDER BY seq LIMIT ?');
    this.#last = database.prepare('SELECT max(seq) AS seq FROM assignments');
    this.#erase = database.prepare(`DELETE FROM assignments WHERE visitor_id = ? AND experiment <> ${ERASED}`);
    this.#move_tombstone = database.prepare(`UPDATE assignments SET seq = (SELECT max(seq) + 1 FROM assignments), assigned_at = ? WHERE visitor_id = ? AND experiment = ${ERASED}`);
  }

  /** A visitor's assignment in an experiment, or undefined. */
  find(visitor_id: string, experiment: number): StoredAssignment | undefined {
    return this.#find.get(storedId(visitor_id), experiment) as StoredAssignment | undefined;
  }

  /** Stores an assignment unless the visitor has one in the experiment; answers whether it was stored. */
  add(visitor_id: string, experiment: number, variant: number, assigned_at: number, forced: boolean): boolean {
    return this.#insert.run(storedId(visitor_id), experiment, variant, assigned_at, forced ? 1 : 0).changes === 1;
  }

  /** All assignments of a visitor, oldest first. */
  ofVisitor(visitor_id: string): readonly LogRow[] {
    return this.#of_visitor.all(storedId(visitor_id)).map(logRow);
  }

  /** The log after `seq`, oldest first. */
  after(seq: number, limit: number): readonly LogRow[] {
    return this.#after.all(seq, limit).map(logRow);
  }

  /** The newest `seq`; 0 when the log is empty. */
  get last_seq(): number {
    return Number(this.#last.get()?.['seq'] ?? 0);
  }

  /**
   * Deletes a visitor's assignments and leaves a tombstone at the end of the log; answers how many there were.
   * The tombstone comes first: deleting the last row before it would let its `seq` be given again.
   */
  erase(visitor_id: string, now: number): number {
    const isNew = this.#insert.run(storedId(visitor_id), ERASED, 0, now, 0).changes === 1;
    if (!isNew) this.#move_tombstone.run(now, storedId(visitor_id));
    return Number(this.#erase.run(storedId(visitor_id)).changes);
  }
}

const logRow = (row: object): LogRow => {
  const { visitor_id, ...rest } = row as LogRow;
  return { ...rest, visitor_id: shownId(visitor_id) };
};
