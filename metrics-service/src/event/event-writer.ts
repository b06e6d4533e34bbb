import type { Database } from '../../../shared/sqlite/database.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import type { MetaStore } from '../meta-store.ts';
import type { AttributableEvent } from '../rollup/attribution.ts';
import { packBlock, valueAt } from './event-block.ts';
import type { FactColumns, StoredColumns } from './event-block.ts';
import { EventIds } from './event-ids.ts';
import { EventReader, lastSeqOf } from './event-reader.ts';
import type { EventBlock } from './event-reader.ts';
import { BLOCK_EVENTS, FullBlocks, parted } from './full-blocks.ts';
import { LooseEvents } from './loose-events.ts';
import type { EventRow } from './loose-events.ts';

/** How many full blocks are kept in memory for the visitors whose events they have. */
const BLOCKS_REMEMBERED = 32;
/** How many rows events that are in no full block may have: whoever reads all of them reads a few. */
export const LOOSE_ROWS_MAX = 32;

/**
 * Writes the log of events. What a work adds is written at its end, as one row of a few long columns; when enough of these have gathered they are
 * joined into a full block. Works inside the caller's transaction; reads what the work itself has added or removed.
 */
export class EventWriter {
  readonly ids: EventIds;
  private readonly reader: EventReader;
  private readonly experiments: ExperimentStore;
  private readonly full: FullBlocks;
  private readonly insertLoose;
  private readonly selectLoose;
  private readonly deleteLoose;
  /** What is on disk and in no full block yet; undefined where only the disk knows. */
  private loose: LooseEvents | undefined;
  /** How many rows these have. */
  private loose_rows = 0;
  /** What is not on disk yet; the same columns serve work after work. */
  private fresh = new LooseEvents();
  /** By visitor: the time before which their events are removed with this work. */
  private readonly removals = new Map<number, number>();
  private readonly remembered = new Map<number, EventBlock>();
  private last_seq: number;

