import { systemClock } from '../../../shared/clock.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import { UUID_BYTES } from '../../../shared/sqlite/stored-id.ts';
import type { MetaStore } from '../meta-store.ts';
import { lastSeqOf } from './event-reader.ts';
import type { EventReader } from './event-reader.ts';
import { IdRuns, isTimed, timeOf } from './id-runs.ts';
import { IdSet } from './id-set.ts';

/** How many ids gather in memory before they go to the disk. */
const GATHERED_MAX = 60_000;
/** How many go there at once; `places` has as many rows. */
const IDS_AT_ONCE = 1_000;
/** For each id that comes so many go there, so that what is on its way is gone before as many have gathered again. */
const GO_FOR_EACH = 2;
/** Under which name it is stored up to which place of the log all ids are there. */
const PLACE = 'ids_seq';

/** Ids that were made longer ago have no part in runs: 21 of a number's 53 bits are for their order among those of one time. */
const RUN_SPAN_MS = 2 ** 32;

const NONE: ReadonlySet<number> = new Set();

/**
 * The ids of all events: each is taken once. An index of ids that come in no order costs a page of the disk for each, so those of the newest events
 * are kept in memory (they are in the events' blocks anyway) and go to the disk many at a time: those that say when they were made, which come nearly
 * in that order, as runs; others to an index, in order, each lot to a few pages that lie side by side. Works inside the caller's transaction; what
 * memory lost is read from the blocks again.
 */
export class EventIds {
  private readonly reader: EventReader;
  private readonly meta: MetaStore;
  private readonly gathered_max: number;
  private readonly lot: number;
  private readonly runs: IdRuns;
  private readonly clock: Clock;
  private readonly insert;
  private readonly insertMany;
  private readonly selectMany;
  private readonly selectHighest;
  private readonly delete;
  /** Those that gather; undefined where only the disk knows. */
  private gathered: IdSet | undefined;
  /** Those on their way to the disk, what of them is left to go to runs and to the index, each in its order, and up to which place of the log these are all. */
  private going: IdSet | undefined;
  private to_runs: Float64Array = new Float64Array(0);
  private to_index: Float64Array = new Float64Array(0);
  private going_until = 0;
  /** Up to which place of the log all ids are on the disk. */
  private stored_until = 0;
  /** Whether some of those that gather were read from blocks: these may be on the disk already. */
  private is_read = false;
  /** Whether ids in memory may be those of events that are gone. */
  private is_stale = false;
  private owed = 0;
  /** When the newest UUID of the disk was made, as a UUIDv7 says it: later ones are not there. */
  private newest = 0;

  constructor(database: Pick<Database, 'prepare'>, reader: EventReader, meta: MetaStore, gathered_max: number = GATHERED_MAX, clock: Clock = systemClock) {
    this.reader = reader;
    this.meta = meta;
    this.gathered_max = gathered_max;
    this.clock = clock;
    this.runs = new IdRuns(database);
    this.lot = Math.min(IDS_AT_ONCE, gathered_max);
    // The newest events may have been erased before a restart: then their places are given out again.
    if (Number(meta.find(PLACE) ?? 0) > reader.lastSeq) meta.set(PLACE, reader.lastSeq);
    this.insert = database.prepare('INSERT INTO event_ids (event_id) VALUES (?) ON CONFLICT DO NOTHING');
    // One statement for many costs half of one for each.
    this.insertMany = database.prepare(`INSERT INTO event_ids (event_id) SELECT substr(?, place * ${UUID_BYTES} + 1, ${UUID_BYTES}) FROM places WHERE place < ? ON CONFLICT DO NOTHING`);
    this.selectMany = database.prepare(`SELECT place FROM places WHERE place < ? AND EXISTS (SELECT 1 FROM event_ids WHERE event_id = substr(?, place * ${UUID_BYTES} + 1, ${UUID_BYTES}))`);
    this.selectHighest = database.prepare("SELECT max(event_id) AS id FROM event_ids WHERE event_id >= x''");
    this.delete = database.prepare('DELETE FROM event_ids WHERE event_id = ?');
  }

  /** Takes an id that is no UUID; false if it was taken before. */
  take(id: string): boolean {
    return this.insert.run(id).changes !== 0;
  }

  /** Says which of many UUIDs, which lie end to end, are on the disk; `gather` tells the others. */
  stored(uuids: Uint8Array, count: number): ReadonlySet<number> {
    this.load();
    let newest = true;
    for (let place = 0; place < count && newest; place += 1) newest = timeOf(uuids, place * UUID_BYTES) > this.newest;
    if (newest) return NONE;
    const found = new Set<number>();
    for (let first = 0; first < count; first += IDS_AT_ONCE) {
      const rows = this.selectMany.all(Math.min(IDS_AT_ONCE, count - first), uuids.subarray(first * UUID_BYTES, (first + IDS_AT_ONCE) * UUID_BYTES));
      for (const row of rows) found.add(first + (row['place'] as number));
    }
    for (let place = 0; place < count; place += 1) if (this.isInRun(uuids, place * UUID_BYTES)) found.add(place);
    return found;
  }

  /** Takes a UUID that is not on the disk, from a place of its bytes on; false if it was taken before. */
  gather(uuids: Uint8Array, from: number): boolean {
    const gathered = this.load();
    if (this.going?.has(uuids, from) === true) return false;
    if (!gathered.add(uuids, from)) return false;
    this.owed += GO_FOR_EACH;
    return true;
  }

