import type { EventLogAnswer, LoggedEvent } from '../../../shared/contract/event.ts';
import { cursorOf, readCursor } from '../../../shared/page-cursor.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import { inSteps } from '../in-steps.ts';
import { Turns } from '../turns.ts';
import type { EventBlock } from './event-reader.ts';
import { sieveOf } from './event-sieve.ts';
import type { EventFilter, EventSieve } from './event-sieve.ts';
import { latestBefore } from './events-by-time.ts';
import type { Found } from './events-by-time.ts';
import { LoggedEvents } from './logged-events.ts';
import type { LoggedEventsNeeds } from './logged-events.ts';

/** How many events a page looks at before it is given out, full or not. */
const LOOKED_AT_MAX = 200_000;
/** The same where their JSON has to be read. */
const READ_MAX = 20_000;

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
        if (events.length === limit || looked_at === LOOKED_AT_MAX) return { events, until };
        const event = block.imported[place] === 1 ? undefined : logged.show(block, place);
        if (event !== undefined) events.push(event);
        until = block.first_seq + (block.seq[place] as number);
        looked_at += 1;
      }
      return { events, until: this.lastSeq };
    });
  }

  private inSteps<T>(work: Generator<void, T>): Promise<T> {
    return inSteps(this.stores.database, this.turns, work);
  }

  private *pageByArrival(sieve: EventSieve, limit: number, [before = Infinity]: readonly number[] = []): Generator<void, EventLogAnswer> {
    const { places, rest } = yield* this.newestBefore(sieve, before, limit);
    const data = yield* this.shown(places, limit, sieve.passesProperties);
    const last = data.length === limit ? data.at(-1)?.seq : undefined;
    const next = last ?? rest;
    return { data, next_cursor: next === undefined ? null : cursorOf([next]) };
  }

  private *pageByTime(filter: EventFilter, sieve: EventSieve, limit: number, [at = filter.to ?? Number.MAX_SAFE_INTEGER, seq = 0]: readonly number[] = []): Generator<void, EventLogAnswer> {
    const { events } = this.stores;
    const { from = -Infinity } = filter;
    const { places, rest } = yield* latestBefore({ events, sieve, from, before: { at, seq }, ...this.bounds(sieve, limit) });
    const data = yield* this.shown(places.map((place) => place.seq), limit, sieve.passesProperties);
    const last = data.length === limit ? data.at(-1) : undefined;
    const next = last === undefined ? rest : { at: Date.parse(last.timestamp), seq: last.seq };
    return { data, next_cursor: next === undefined ? null : cursorOf([next.at, next.seq]) };
  }

  /** Finds the newest events before a place of the log, a block a step. */
  private *newestBefore(sieve: EventSieve, before: number, limit: number): Generator<void, Found<number>> {
    const { wanted, looked_at_max } = this.bounds(sieve, limit);
    const places: number[] = [];
    let [rest, looked_at] = [before, 0];
    for (const block of this.blocksBefore(before, sieve.visitor)) {
      if (looked_at >= looked_at_max) return { places, rest };
      const passes = sieve.passing(block);
      for (let place = block.count - 1; place >= 0; place -= 1) {
        const seq = block.first_seq + (block.seq[place] as number);
        if (seq < rest && passes(place)) places.push(seq);
        if (places.length === wanted) return { places, rest: seq };
      }
      rest = block.key;
      looked_at += block.count;
      yield;
    }
    return { places, rest: undefined };
  }

  private *blocksBefore(before: number, visitor: number | undefined): Generator<EventBlock> {
    const { events } = this.stores;
    if (visitor === undefined) {
      for (let block = events.previous(before); block !== undefined; block = events.previous(block.key)) yield block;
      return;
    }
    const { full, loose } = this.whereabouts(visitor);
    yield* loose.toReversed();
    yield* this.blocks(full.filter((key) => key < before).toReversed());
  }

  /** Small blocks may be joined between two steps; so all of them are read at once, together with the keys of the full ones that have events of a visitor. */
  private whereabouts(visitor: number): { readonly full: readonly number[]; readonly loose: readonly EventBlock[] } {
    const { events } = this.stores;
    return { full: events.keysOf(visitor), loose: [...events.looseBlocks()] };
  }

  private *blocks(keys: readonly number[]): Generator<EventBlock> {
    for (const key of keys) {
      const block = this.stores.events.block(key);
      // Undefined: all of its events were erased meanwhile.
      if (block !== undefined) yield block;
    }
  }

  private bounds({ passesProperties }: EventSieve, limit: number): { readonly wanted: number; readonly looked_at_max: number } {
    return passesProperties === undefined ? { wanted: limit, looked_at_max: LOOKED_AT_MAX } : { wanted: READ_MAX, looked_at_max: READ_MAX };
  }

  /** Shows events until there are enough that pass, a block a step; those that are gone meanwhile are left out. */
  private *shown(places: readonly number[], limit: number, passesProperties?: EventSieve['passesProperties']): Generator<void, readonly LoggedEvent[]> {
    const logged = new LoggedEvents(this.stores);
    const shown: LoggedEvent[] = [];
    let last: EventBlock | undefined;
    for (const seq of places) {
      const found = logged.find(seq);
      if (found === undefined) continue;
      const [block, place] = found;
      const event = passesProperties === undefined || passesProperties(logged.properties(block, place)) ? logged.show(block, place) : undefined;
      if (event !== undefined) shown.push(event);
      if (shown.length === limit) break;
      if (block !== last) yield;
      last = block;
    }
    return shown;
  }

  private *eventsOf(visitor: number, limit: number): Generator<void, VisitorEvents> {
    const places: number[] = [];
    let total_events = 0;
    const { full, loose } = this.whereabouts(visitor);
    const look = (block: EventBlock): void => {
      const wanted = visitor - block.first_visitor;
      for (let place = 0; place < block.count; place += 1) {
        if (block.visitor[place] !== wanted) continue;
        total_events += 1;
        if (places.length < limit) places.push(block.first_seq + (block.seq[place] as number));
      }
    };
    for (const block of this.blocks(full)) {
      look(block);
      yield;
    }
    for (const block of loose) look(block);
    return { total_events, events: yield* this.shown(places, limit) };
  }
}
