import { Problem } from '../../../shared/problem.ts';
import type { GroupCommit } from '../../../shared/sqlite/group-commit.ts';
import type { Destination, OutboxItem, OutboxSize, OutboxStore, StoredItem } from './outbox-store.ts';

/** How much may wait before new items are refused (503). */
export interface OutboxLimits {
  readonly rows_max: number;
  readonly bytes_max: number;
}

const LIMITS: OutboxLimits = { rows_max: 1_000_000, bytes_max: 1_073_741_824 };
/** Ids of items that came lately, so that a retry is told from a new one after delivery too. */
const RECENT_MAX = 50_000;
const RETRY_AFTER_SECONDS = 30;

/**
 * What must arrive at another service: on disk before anybody is answered, deleted when it is acknowledged there, bounded.
 * Nothing is dropped in silence: a full outbox refuses, and says so.
 */
export class Outbox {
  readonly #store: OutboxStore;
  readonly #commit: GroupCommit;
  readonly #limits: OutboxLimits;
  readonly #listeners: Partial<Record<Destination, () => void>> = {};
  readonly #recent = new Set<string>();
  #rows: number;
  #bytes: number;

  constructor(store: OutboxStore, commit: GroupCommit, limits: OutboxLimits = LIMITS) {
    this.#store = store;
    this.#commit = commit;
    this.#limits = limits;
    const { rows, bytes } = store.size();
    this.#rows = rows;
    this.#bytes = bytes;
  }

  /** How much waits, counted without a look at the disk. */
  get size(): OutboxSize {
    return { rows: this.#rows, bytes: this.#bytes };
  }

  /** Calls `listener` whenever something new waits for `destination`. */
  onAdded(destination: Destination, listener: () => void): void {
    this.#listeners[destination] = listener;
  }

  /**
   * Keeps items together with whatever else `work` writes, in one transaction; resolves after COMMIT to one verdict an item: true if it is new.
   * Throws Problem `overloaded` when the outbox is full, `disk_full` when the disk is.
   */
  async add(items: readonly OutboxItem[], work: () => void = () => {}): Promise<readonly boolean[]> {
    const { rows_max, bytes_max } = this.#limits;
    const bytes = items.map(({ body }) => Buffer.byteLength(body));
    const more = bytes.reduce((sum, each) => sum + each, 0);
    if (this.#rows + items.length > rows_max || this.#bytes + more > bytes_max)
      throw new Problem('overloaded', 'Too much waits for metrics-service or ab-service already: nothing was stored.', { retry_after_seconds: RETRY_AFTER_SECONDS });
    // Counted before it is written, so that many at once cannot pass the bound together.
    this.#rows += items.length;
    this.#bytes += more;
    let added: readonly boolean[];
    try {
      added = await this.#commit.run(() => {
        work();
        return items.map((item) => !this.#recent.has(`${item.destination} ${item.item_id}`) && this.#store.add(item));
      });
    } catch (error) {
      this.#forget(items.length, more);
      throw error;
    }
    items.forEach((item, index) => {
      if (added[index] === true) this.#remember(`${item.destination} ${item.item_id}`);
      else this.#forget(1, bytes[index] ?? 0);
    });
    for (const destination of new Set(items.map((item) => item.destination))) this.#listeners[destination]?.();
    return added;
  }

  /** The items that are next for a destination. */
  first(destination: Destination, limit: number): readonly StoredItem[] {
    return this.#store.first(destination, limit);
  }

  /** The items of a visitor that still wait. */
  ofVisitor(visitor_id: string, limit: number): readonly StoredItem[] {
    return this.#store.ofVisitor(visitor_id, limit);
  }

  /** Forgets items that have arrived, were refused for good, or are erased; answers how many were still there. */
  async remove(items: readonly StoredItem[]): Promise<number> {
    if (items.length === 0) return 0;
    const removed = await this.#commit.run(() => this.#store.remove(items));
    this.#forget(removed.length, removed.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0));
    return removed.length;
  }

  #forget(rows: number, bytes: number): void {
    this.#rows = Math.max(0, this.#rows - rows);
    this.#bytes = Math.max(0, this.#bytes - bytes);
  }

  #remember(id: string): void {
    this.#recent.add(id);
    if (this.#recent.size <= RECENT_MAX) return;
    for (const oldest of this.#recent) {
      this.#recent.delete(oldest);
      break;
    }
  }
}
