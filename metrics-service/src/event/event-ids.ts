import type { Database } from '../../../shared/sqlite/database.ts';
import { UUID_BYTES } from '../../../shared/sqlite/stored-id.ts';
import type { MetaStore } from '../meta-store.ts';
import { lastSeqOf } from './event-reader.ts';
import type { EventReader } from './event-reader.ts';
import { IdSet } from './id-set.ts';

/** How many ids gather in memory before they go to the index. */
const GATHERED_MAX = 60_000;
/** How many go there at once; `places` has as many rows. */
const IDS_AT_ONCE = 1_000;
/** For each id that comes so many go to the index, so that what is on its way is gone before as many have gathered again. */
const GO_FOR_EACH = 2;
/** Under which name it is stored up to which place of the log all ids are in the index. */
const PLACE = 'ids_seq';

const NONE: ReadonlySet<number> = new Set();

/**
 * The ids of all events: each is taken once. An index of ids that come in no order costs a page of the disk for each, so those of the newest events
 * are kept in memory (they are in the events' blocks anyway) and go to the index many at a time, in order, each lot to a few pages that lie side by
 * side. Works inside the caller's transaction; what memory lost is read from the blocks again.
 */
export class EventIds {
  private readonly reader: EventReader;
  private readonly meta: MetaStore;
  private readonly gathered_max: number;
  private readonly lot: number;
  private readonly insert;
  private readonly insertMany;
  private readonly selectMany;
  private readonly selectHighest;
  private readonly delete;
  /** Those that gather; undefined where only the disk knows. */
  private gathered: IdSet | undefined;
  /** Those on their way to the index, what of them is left in the order to go, and up to which place of the log these are all. */
  private going: IdSet | undefined;
  private order: Float64Array = new Float64Array(0);
  private going_until = 0;
  /** Up to which place of the log all ids are in the index. */
  private indexed_until = 0;
  /** Whether ids in memory may be those of events that are gone. */
  private is_stale = false;
  private owed = 0;
  /** When the newest UUID of the index was made, as a UUIDv7 says it: later ones are not in it. */
  private newest = 0;

  constructor(database: Pick<Database, 'prepare'>, reader: EventReader, meta: MetaStore, gathered_max: number = GATHERED_MAX) {
    this.reader = reader;
    this.meta = meta;
    this.gathered_max = gathered_max;
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

  /** Says which of many UUIDs, which lie end to end, are in the index; `gather` tells the others. */
  indexed(uuids: Uint8Array, count: number): ReadonlySet<number> {
    this.load();
    let newest = true;
    for (let place = 0; place < count && newest; place += 1) newest = timeOf(uuids, place * UUID_BYTES) > this.newest;
    if (newest) return NONE;
    const found = new Set<number>();
    for (let first = 0; first < count; first += IDS_AT_ONCE) {
      const rows = this.selectMany.all(Math.min(IDS_AT_ONCE, count - first), uuids.subarray(first * UUID_BYTES, (first + IDS_AT_ONCE) * UUID_BYTES));
      for (const row of rows) found.add(first + (row['place'] as number));
    }
    return found;
  }

  /** Takes a UUID that is not in the index, from a place of its bytes on; false if it was taken before. */
  gather(uuids: Uint8Array, from: number): boolean {
    const gathered = this.load();
    if (this.going?.has(uuids, from) === true) return false;
    if (!gathered.add(uuids, from)) return false;
    this.owed += GO_FOR_EACH;
    return true;
  }

  /** Lets the id of an event that is gone from a place of the log be taken again, from the next work on. */
  release(id: Uint8Array | string, seq: number): void {
    this.delete.run(id);
    this.is_stale ||= seq > this.indexed_until;
  }

  /** Brings some ids to the index; called at the end of a work, when its events are in the log. */
  flush(): void {
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
  }

  /** Sends what has gathered on its way, in the order of its first bits: what goes together need only lie near each other. */
  private begin(gathered: IdSet): void {
    const { ids, count } = gathered;
    this.going = gathered;
    this.gathered = new IdSet();
    this.going_until = this.reader.lastSeq;
    const places = 2 ** Math.ceil(Math.log2(count));
    // The rest of a number's 53 bits is for the order.
    const coarse = 2 ** Math.max(0, Math.log2(places) + 48 - 53);
    this.order = new Float64Array(count);
    for (let place = 0; place < count; place += 1) this.order[place] = Math.floor(timeOf(ids, place * UUID_BYTES) / coarse) * places + place;
    this.order = this.order.sort().map((number) => number % places);
  }

  private bring(going: IdSet): void {
    const { ids } = going;
    const lot = this.order.subarray(0, this.lot);
    const bytes = new Uint8Array(lot.length * UUID_BYTES);
    lot.forEach((place, index) => {
      const from = place * UUID_BYTES;
      bytes.set(ids.subarray(from, from + UUID_BYTES), index * UUID_BYTES);
      this.newest = Math.max(this.newest, timeOf(ids, from));
    });
    this.insertMany.run(bytes, lot.length);
    this.order = this.order.subarray(lot.length);
    if (this.order.length > 0) return;
    this.indexed_until = this.going_until;
    this.meta.set(PLACE, this.indexed_until);
    this.going = undefined;
  }

  /** Reads the ids of the newest events, unless they are known. */
  private load(): IdSet {
    if (this.gathered !== undefined) return this.gathered;
    const gathered = new IdSet();
    this.gathered = gathered;
    this.owed = 0;
    const highest = this.selectHighest.get()?.['id'] as Uint8Array | null;
    this.newest = highest === null ? 0 : timeOf(highest, 0);
    this.indexed_until = Number(this.meta.find(PLACE) ?? 0);
    for (let block = this.reader.next(this.indexed_until); block !== undefined; block = this.reader.next(lastSeqOf(block))) {
      const { stored_id } = this.reader.details(block.key);
      for (let index = 0; index < block.count; index += 1) {
        const id = stored_id(index);
        if (typeof id !== 'string') gathered.add(id, 0);
      }
    }
    return gathered;
  }
}

/** The first 48 bits, which are the time of a UUIDv7. */
const timeOf = (bytes: Uint8Array, from: number): number =>
  (((bytes[from] as number) << 16) | ((bytes[from + 1] as number) << 8) | (bytes[from + 2] as number)) * 0x100_0000 +
  (((bytes[from + 3] as number) << 16) | ((bytes[from + 4] as number) << 8) | (bytes[from + 5] as number));
