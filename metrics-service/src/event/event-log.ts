import type { EventLogAnswer, LoggedEvent } from '../../../shared/contract/event.ts';
import { cursorOf, readCursor } from '../../../shared/page-cursor.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import { inSteps } from '../in-steps.ts';
import type { Steps } from '../in-steps.ts';
import { Turns } from '../turns.ts';
import type { EventBlock } from './event-reader.ts';
import { READS_PER_BLOCK, sieveOf } from './event-sieve.ts';
import type { EventFilter, EventSieve } from './event-sieve.ts';
import { latestBefore } from './events-by-time.ts';
import type { Found } from './events-by-time.ts';
import { LoggedEvents } from './logged-events.ts';
import type { LoggedEventsNeeds } from './logged-events.ts';

/** How many blocks of events a page looks at before it is given out, full or not; those whose JSON is read count more. */
const BLOCKS_MAX = 200;
/** So many are shown with the work that a block takes. */
const SHOWN_PER_BLOCK = 2;
/** How many missed events a listener's way through imported ones passes at once. */
const MISSED_MAX = 200_000;

const NOTHING: EventLogAnswer = { data: [], next_cursor: null };

interface Stores extends LoggedEventsNeeds {
  readonly database: Database;
}

/** What is shown of a visitor's events. */
export interface VisitorEvents {
  readonly total_events: number;
  /** The first of them, in the order they came. */
  readonly events: readonly LoggedEvent[];
}

/** Reads the event log, newest first, a page at a time. */
export class EventLog {
  private readonly stores: Stores;
  private readonly turns: Turns;

  constructor(stores: Stores) {
    this.stores = stores;
    this.turns = new Turns(stores.database);
  }

  /**
   * Reads the next page: by arrival, or by time where a stretch of time is asked for. Pages may be short where few events pass the filter;
   * `next_cursor` says whether there are more. Throws Problem `invalid` for a cursor that was not given out for such a filter.
   */
  async page(filter: EventFilter, limit: number, cursor: string | undefined): Promise<EventLogAnswer> {
    const isTimed = filter.visitor_id === undefined && (filter.from !== undefined || filter.to !== undefined);
    const place = cursor === undefined ? undefined : readCursor(cursor, isTimed ? 2 : 1).map(Number);
    const sieve = sieveOf(filter, this.stores);
    if (sieve === undefined) return NOTHING;
    return this.inSteps(isTimed ? this.pageByTime(filter, sieve, limit, place) : this.pageByArrival(sieve, limit, place));
  }

  /** Counts a visitor's events and shows the first of them. */
  async ofVisitor(visitor: number, limit: number): Promise<VisitorEvents> {
    return this.inSteps(this.eventsOf(visitor, limit));
  }

  /** The newest place of the log. */
  get lastSeq(): number {
    return this.stores.events.lastSeq;
  }

  /** Reads the events after a place of the log, oldest first, imported ones left out: what a listener missed. There may be more behind `until`. */
  after(seq: number, limit: number): { readonly events: readonly LoggedEvent[]; readonly until: number } {
    return this.stores.database.snapshot(() => {
      const logged = new LoggedEvents(this.stores);
      const events: LoggedEvent[] = [];
      let [until, looked_at] = [seq, 0];
      for (const [block, place] of this.stores.events.after(seq)) {
        if (events.length === limit || looked_at === MISSED_MAX) return { events, until };
        const event = block.imported[place] === 1 ? undefined : logged.show(block, place);
        if (event !== undefined) events.push(event);
        until = block.first_seq + (block.seq[place] as number);
        looked_at += 1;
      }
      return { events, until: this.lastSeq };
    });
  }

  private inSteps<T>(work: Steps<T>): Promise<T> {
    return inSteps(this.stores.database, this.turns, work);
  }

  private *pageByArrival(sieve: EventSieve, limit: number, [before = Infinity]: readonly number[] = []): Steps<EventLogAnswer> {
    const { places, rest } = yield* this.newestBefore(sieve, before, limit);
    return { data: yield* this.shown(places), next_cursor: rest === undefined ? null : cursorOf([rest]) };
  }

  private *pageByTime({ from = -Infinity, to = Number.MAX_SAFE_INTEGER }: EventFilter, sieve: EventSieve, wanted: number, [at = to, seq = 0]: readonly number[] = []): Steps<EventLogAnswer> {
    const { places, rest } = yield* latestBefore({ events: this.stores.events, sieve, from, before: { at, seq }, wanted, blocks_max: BLOCKS_MAX });
    return { data: yield* this.shown(places.map((place) => place.seq)), next_cursor: rest === undefined ? null : cursorOf([rest.at, rest.seq]) };
  }

  /** Finds the newest events before a place of the log. */
  private *newestBefore(sieve: EventSieve, before: number, wanted: number): Steps<Found<number>> {
    const places: number[] = [];
    let [rest, worth] = [before, 0];
    for (const block of this.blocksBefore(before, sieve.visitor)) {
      if (worth >= BLOCKS_MAX) return { places, rest };
      const details = sieve.reads ? this.stores.events.details(block.key) : undefined;
      const passing = sieve.places(block).toReversed();
      for (const place of passing) {
        const seq = block.first_seq + (block.seq[place] as number);
        if (seq < rest && sieve.passes(details?.properties(place) ?? null)) places.push(seq);
        if (places.length === wanted) return { places, rest: seq };
      }
      const step = 1 + (sieve.reads ? passing.length / READS_PER_BLOCK : 0);
      rest = block.key;
      worth += step;
      yield step;
    }
    return { places, rest: undefined };
  }

  private *blocksBefore(before: number, visitor: number | undefined): Generator<EventBlock> {
    const { events } = this.stores;
    if (visitor === undefined) {
      for (let block = events.previous(before); block !== undefined; block = events.previous(block.key)) yield block;
      return;
    }
    // Small blocks may be joined between two steps: the one that they become lies where the first of them did.
    const [keys, first_loose] = [events.keysOf(visitor), events.looseBlocks().next().value?.key ?? Infinity];
    for (let block = events.previous(before); block !== undefined && block.key >= first_loose; block = events.previous(block.key)) yield block;
    for (const key of keys.filter((one) => one < before).toReversed()) {
      const block = events.block(key);
      if (block !== undefined) yield block;
    }
  }

  /** Shows events; those that are gone meanwhile are left out. */
  private *shown(places: readonly number[]): Steps<readonly LoggedEvent[]> {
    const logged = new LoggedEvents(this.stores);
    const shown: LoggedEvent[] = [];
    for (const seq of places) {
      const event = logged.find(seq);
      if (event !== undefined) shown.push(event);
      yield 1 / SHOWN_PER_BLOCK;
    }
    return shown;
  }

  private *eventsOf(visitor: number, limit: number): Steps<VisitorEvents> {
    const places: number[] = [];
    let total_events = 0;
    for (const block of this.stores.events.blocksOf(visitor)) {
      const wanted = visitor - block.first_visitor;
      for (let place = 0; place < block.count; place += 1) {
        if (block.visitor[place] !== wanted) continue;
        total_events += 1;
        if (places.length < limit) places.push(block.first_seq + (block.seq[place] as number));
      }
      yield 1;
    }
    return { total_events, events: yield* this.shown(places) };
  }
}
