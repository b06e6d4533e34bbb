import type { StoredDatabase } from '../../../shared/sqlite/stored-database.ts';
import { shownId } from '../../../shared/sqlite/stored-id.ts';
import { enrolmentsOf } from '../assignment/enrolment.ts';
import type { Enrolments, StoredAssignment } from '../assignment/enrolment.ts';
import type { Column } from '../columns.ts';
import { openFacts, valueAt } from '../event/event-block.ts';
import type { EventFacts } from '../event/event-block.ts';
import { EventReader } from '../event/event-reader.ts';
import type { EventBlock } from '../event/event-reader.ts';
import type { AttributableEvent } from '../rollup/attribution.ts';

const VISITORS_AT_ONCE = 1_000;
/** How many blocks of events are kept in memory: visitors who come one after the other are in the same ones. */
const BLOCKS_REMEMBERED = 48;
/** How many names of experiments are kept in memory. */
const NAMES_REMEMBERED = 10_000;

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
  private readonly selectMeaning;
  private readonly event_reader: EventReader;
  private readonly remembered = new Map<number, EventBlock | undefined>();
  private readonly meanings = new Map<number, number | null>();
  private loose: ReadonlyMap<number, readonly FactEvent[]> | undefined;
  private readonly selectAssignments;
  private readonly selectWord;
  private readonly selectExperiment;
  private readonly selectVisitor;
  private readonly tables: ReadonlySet<string>;

  constructor(database: StoredDatabase) {
    this.database = database;
    this.tables = new Set(database.tables());
    this.selectVisitors = database.prepare(`SELECT id FROM visitors WHERE id > ? ORDER BY id LIMIT ${VISITORS_AT_ONCE}`);
    this.event_reader = new EventReader(database);
    this.selectMeaning = database.prepare('SELECT experiment FROM experiment_names WHERE id = ?');
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

  /** The keys of the full blocks that are said to have events of a visitor. */
  keysOf(visitor: number): readonly number[] {
    return this.event_reader.keysOf(visitor);
  }

  /** A visitor's events in the order they came, one at a time: one visitor may have millions. Tells of blocks that have none of them. */
  *events(visitor: number, keys: readonly number[], onStray: (key: number) => void): Generator<FactEvent> {
    for (const key of keys) {
      const block = this.remember(key);
      let has_any = false;
      for (const place of block === undefined ? [] : placesOf(block, visitor)) {
        has_any = true;
        yield this.toEvent(block as EventBlock, place);
      }
      if (!has_any) onStray(key);
    }
    yield* this.looseEvents().get(visitor) ?? [];
  }

  /** How many events there are, as each block says. */
  countEvents(): number {
    return this.event_reader.count();
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

  private toEvent(block: EventFacts, place: number): FactEvent {
    return {
      seq: block.first_seq + (block.seq[place] as number),
      type: block.type[place] as number,
      named_metric: block.name[place] || null,
      experiment: this.meaningOf(block.experiment[place] as number),
      variant: block.variant[place] || null,
      at: block.first_at + (block.at[place] as number),
      arrived: block.first_arrived + (block.arrived[place] as number),
      value: valueAt(block, place),
      imported: block.imported[place] === 1,
    };
  }

  private meaningOf(name: number): number | null {
    if (name === 0) return null;
    let experiment = this.meanings.get(name);
    if (experiment !== undefined) return experiment;
    if (this.meanings.size >= NAMES_REMEMBERED) this.meanings.clear();
    experiment = (this.selectMeaning.get(name)?.['experiment'] as number | undefined) ?? null;
    this.meanings.set(name, experiment);
    return experiment;
  }

  /** Those of blocks that are not full: so few that all are kept. Row by row, whatever these say of themselves. */
  private looseEvents(): ReadonlyMap<number, readonly FactEvent[]> {
    if (this.loose !== undefined) return this.loose;
    const loose = new Map<number, FactEvent[]>();
    for (const row of this.rows('loose_events')) {
      const block = openFacts(row['facts'] as Uint8Array);
      for (let place = 0; place < block.count; place += 1) {
        const visitor = block.first_visitor + (block.visitor[place] as number);
        const known = loose.get(visitor);
        if (known === undefined) loose.set(visitor, [this.toEvent(block, place)]);
        else known.push(this.toEvent(block, place));
      }
    }
    return (this.loose = loose);
  }

  private remember(key: number): EventBlock | undefined {
    const block = this.remembered.has(key) ? this.remembered.get(key) : this.event_reader.block(key);
    this.remembered.delete(key);
    this.remembered.set(key, block);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > BLOCKS_REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
    return block;
  }
}

/** Where a visitor's events are in a block. */
function* placesOf({ visitor: column, first_visitor }: EventBlock, visitor: number): Generator<number> {
  const visitors = column as Column;
  for (let place = visitors.indexOf(visitor - first_visitor); place >= 0; place = visitors.indexOf(visitor - first_visitor, place + 1)) yield place;
}