  /** Lets the id of an event that is gone from a place of the log be taken again, from the next work on. */
  release(id: Uint8Array | string, seq: number): void {
    if (this.delete.run(id).changes === 0 && typeof id !== 'string' && isTimed(id, 0)) this.runs.remove(id);
    this.is_stale ||= seq > this.stored_until;
  }

  /** Brings some ids to the disk; called at the end of a work, when its events are in the log. */
  flush(): void {
    this.runs.flush();
    if (this.is_stale) this.forget();
    if (this.going === undefined && this.gathered !== undefined && this.gathered.count >= this.gathered_max) this.begin(this.gathered);
    for (; this.going !== undefined && this.owed >= this.lot; this.owed -= this.lot) this.bring(this.going);
    if (this.going === undefined) this.owed = 0;
  }

  /** Forgets what a rolled-back transaction may have taught. */
  forget(): void {
    this.gathered = undefined;
    this.going = undefined;
    this.is_stale = false;
    this.runs.forget();
  }

  /** Sends what has gathered on its way: to runs by their times, to the index by their first bits, as what goes together there need only lie near each other. */
  private begin(gathered: IdSet): void {
    const { ids, count } = gathered;
    this.going = gathered;
    this.gathered = new IdSet();
    this.going_until = this.reader.lastSeq;
    const now = this.clock();
    const after = this.is_read ? Infinity : Math.max(this.runs.lastTime(), now - RUN_SPAN_MS);
    this.is_read = false;
    const places = 2 ** Math.ceil(Math.log2(count));
    // The rest of a number's 53 bits is for the order.
    const coarse = 2 ** Math.max(0, Math.log2(places) + 48 - 53);
    const [to_runs, to_index] = [new Float64Array(count), new Float64Array(count)];
    let in_runs = 0;
    for (let place = 0; place < count; place += 1) {
      const time = timeOf(ids, place * UUID_BYTES);
      if (time > after && time <= now && isTimed(ids, place * UUID_BYTES)) to_runs[in_runs++] = (time - after) * places + place;
      else to_index[place - in_runs] = Math.floor(time / coarse) * places + place;
    }
    const inOrder = (numbers: Float64Array, length: number): Float64Array => numbers.subarray(0, length).sort().map((number) => number % places);
    this.to_runs = inOrder(to_runs, in_runs);
    this.to_index = inOrder(to_index, count - in_runs);
  }

  private bring({ ids }: IdSet): void {
    if (this.to_runs.length > 0) this.to_runs = this.bringToRun(ids, this.to_runs);
    else if (this.to_index.length > 0) this.to_index = this.bringToIndex(ids, this.to_index);
    if (this.to_runs.length > 0 || this.to_index.length > 0) return;
    this.stored_until = this.going_until;
    this.meta.set(PLACE, this.stored_until);
    this.going = undefined;
  }

  /** Those of one time go together. */
  private bringToRun(ids: Uint8Array, places: Float64Array): Float64Array {
    let count = Math.min(this.lot, places.length);
    const time = timeOf(ids, (places[count - 1] as number) * UUID_BYTES);
    while (count < places.length && timeOf(ids, (places[count] as number) * UUID_BYTES) === time) count += 1;
    this.runs.add(idsAt(ids, places.subarray(0, count)));
    this.newest = Math.max(this.newest, time);
    return places.subarray(count);
  }

  private bringToIndex(ids: Uint8Array, places: Float64Array): Float64Array {
    // Where memory was lost on their way, some are in runs already.
    const lot = places.subarray(0, this.lot).filter((place) => !this.isInRun(ids, place * UUID_BYTES));
    for (const place of lot) this.newest = Math.max(this.newest, timeOf(ids, place * UUID_BYTES));
    this.insertMany.run(idsAt(ids, lot), lot.length);
    return places.subarray(this.lot);
  }

  private isInRun(ids: Uint8Array, from: number): boolean {
    return isTimed(ids, from) && this.runs.has(ids, from);
  }

  /** Reads the ids of the newest events, unless they are known. */
  private load(): IdSet {
    if (this.gathered !== undefined) return this.gathered;
    const gathered = new IdSet();
    this.gathered = gathered;
    this.owed = 0;
    const highest = this.selectHighest.get()?.['id'] as Uint8Array | null;
    this.newest = Math.max(highest === null ? 0 : timeOf(highest, 0), this.runs.lastTime());
    this.stored_until = Number(this.meta.find(PLACE) ?? 0);
    for (let block = this.reader.next(this.stored_until); block !== undefined; block = this.reader.next(lastSeqOf(block))) {
      const { stored_id } = this.reader.details(block.key);
      for (let index = 0; index < block.count; index += 1) {
        const id = stored_id(index);
        if (typeof id !== 'string') gathered.add(id, 0);
      }
    }
    this.is_read = gathered.count > 0;
    return gathered;
  }
}

/** Some of many ids, end to end. */
const idsAt = (ids: Uint8Array, places: Float64Array): Uint8Array => {
  const some = new Uint8Array(places.length * UUID_BYTES);
  for (let index = 0; index < places.length; index += 1) {
    const from = (places[index] as number) * UUID_BYTES;
    for (let byte = 0; byte < UUID_BYTES; byte += 1) some[index * UUID_BYTES + byte] = ids[from + byte] as number;
  }
  return some;
};
