import type { EventContext, LoggedEvent } from '../../../shared/contract/event.ts';
import { isoTime } from '../../../shared/clock.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import { shownId } from '../../../shared/sqlite/stored-id.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import type { AttributableEvent } from '../rollup/attribution.ts';
import type { WordStore } from '../word/word-store.ts';

/** An event as its row has it: words, names and visitors are numbers. */
export interface EventRow extends AttributableEvent {
  readonly event_id: Uint8Array | string;
  readonly visitor: number;
  /** Number of the name that it gave its experiment. */
  readonly experiment_name: number | null;
  readonly properties: string | null;
  readonly context: string | null;
}

const LOGGED = `events.seq, event_id, visitors.visitor_id, type, name, experiment, variant, at, arrived, value, properties, context, imported
  FROM events JOIN visitors ON visitors.id = events.visitor`;

/** The events before a place in the order of time, latest first. Its moment alone bounds the search: a pair is only compared, with all that is between. */
export const EVENTS_BEFORE_SQL = 'SELECT at, seq FROM events INDEXED BY events_by_time WHERE at >= ? AND at <= ? AND (at < ? OR seq < ?) ORDER BY at DESC, seq DESC LIMIT ?';

/** The events themselves: the one place that a larger store would take over. */
export class EventStore {
  private readonly words: WordStore;
  private readonly experiments: ExperimentStore;
  private readonly database: Database;
  private readonly insert;
  private readonly insertPlain;
  private readonly ofVisitor;
  private readonly loggedOfVisitor;
  private readonly countOfVisitor;
  private readonly selectPlace;
  private readonly deleteVisitor;
  private readonly deleteOld;
  private readonly visitorsOfName;
  private readonly selectLast;
  private last_seq: number;

  constructor(database: Database, words: WordStore, experiments: ExperimentStore) {
    this.words = words;
    this.experiments = experiments;
    this.database = database;
    this.insert = database.prepare(
      `INSERT INTO events (seq, event_id, visitor, type, name, experiment, variant, at, arrived, value, properties, context, imported)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING`,
    );
    // Each value that is bound costs; most events of a page have none of these.
    this.insertPlain = database.prepare('INSERT INTO events (seq, event_id, visitor, type, experiment, variant, at, arrived, imported) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (event_id) DO NOTHING');
    this.ofVisitor = database.prepare('SELECT type, name, experiment, variant, at, arrived, value, imported FROM events WHERE visitor = ? ORDER BY seq');
    this.loggedOfVisitor = database.prepare(`SELECT ${LOGGED} WHERE visitor = ? AND events.seq > ? ORDER BY events.seq LIMIT ?`);
    this.selectPlace = database.prepare(`${EVENTS_BEFORE_SQL} OFFSET ?`);
    this.countOfVisitor = database.prepare('SELECT count(*) AS events FROM events WHERE visitor = ?');
    this.deleteVisitor = database.prepare('DELETE FROM events WHERE visitor = ?');
    this.deleteOld = database.prepare('DELETE FROM events WHERE visitor = ? AND at < ?');
    this.visitorsOfName = database.prepare('SELECT DISTINCT visitor FROM events WHERE experiment = ?');
    this.selectLast = database.prepare('SELECT max(seq) AS seq FROM events');
    this.last_seq = this.lastSeq;
  }

  /** Stores an event; answers its place in the log, or 0 if its id is there already. Places are never given twice while the process lives. */
  add(event: EventRow): number {
    const seq = this.last_seq + 1;
    const { event_id, visitor, type, named_metric, experiment_name, variant, at, arrived, value, properties, context, imported } = event;
    const isPlain = named_metric === null && value === null && properties === null && context === null && !imported;
    const { changes } = isPlain
      ? this.insertPlain.run(seq, event_id, visitor, type, experiment_name, variant, at, arrived)
      : this.insert.run(seq, event_id, visitor, type, named_metric, experiment_name, variant, at, arrived, value, properties, context, imported ? 1 : 0);
    if (changes === 0) return 0;
    this.last_seq = seq;
    return seq;
  }

  /** Reads what decides where a visitor's events count. */
  attributable(visitor: number): readonly AttributableEvent[] {
    return this.ofVisitor.all(visitor).map((row) => ({
      type: row['type'] as number,
      named_metric: row['name'] as number | null,
      experiment: row['experiment'] === null ? null : this.experiments.meaningOf(row['experiment'] as number),
      variant: row['variant'] as number | null,
      at: row['at'] as number,
      arrived: row['arrived'] as number,
      value: row['value'] as number | null,
      imported: row['imported'] === 1,
    }));
  }

  /** Reads a visitor's events in the order they came, after one of them. */
  loggedFor(visitor: number, after: number, limit: number): readonly LoggedEvent[] {
    return this.loggedOfVisitor.all(visitor, after, limit).map((row) => this.toLogged(row));
  }

  /** Counts a visitor's events. */
  count(visitor: number): number {
    return this.countOfVisitor.get(visitor)?.['events'] as number;
  }

  /** The last of the events before a place in the order of time, at most so many on; undefined if there are no more than those. */
  placeByTime(from: number, at: number, seq: number, count: number): readonly [at: number, seq: number] | undefined {
    const row = this.selectPlace.get(from, at, at, seq, 1, count - 1);
    return row === undefined ? undefined : [row['at'] as number, row['seq'] as number];
  }

  /** The newest place of the log. */
  get lastSeq(): number {
    return (this.selectLast.get()?.['seq'] as number | null) ?? 0;
  }

  /** Reads events by a condition that its caller compiled: `SELECT … WHERE <condition>`. */
  prepareLogged(condition: string): { readonly all: (...values: readonly (number | string)[]) => readonly LoggedEvent[] } {
    const statement = this.database.prepare(`SELECT ${LOGGED} WHERE ${condition}`);
    return { all: (...values) => statement.all(...values).map((row) => this.toLogged(row)) };
  }

  /** Removes a visitor's events; answers how many. */
  delete(visitor: number): number {
    return Number(this.deleteVisitor.run(visitor).changes);
  }

  /** Removes a visitor's events before a time; answers how many. */
  deleteBefore(visitor: number, before: number): number {
    return Number(this.deleteOld.run(visitor, before).changes);
  }

  /** Finds the visitors whose events give their experiment this name; reads all events. */
  visitorsNaming(name: number): readonly number[] {
    return this.visitorsOfName.all(name).map((row) => row['visitor'] as number);
  }

  private toLogged(row: Record<string, unknown>): LoggedEvent {
    const type = this.words.wordOf(row['type'] as number);
    return {
      seq: row['seq'] as number,
      event_id: shownId(row['event_id']),
      visitor_id: shownId(row['visitor_id']),
      event_type: type,
      event_name: row['name'] === null ? null : this.words.wordOf(row['name'] as number).slice(type.length + 1),
      experiment_id: row['experiment'] === null ? null : this.experiments.textOf(row['experiment'] as number),
      variant: row['variant'] === null ? null : this.words.wordOf(row['variant'] as number),
      timestamp: isoTime(row['at'] as number),
      received_at: isoTime(row['arrived'] as number),
      value: row['value'] as number | null,
      properties: row['properties'] === null ? null : (JSON.parse(row['properties'] as string) as JsonObject),
      context: row['context'] === null ? null : (JSON.parse(row['context'] as string) as EventContext),
      imported: row['imported'] === 1,
    };
  }
}
