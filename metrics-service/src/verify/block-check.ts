import { isoTime } from '../../../shared/clock.ts';
import { shownId, UUID_BYTES } from '../../../shared/sqlite/stored-id.ts';
import { openDetails, openFacts } from '../event/event-block.ts';
import type { EventDetails, EventFacts } from '../event/event-block.ts';
import { IdRuns, isTimed } from '../event/id-runs.ts';
import { IdSet } from '../event/id-set.ts';
import type { Difference } from './difference.ts';
import type { FactReader } from './fact-reader.ts';

/** How many ids one statement looks for. */
const IDS_AT_ONCE = 1_000;

/** What each block of events says of itself. */
const COLUMNS = ['first_seq', 'last_seq', 'events', 'earliest', 'latest'] as const;
type StoredColumns = Readonly<Record<(typeof COLUMNS)[number], number>>;

/** Compares what is stored beside the blocks of events with what is in them: their own columns, whose events they have, and the ids that were taken. */
export class BlockCheck {
  private readonly reader: FactReader;
  private readonly report: (difference: Difference) => void;
  private readonly selectVisitor;
  private readonly selectId;
  private readonly countIds;
  private readonly countInRuns;
  private readonly ids = new Uint8Array(IDS_AT_ONCE * UUID_BYTES);
  private readonly runs: IdRuns;
  /** Up to which place of the log all ids are on the disk; those of the newest may still come there. */
  private readonly stored_until: number;
  /** Ids of the newest events, as far as they are not there yet. */
  private readonly waiting = new IdSet();
  private ids_found = 0;
  private last_seq = 0;

  constructor(reader: FactReader, report: (difference: Difference) => void) {
    this.reader = reader;
    this.report = report;
    const { database } = reader;
    this.stored_until = Number(database.prepare("SELECT value FROM meta WHERE name = 'ids_seq'").get()?.['value'] ?? 0);
    this.runs = new IdRuns(database);
    this.selectVisitor = database.prepare('SELECT 1 FROM visitor_blocks WHERE visitor = ? AND first_seq = ?');
    this.selectId = database.prepare('SELECT 1 FROM event_ids WHERE event_id = ?');
    this.countIds = database.prepare('SELECT count(*) AS found FROM places CROSS JOIN event_ids ON event_id = substr(:ids, place * 16 + 1, 16) WHERE place < :count');
    this.countInRuns = database.prepare(`SELECT coalesce(sum(length(ids)), 0) / ${UUID_BYTES} AS ids FROM event_id_runs`);
  }

  /** Checks all blocks; tells of how many events each had. */
  check(onEvents: (events: number) => void): void {
    for (const table of ['event_blocks', 'loose_events'] as const) {
      for (const row of this.reader.rows(table)) {
        const facts = openFacts(row['facts'] as Uint8Array);
        this.checkColumns(table, row as unknown as StoredColumns, facts);
        if (table === 'event_blocks') this.checkVisitors(row['first_seq'] as number, facts);
        this.checkIds(openDetails(row['ids'] as Uint8Array, null), facts);
        onEvents(facts.count);
      }
    }
    const stored = this.reader.count('event_ids') + (this.countInRuns.get()?.['ids'] as number);
    const place = stored > this.ids_found ? 'of events that are not there' : 'that several events have';
    if (stored !== this.ids_found) this.report({ table: 'event_ids', place, figure: 'rows', stored, counted: this.ids_found });
  }

  private checkColumns(table: string, stored: StoredColumns, { count, seq, at, first_seq, first_at }: EventFacts): void {
    let [earliest, latest] = [Infinity, -Infinity];
    let in_order = true;
    for (let place = 0; place < count; place += 1) {
      earliest = Math.min(earliest, at[place] as number);
      latest = Math.max(latest, at[place] as number);
      if (place > 0 && (seq[place] as number) <= (seq[place - 1] as number)) in_order = false;
    }
    // Events of a block may have gone, but it is found by the first that it had.
    const begins = in_order && stored.first_seq > this.last_seq && stored.first_seq <= first_seq ? stored.first_seq : first_seq;
    this.last_seq = first_seq + (seq[count - 1] as number);
    const counted: StoredColumns = { first_seq: begins, last_seq: this.last_seq, events: count, earliest: first_at + earliest, latest: first_at + latest };
    for (const figure of COLUMNS) if (stored[figure] !== counted[figure]) this.report({ table, place: `block ${stored.first_seq}, from ${isoTime(counted.earliest)}`, figure, stored: stored[figure], counted: counted[figure] });
  }

  private checkVisitors(key: number, { first_visitor, visitor }: EventFacts): void {
    for (const each of new Set(Array.from(visitor))) {
      const number = first_visitor + each;
      if (this.selectVisitor.get(number, key) === undefined) this.report({ table: 'visitor_blocks', place: `${this.reader.visitorOf(number)}, block ${key}`, figure: 'rows', stored: 0, counted: 1 });
    }
  }

  private checkIds({ stored_id }: EventDetails, { count, first_seq, seq }: EventFacts): void {
    const uuids: number[] = [];
    for (let place = 0; place < count; place += 1) {
      const id = stored_id(place);
      if (typeof id === 'string') this.ids_found += this.checkId(id, true) ? 1 : 0;
      else if (isTimed(id, 0) && this.runs.has(id, 0)) this.ids_found += 1;
      else uuids.push(place);
    }
    for (let first = 0; first < uuids.length; first += IDS_AT_ONCE) {
      const some = uuids.slice(first, first + IDS_AT_ONCE);
      for (const [index, place] of some.entries()) this.ids.set(stored_id(place) as Uint8Array, index * UUID_BYTES);
      const found = this.countIds.get({ ids: this.ids, count: some.length })?.['found'] as number;
      this.ids_found += found;
      for (const place of found === some.length ? [] : some) {
        const id = stored_id(place) as Uint8Array;
        if (!this.checkId(id, first_seq + (seq[place] as number) <= this.stored_until)) this.checkWaiting(id);
      }
    }
  }

  private checkWaiting(id: Uint8Array): void {
    if (!this.waiting.add(id, 0)) this.report({ table: 'event_ids', place: shownId(id), figure: 'events that have it', stored: 1, counted: 2 });
  }

  private checkId(id: Uint8Array | string, must_be: boolean): boolean {
    const is_there = this.selectId.get(id) !== undefined;
    if (!is_there && must_be) this.report({ table: 'event_ids', place: shownId(id), figure: 'rows', stored: 0, counted: 1 });
    return is_there;
  }
}
