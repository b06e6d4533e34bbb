import { isoTime } from '../../../shared/clock.ts';
import type { StoredDatabase } from '../../../shared/sqlite/stored-database.ts';
import { StartFault } from '../../../shared/start-fault.ts';
import { ledgerOf } from '../rollup/ledger.ts';
import { APPLICATION_ID, BUCKET_MS, MIGRATIONS } from '../schema.ts';
import { CELL_TABLES, CellCount } from './cell-count.ts';
import type { CellTable } from './cell-count.ts';
import { BlockCheck } from './block-check.ts';
import { isSame } from './difference.ts';
import type { Difference } from './difference.ts';
import { FactReader } from './fact-reader.ts';
import type { FactEvent } from './fact-reader.ts';
import { SessionCheck } from './session-check.ts';
import { VisitorCheck } from './visitor-check.ts';

/** How far counting is; `done` and `total` are events, which are looked at twice, and visitors together. */
export interface VerifyProgress {
  readonly done: number;
  readonly total: number;
  readonly events: number;
}

/** What was counted. */
export interface VerifySummary {
  readonly events: number;
  readonly visitors: number;
  readonly cells: number;
}

/** Whom counting tells what it finds. */
export interface VerifyListener {
  readonly onDifference: (difference: Difference) => void;
  readonly onProgress: (progress: VerifyProgress) => void;
}

const VISITORS_PER_REPORT = 2_000;
const EVENTS_PER_REPORT = 50_000;

const placeOf = (reader: FactReader, keys: readonly string[], key: readonly (number | string)[]): string =>
  keys
    .map((name, index) => {
      const value = key[index] as number;
      if (name === 'experiment') return reader.experimentOf(value);
      if (name === 'variant') return value === 0 ? 'any variant' : `variant ${reader.wordOf(value)}`;
      if (name === 'type') return value === 0 ? 'any type' : reader.wordOf(value);
      if (name === 'metric') return value === 0 ? 'assigned' : reader.wordOf(value);
      return name === 'bucket' ? `from ${isoTime(value * BUCKET_MS)}` : String(value);
    })
    .join(', ');

const compareCells = (reader: FactReader, count: CellCount, { table, keys, figures }: CellTable, report: (difference: Difference) => void): number => {
  let rows = 0;
  const compare = (key: readonly (number | string)[], stored: readonly number[], counted: readonly number[]): void => {
    for (const [index, figure] of figures.entries()) {
      const [is, should] = [stored[index] ?? 0, counted[index] ?? 0];
      if (!isSame(is, should)) report({ table, place: placeOf(reader, keys, key), figure, stored: is, counted: should });
    }
  };
  for (const row of reader.rows(table)) {
    rows += 1;
    const key = keys.map((name) => row[name] as number | string);
    compare(key, figures.map((figure) => row[figure] as number), count.take(table, key)?.figures ?? []);
  }
  for (const { key, figures: counted } of count.left(table)) compare(key, [], counted);
  return rows;
};

/**
 * Counts every figure of a copy of metrics.sqlite anew, from events and assignments alone (and from what retention closed), and
 * reports each that is stored otherwise. Reads visitor by visitor: memory does not grow with events. Throws StartFault for a database that is
 * not metrics-service's or not of this version.
 */
export const verifyDatabase = (database: StoredDatabase, { onDifference, onProgress }: VerifyListener): VerifySummary => {
  if (database.application_id !== APPLICATION_ID) throw new StartFault('This is not the database of metrics-service.');
  if (database.version !== MIGRATIONS.length) throw new StartFault(`This database has version ${database.version}, and this program counts version ${MIGRATIONS.length}: ${database.version < MIGRATIONS.length ? 'start metrics-service on it once' : 'take the newer program'}.`);
  const reader = new FactReader(database);
  const count = new CellCount();
  for (const { table, keys, figures } of CELL_TABLES)
    for (const row of reader.rows(`frozen_${table}`)) count.add(table, keys.map((name) => row[name] as number | string), figures.map((figure) => row[figure] as number));

  const visitor_check = new VisitorCheck(reader, onDifference);
  const session_check = new SessionCheck(reader, onDifference);
  const total = reader.countEvents() * 2 + reader.count('visitors');
  let checked = 0;
  let reported = 0;
  let events = 0;
  let visitors = 0;
  let visitor_blocks = 0;
  new BlockCheck(reader, onDifference).check((count) => {
    checked += count;
    if (checked - reported < EVENTS_PER_REPORT) return;
    reported = checked;
    onProgress({ done: checked, total, events });
  });
  for (const visitor of reader.visitors()) {
    const notes: number[] = [];
    const { rows, enrolments } = reader.assignments(visitor);
    const keys = reader.keysOf(visitor);
    const onStray = (key: number): void => onDifference({ table: 'visitor_blocks', place: `${reader.visitorOf(visitor)}, block ${key}`, figure: 'rows', stored: 1, counted: 0 });
    visitor_blocks += keys.length;
    const noted = function* (): Generator<FactEvent> {
      for (const event of reader.events(visitor, keys, onStray)) {
        events += 1;
        if (session_check.isFollowed(event)) notes.push(session_check.noteOf(event));
        yield event;
      }
    };
    const ledger = ledgerOf(noted(), enrolments);
    count.addVisitor(ledger);
    visitor_check.check(visitor, ledger, rows);
    session_check.check(visitor, notes);
    visitors += 1;
    if (visitors % VISITORS_PER_REPORT === 0) onProgress({ done: checked + events + visitors, total, events });
  }
  const owned = { visitor_blocks, ...visitor_check.rows };
  const reportOthers = (table: string, figure: string, others: number): void => {
    if (others !== 0) onDifference({ table, place: 'of visitors who are not there', figure, stored: others, counted: 0 });
  };
  for (const [table, rows] of Object.entries(owned)) reportOthers(table, 'rows', reader.count(table) - rows);
  reportOthers('event_blocks', 'events', checked - events);
  const cells = CELL_TABLES.reduce((sum, table) => sum + compareCells(reader, count, table, onDifference), 0);
  onProgress({ done: total, total, events });
  return { events, visitors, cells };
};
