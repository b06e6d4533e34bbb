import type { Database } from '../../../shared/sqlite/database.ts';
import type { StoredDatabase } from '../../../shared/sqlite/stored-database.ts';
import { openDetails, openFacts } from './event-block.ts';
import type { EventDetails, EventFacts } from './event-block.ts';

/** Blocks of events lie in one table once they are full, and in another while they are small and still to be joined; both have these columns. */
const TABLES = ['event_blocks', 'loose_events'] as const;

/** Where events lie: `key` finds their block as long as nobody changes it. */
export interface BlockSpan {
  readonly key: number;
  readonly events: number;
  /** Of the times at which they happened (milliseconds since 1970). */
  readonly earliest: number;
  readonly latest: number;
}

/** The facts of a block, and where it lies. */
export interface EventBlock extends EventFacts {
  readonly key: number;
}

/**
 * Reads the log of events, a block at a time: no statement is open between two blocks. Events that came one after the other lie in one block, so
 * what is asked of many events is asked of a few long columns. What one caller reads in one turn of the event loop belongs together where the caller
 * reads in a snapshot; between turns blocks may be joined or change: then a key finds nothing, or fewer events.
 */
export class EventReader {
  private readonly selectNext;
  private readonly selectPrevious;
  private readonly selectBlock;
  private readonly selectDetails;
  private readonly selectLatestSpans;
  private readonly selectLoose;
  private readonly selectOfVisitor;
  private readonly selectLast;
  private readonly selectCount;

  constructor(database: Pick<Database, 'prepare'> | Pick<StoredDatabase, 'prepare'>) {
    const fromEach = (sql: (table: string) => string) => TABLES.map((table) => database.prepare(sql(table)));
    this.selectNext = fromEach((table) => `SELECT first_seq AS key, facts FROM ${table} WHERE first_seq >= coalesce((SELECT max(first_seq) FROM ${table} WHERE first_seq <= :seq), 0) AND last_seq > :seq ORDER BY first_seq LIMIT 1`);
    this.selectPrevious = fromEach((table) => `SELECT first_seq AS key, facts FROM ${table} WHERE first_seq < ? ORDER BY first_seq DESC LIMIT 1`);
    this.selectBlock = fromEach((table) => `SELECT first_seq AS key, facts FROM ${table} WHERE first_seq = ?`);
    this.selectDetails = fromEach((table) => `SELECT ids, texts FROM ${table} WHERE first_seq = ?`);
    this.selectLatestSpans = database.prepare('SELECT first_seq AS key, events, earliest, latest FROM event_blocks WHERE latest >= ? AND earliest < ? ORDER BY latest DESC, first_seq DESC LIMIT ?');
    this.selectLoose = database.prepare('SELECT first_seq AS key, facts FROM loose_events ORDER BY first_seq');
    this.selectOfVisitor = database.prepare('SELECT first_seq AS key FROM visitor_blocks WHERE visitor = ? ORDER BY first_seq');
    this.selectLast = database.prepare(`SELECT max(${TABLES.map((table) => `coalesce((SELECT last_seq FROM ${table} ORDER BY first_seq DESC LIMIT 1), 0)`).join(', ')}) AS seq`);
    this.selectCount = database.prepare(`SELECT ${TABLES.map((table) => `(SELECT coalesce(sum(events), 0) FROM ${table})`).join(' + ')} AS events`);
  }

  /** The newest place of the log. */
  get lastSeq(): number {
    return this.selectLast.get()?.['seq'] as number;
  }

  /** How many events there are; reads what each block says of itself. */
  count(): number {
    return this.selectCount.get()?.['events'] as number;
  }

  /** The block that has the first event after a place of the log; its first events may be before that. */
  next(after: number): EventBlock | undefined {
    const block = this.find(this.selectNext, { seq: after });
    // Whoever goes on from its last event would never end.
    if (block !== undefined && lastSeqOf(block) <= after) throw new Error(`The block ${block.key} of events is damaged: npm run verify says how.`);
    return block;
  }

  /** The block that has the last event before a place of the log; its last events may be behind that. */
  previous(before: number): EventBlock | undefined {
    return this.find(this.selectPrevious.toReversed(), before);
  }

  /** Where the events of a stretch of time lie in full blocks, among others: those first that end latest, and of these those that came last. */
  latestSpans(from: number, to: number, limit: number = -1): readonly BlockSpan[] {
    return this.selectLatestSpans.all(from, to, limit) as unknown as readonly BlockSpan[];
  }

  /**
   * The blocks that have the events of a stretch of time, others among them: those that are not full, which may be joined soon, then the full ones, the
   * oldest first. To be begun in a snapshot: they are what there is then and nobody erases meanwhile, whatever is recorded.
   */
  *between(from: number, to: number): Generator<EventBlock> {
    const loose = [...this.looseBlocks()];
    const keys = this.latestSpans(from, to).map(({ key }) => key);
    yield* loose;
    for (const key of keys.sort((one, other) => one - other)) {
      const block = this.block(key);
      if (block !== undefined) yield block;
    }
  }

  /** A block by its key. */
  block(key: number): EventBlock | undefined {
    return this.find(this.selectBlock, key);
  }

  /** The events after a place of the log, one after the other: the block of each, and where in it. */
  *after(seq: number): Generator<readonly [block: EventBlock, place: number]> {
    for (let block = this.next(seq); block !== undefined; block = this.next(lastSeqOf(block))) {
      for (let place = 0; place < block.count; place += 1) if (block.first_seq + (block.seq[place] as number) > seq) yield [block, place];
    }
  }

  /** What is shown of the events of a block. */
  details(key: number): EventDetails {
    for (const statement of this.selectDetails) {
      const row = statement.get(key);
      if (row !== undefined) return openDetails(row['ids'] as Uint8Array, row['texts'] as Uint8Array | null);
    }
    throw new Error(`There is no block ${key} of events.`);
  }

  /** The keys of the full blocks that have events of a visitor, the oldest first. */
  keysOf(visitor: number): readonly number[] {
    return this.selectOfVisitor.all(visitor).map((row) => row['key'] as number);
  }

  /** The blocks that have events of a visitor, the oldest first, and all that are not full. To be begun in a snapshot, and as true later as `between`. */
  *blocksOf(visitor: number): Generator<EventBlock> {
    const [keys, loose] = [this.keysOf(visitor), [...this.looseBlocks()]];
    for (const key of keys) {
      const block = this.block(key);
      if (block !== undefined) yield block;
    }
    yield* loose;
  }

  /** The blocks that are not full, the oldest first. */
  *looseBlocks(): Generator<EventBlock> {
    for (const row of this.selectLoose.all()) yield toBlock(row);
  }

  private find(statements: readonly { get: (value: never) => Record<string, unknown> | undefined }[], value: unknown): EventBlock | undefined {
    for (const statement of statements) {
      const row = statement.get(value as never);
      if (row !== undefined) return toBlock(row);
    }
    return undefined;
  }
}

const toBlock = (row: Record<string, unknown>): EventBlock => ({ key: row['key'] as number, ...openFacts(row['facts'] as Uint8Array) });

/** The place in the log of a block's last event. */
export const lastSeqOf = ({ first_seq, seq, count }: EventBlock): number => first_seq + (seq[count - 1] as number);
