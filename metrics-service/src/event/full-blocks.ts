import type { Database } from '../../../shared/sqlite/database.ts';
import { packBlock } from './event-block.ts';
import type { StoredColumns } from './event-block.ts';
import { LooseEvents } from './loose-events.ts';

/** So many events are worth a block of their own, which may have up to a thousand more: few enough to be read for one visitor's sake, many enough to be quick to look through. */
export const BLOCK_EVENTS = 512;

/** Writes blocks that are full, and which visitors each has events of. Works inside the caller's transaction. */
export class FullBlocks {
  private readonly insert;
  private readonly update;
  private readonly remove;
  private readonly select;
  private readonly insertVisitor;
  private readonly removeVisitor;

  constructor(database: Pick<Database, 'prepare'>) {
    this.insert = database.prepare('INSERT INTO event_blocks (first_seq, last_seq, events, earliest, latest, facts, ids, texts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.update = database.prepare('UPDATE event_blocks SET last_seq = ?, events = ?, earliest = ?, latest = ?, facts = ?, ids = ?, texts = ? WHERE first_seq = ?');
    this.remove = database.prepare('DELETE FROM event_blocks WHERE first_seq = ?');
    this.select = database.prepare('SELECT facts, ids, texts FROM event_blocks WHERE first_seq = ?');
    this.insertVisitor = database.prepare('INSERT INTO visitor_blocks (visitor, first_seq) VALUES (?, ?)');
    this.removeVisitor = database.prepare('DELETE FROM visitor_blocks WHERE visitor = ? AND first_seq = ?');
  }

  /** Writes a new block. */
  add(events: LooseEvents): void {
    const { first_seq, last_seq, events: count, earliest, latest, facts, ids, texts } = packBlock(events);
    this.insert.run(first_seq, last_seq, count, earliest, latest, facts, ids, texts);
    for (const visitor of visitorsOf(events)) this.insertVisitor.run(visitor, first_seq);
  }

  /** Takes the events out of a block that do not stay; answers these. */
  sweep(key: number, stays: (visitor: number, at: number) => boolean): LooseEvents {
    const stored = this.select.get(key) as unknown as StoredColumns;
    const [kept, gone] = parted(stored, stays);
    if (gone.count === 0) return gone;
    const left = new Set(visitorsOf(kept));
    for (const visitor of visitorsOf(gone)) if (!left.has(visitor)) this.removeVisitor.run(visitor, key);
    if (kept.count === 0) {
      this.remove.run(key);
      return gone;
    }
    const { last_seq, events, earliest, latest, facts, ids, texts } = packBlock(kept);
    this.update.run(last_seq, events, earliest, latest, facts, ids, texts, key);
    return gone;
  }
}

/** Parts events into those that stay and the others. */
export const parted = (stored: StoredColumns, stays: (visitor: number, at: number) => boolean): readonly [kept: LooseEvents, gone: LooseEvents] => {
  const [kept, gone] = [new LooseEvents(), new LooseEvents()];
  kept.addStored(stored, stays);
  gone.addStored(stored, (visitor, at) => !stays(visitor, at));
  return [kept, gone];
};

/** In order, so that the rows of visitors who came together are written beside each other. */
const visitorsOf = (events: LooseEvents): readonly number[] => [...new Set(events.column('visitor'))].sort((one, other) => one - other);
