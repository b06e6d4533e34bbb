import type { StoredDatabase } from '../../../shared/sqlite/stored-database.ts';
import { shownId } from '../../../shared/sqlite/stored-id.ts';
import { enrolmentsOf } from '../assignment/enrolment.ts';
import type { Enrolments, StoredAssignment } from '../assignment/enrolment.ts';
import type { AttributableEvent } from '../rollup/attribution.ts';

const VISITORS_AT_ONCE = 1_000;

type Row = Record<string, unknown>;

/** An event as counting anew needs it. */
export interface FactEvent extends AttributableEvent {
  readonly seq: number;
}

/** An assignment with the mark of the one that counts. */
export interface FactAssignment extends StoredAssignment {
  readonly counted: boolean;
}

/** Reads a copy of metrics.sqlite visitor by visitor, a few rows at a time. */
export class FactReader {
  readonly database: StoredDatabase;
  private readonly selectVisitors;
  private readonly selectEvents;
  private readonly selectAssignments;
  private readonly selectWord;
  private readonly selectExperiment;
  private readonly selectVisitor;
  private readonly tables: ReadonlySet<string>;

  constructor(database: StoredDatabase) {
    this.database = database;
    this.tables = new Set(database.tables());
    this.selectVisitors = database.prepare(`SELECT id FROM visitors WHERE id > ? ORDER BY id LIMIT ${VISITORS_AT_ONCE}`);
    this.selectEvents = database.prepare(
      `SELECT events.seq, type, events.name, experiment_names.experiment, variant, at, arrived, value, imported
       FROM events LEFT JOIN experiment_names ON experiment_names.id = events.experiment WHERE visitor = ? ORDER BY events.seq`,
    );
    this.selectAssignments = database.prepare('SELECT experiment, variant, assigned_at, forced, counted FROM assignments WHERE visitor = ?');
    this.selectWord = database.prepare('SELECT word FROM words WHERE id = ?');
    this.selectExperiment = database.prepare('SELECT coalesce(definition ->> \'$.key\', (SELECT name FROM experiment_names WHERE experiment = experiments.id ORDER BY id LIMIT 1)) AS name FROM experiments WHERE id = ?');
    this.selectVisitor = database.prepare('SELECT visitor_id FROM visitors WHERE id = ?');
  }

  /** Every visitor's number, in order. */
  *visitors(): Generator<number> {
    for (let after = 0; ; ) {
      const page = this.selectVisitors.all(after).map((row) => row['id'] as number);
      yield* page;
      if (page.length < VISITORS_AT_ONCE) return;
      after = page.at(-1) as number;
    }
  }

  /** A visitor's events in the order they came, one at a time: one visitor may have millions. */
  *events(visitor: number): Generator<FactEvent> {
    for (const row of this.selectEvents.iterate(visitor) as Iterable<Row>) {
      yield {
        seq: row['seq'] as number,
        type: row['type'] as number,
        named_metric: row['name'] as number | null,
        experiment: row['experiment'] as number | null,
        variant: row['variant'] as number | null,
        at: row['at'] as number,
        arrived: row['arrived'] as number,
        value: row['value'] as number | null,
        imported: row['imported'] === 1,
      };
    }
  }

  /** A visitor's assignments, and what they come to. */
  assignments(visitor: number): { readonly rows: readonly FactAssignment[]; readonly enrolments: Enrolments } {
    const rows = this.selectAssignments.all(visitor).map((row) => ({ ...row, forced: row['forced'] === 1, counted: row['counted'] === 1 }) as unknown as FactAssignment);
    return { rows, enrolments: enrolmentsOf(rows) };
  }

  /** Rows of a table, one at a time; none of a table that is not there. */
  *rows(table: string): Generator<Row> {
    if (this.tables.has(table)) yield* this.database.prepare(`SELECT * FROM ${table}`).iterate() as Iterable<Row>;
  }

  count(table: string): number {
    return this.tables.has(table) ? Number(this.database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.['rows']) : 0;
  }

  wordOf(id: number): string {
    return String(this.selectWord.get(id)?.['word'] ?? `word ${id}`);
  }

  experimentOf(id: number): string {
    return String(this.selectExperiment.get(id)?.['name'] ?? `experiment ${id}`);
  }

  visitorOf(id: number): string {
    const row = this.selectVisitor.get(id);
    return row === undefined ? `visitor ${id}` : shownId(row['visitor_id']);
  }
}