  /** `ids_gathered_max` is for tests: how many ids are kept in memory. */
  constructor(database: Database, experiments: ExperimentStore, meta: MetaStore, ids_gathered_max?: number) {
    this.reader = new EventReader(database);
    this.experiments = experiments;
    this.ids = new EventIds(database, this.reader, meta, ids_gathered_max);
    this.full = new FullBlocks(database);
    this.insertLoose = database.prepare('INSERT INTO loose_events (first_seq, last_seq, events, earliest, latest, facts, ids, texts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.selectLoose = database.prepare('SELECT facts, ids, texts FROM loose_events ORDER BY first_seq');
    this.deleteLoose = database.prepare('DELETE FROM loose_events');
    this.last_seq = this.reader.lastSeq;
  }

  /** Adds an event whose id was taken; answers its place in the log. Places are never given twice while the process lives. */
  add(event: EventRow): number {
    this.last_seq += 1;
    this.fresh.add(this.last_seq, event);
    return this.last_seq;
  }

  /** Reads what decides where a visitor's events count. */
  attributable(visitor: number): readonly AttributableEvent[] {
    const before = this.removals.get(visitor) ?? -Infinity;
    const found: AttributableEvent[] = [];
    for (const key of this.reader.keysOf(visitor)) {
      const block = this.remember(key);
      this.collect(block, (place) => valueAt(block, place), visitor, before, found);
    }
    for (const events of [this.looseEvents(), this.fresh]) this.collect(events, (place) => events.values.get(place) ?? null, visitor, before, found);
    return found;
  }

  private collect(facts: FactColumns, valueOf: (place: number) => number | null, visitor: number, before: number, found: AttributableEvent[]): void {
    const wanted = visitor - facts.first_visitor;
    for (let place = 0; place < facts.count; place += 1) {
      if (facts.visitor[place] !== wanted) continue;
      const at = facts.first_at + (facts.at[place] as number);
      if (at < before) continue;
      const experiment = facts.experiment[place] as number;
      found.push({
        type: facts.type[place] as number,
        named_metric: facts.name[place] || null,
        experiment: experiment === 0 ? null : this.experiments.meaningOf(experiment),
        variant: facts.variant[place] || null,
        at,
        arrived: facts.first_arrived + (facts.arrived[place] as number),
        value: valueOf(place),
        imported: facts.imported[place] === 1,
      });
    }
  }

  /** Removes a visitor's events before a time; answers how many. */
  remove(visitor: number, before: number = Infinity): number {
    const removed = this.attributable(visitor).reduce((count, { at }) => (at < before ? count + 1 : count), 0);
    if (removed > 0) this.removals.set(visitor, Math.max(before, this.removals.get(visitor) ?? -Infinity));
    return removed;
  }

  /** Finds the visitors whose events give their experiment this name; reads all events. */
  visitorsNaming(name: number): readonly number[] {
    const found = new Set<number>();
    const look = ({ count, first_visitor, experiment, visitor }: FactColumns): void => {
      for (let place = 0; place < count; place += 1) if (experiment[place] === name) found.add(first_visitor + (visitor[place] as number));
    };
    for (let block = this.reader.next(0); block !== undefined; block = this.reader.next(lastSeqOf(block))) look(block);
    look(this.fresh);
    return [...found];
  }

  /** Writes what the work has added and removed; called at its end. */
  flush(): void {
    if (this.removals.size > 0) this.sweep();
    if (this.fresh.count > 0) this.write();
    this.ids.flush();
  }

  private write(): void {
    const loose = this.looseEvents();
    const { fresh } = this;
    if (loose.count === 0 && fresh.count >= BLOCK_EVENTS) {
      this.full.add(fresh);
      fresh.clear();
      return;
    }
    loose.addAll(fresh);
    if (loose.count >= BLOCK_EVENTS) {
      this.full.add(loose);
      this.replaceLoose(new LooseEvents());
    } else if (this.loose_rows >= LOOSE_ROWS_MAX) this.replaceLoose(loose);
    else this.writeLoose(fresh);
    fresh.clear();
  }

  /** Forgets what a rolled-back transaction may have taught. */
  forget(): void {
    this.loose = undefined;
    this.fresh.clear();
    this.removals.clear();
    this.remembered.clear();
    this.ids.forget();
  }

  private sweep(): void {
    const stays = (visitor: number, at: number): boolean => at >= (this.removals.get(visitor) ?? -Infinity);
    const keys = new Set([...this.removals.keys()].flatMap((visitor) => this.reader.keysOf(visitor)));
    for (const key of keys) this.release(this.full.sweep(key, stays));
    this.remembered.clear();
    const loose = this.sweepLoose(this.looseEvents(), stays);
    if (loose !== this.loose) this.replaceLoose(loose);
    this.fresh = this.sweepLoose(this.fresh, stays);
    this.removals.clear();
  }

  private sweepLoose(events: LooseEvents, stays: (visitor: number, at: number) => boolean): LooseEvents {
    if (events.count === 0) return events;
    const [kept, gone] = parted(packBlock(events), stays);
    this.release(gone);
    return gone.count === 0 ? events : kept;
  }

  /** Lets the ids of events that are gone be taken again. */
  private release(gone: LooseEvents): void {
    for (let place = 0; place < gone.count; place += 1) this.ids.release(gone.idAt(place), gone.seq[place] as number);
  }

  private writeLoose(events: LooseEvents): void {
    const { first_seq, last_seq, events: count, earliest, latest, facts, ids, texts } = packBlock(events);
    this.insertLoose.run(first_seq, last_seq, count, earliest, latest, facts, ids, texts);
    this.loose_rows += 1;
  }

  private replaceLoose(events: LooseEvents): void {
    this.deleteLoose.run();
    this.loose_rows = 0;
    if (events.count > 0) this.writeLoose(events);
    this.loose = events;
  }

  private looseEvents(): LooseEvents {
    if (this.loose !== undefined) return this.loose;
    this.loose = new LooseEvents();
    const rows = this.selectLoose.all();
    for (const row of rows) this.loose.addStored(row as unknown as StoredColumns);
    this.loose_rows = rows.length;
    return this.loose;
  }

  /** Answers a full block, from memory if it was read lately. */
  private remember(key: number): EventBlock {
    const block = this.remembered.get(key) ?? (this.reader.block(key) as EventBlock);
    this.remembered.delete(key);
    this.remembered.set(key, block);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > BLOCKS_REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
    return block;
  }
}
