import type { Database } from '../../../shared/sqlite/database.ts';
import { UUID_BYTES } from '../../../shared/sqlite/stored-id.ts';

const VERSION_7 = 7;

/** The first 48 bits of a UUID among others: for one of version 7 the time at which it was made (ms since 1970). */
export const timeOf = (ids: Uint8Array, from: number): number =>
  (((ids[from] as number) << 16) | ((ids[from + 1] as number) << 8) | (ids[from + 2] as number)) * 0x100_0000 +
  (((ids[from + 3] as number) << 16) | ((ids[from + 4] as number) << 8) | (ids[from + 5] as number));

/** Whether a UUID among others is of version 7. */
export const isTimed = (ids: Uint8Array, from: number): boolean => (ids[from + 6] as number) >> 4 === VERSION_7;

/** A row: UUIDs end to end, in the order of their times. No other row has one between its first and last time. */
interface Run {
  readonly from_ms: number;
  readonly until_ms: number;
  ids: Uint8Array;
}

/** UUIDs of version 7 in the order of their times, many to a row: a fraction of what a row for each costs. Works inside the caller's transaction. */
export class IdRuns {
  private readonly insert;
  private readonly select;
  private readonly selectLast;
  private readonly update;
  private readonly delete;
  /** The one that was asked last. */
  private run: Run | undefined;
  /** Until when the last of all goes; undefined where only the disk knows. */
  private last_time: number | undefined;
  private is_changed = false;

  constructor(database: Pick<Database, 'prepare'>) {
    this.insert = database.prepare('INSERT INTO event_id_runs (from_ms, until_ms, ids) VALUES (?, ?, ?)');
    this.select = database.prepare('SELECT from_ms, until_ms, ids FROM event_id_runs WHERE from_ms <= ? ORDER BY from_ms DESC LIMIT 1');
    this.selectLast = database.prepare('SELECT max(from_ms), until_ms FROM event_id_runs');
    this.update = database.prepare('UPDATE event_id_runs SET ids = ? WHERE from_ms = ?');
    this.delete = database.prepare('DELETE FROM event_id_runs WHERE from_ms = ?');
  }

  /** Until when the last run goes, and 0 without any: what is added must be later. */
  lastTime(): number {
    return (this.last_time ??= (this.selectLast.get()?.['until_ms'] as number | null) ?? 0);
  }

  /** Appends UUIDs, which lie end to end in the order of their times and are later than all others. */
  add(ids: Uint8Array): void {
    const until = timeOf(ids, ids.length - UUID_BYTES);
    this.insert.run(timeOf(ids, 0), until, ids);
    this.last_time = until;
  }

  /** Whether a UUID is among them. */
  has(ids: Uint8Array, from: number): boolean {
    return this.placeOf(ids, from) !== undefined;
  }

  /** Removes a UUID, if it is among them. */
  remove(id: Uint8Array): void {
    const place = this.placeOf(id, 0);
    if (place === undefined) return;
    const run = this.run as Run;
    const left = new Uint8Array(run.ids.length - UUID_BYTES);
    left.set(run.ids.subarray(0, place));
    left.set(run.ids.subarray(place + UUID_BYTES), place);
    run.ids = left;
    this.is_changed = true;
  }

  /** Writes what was removed. */
  flush(): void {
    const { run } = this;
    if (run === undefined || !this.is_changed) return;
    this.is_changed = false;
    if (run.ids.length > 0) this.update.run(run.ids, run.from_ms);
    else {
      this.delete.run(run.from_ms);
      // Another may lie in its time then.
      this.forget();
    }
  }

  /** Forgets what a rolled-back transaction may have changed. */
  forget(): void {
    this.run = undefined;
    this.is_changed = false;
    this.last_time = undefined;
  }

  /** Where in its run a UUID lies. */
  private placeOf(ids: Uint8Array, from: number): number | undefined {
    const time = timeOf(ids, from);
    const run = time > this.lastTime() ? undefined : this.runAt(time);
    if (run === undefined) return undefined;
    let [low, high] = [0, run.ids.length / UUID_BYTES];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (timeOf(run.ids, middle * UUID_BYTES) < time) low = middle + 1;
      else high = middle;
    }
    for (let place = low * UUID_BYTES; place < run.ids.length && timeOf(run.ids, place) === time; place += UUID_BYTES) if (isSameId(run.ids, place, ids, from)) return place;
    return undefined;
  }

  private runAt(time: number): Run | undefined {
    if (this.run === undefined || time < this.run.from_ms || time > this.run.until_ms) {
      this.flush();
      const row = this.select.get(time) as unknown as Run | undefined;
      // A row is not asked for again by a time that it does not have.
      if (row === undefined || time > row.until_ms) return undefined;
      this.run = { from_ms: row.from_ms, until_ms: row.until_ms, ids: row.ids };
    }
    return this.run;
  }
}

const isSameId = (ids: Uint8Array, place: number, others: Uint8Array, from: number): boolean => {
  for (let index = 0; index < UUID_BYTES; index += 1) if (ids[place + index] !== others[from + index]) return false;
  return true;
};
