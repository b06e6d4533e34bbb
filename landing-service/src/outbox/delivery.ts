import type { Log } from '../../../shared/log.ts';
import type { Outbox } from './outbox.ts';
import type { Destination, StoredItem } from './outbox-store.ts';

/** What became of a batch: it arrived (items refused for good are listed), it was refused as a whole, or nobody answered. */
export type DeliveryResult =
  | { readonly kind: 'arrived'; readonly refused: readonly { readonly index: number; readonly reason: string }[] }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'away'; readonly reason: string };

/** What a delivery works with. */
export interface DeliveryNeeds {
  readonly destination: Destination;
  readonly outbox: Outbox;
  readonly log: Log;
  /** Sends items and says what became of them; never throws. */
  readonly send: (items: readonly StoredItem[]) => Promise<DeliveryResult>;
}

const BATCH_ROWS_MAX = 1_000;
/** Below the 1 MiB that a body may have, with room for what is put around the items. */
const BATCH_BYTES_MAX = 786_432;
/** A moment for others to join the batch; the figures on a dashboard still move at once. */
const GATHER_MS = 15;
const BACK_OFF_MS_MIN = 100;
const BACK_OFF_MS_MAX = 1_000;

const fitting = (items: readonly StoredItem[]): readonly StoredItem[] => {
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += Buffer.byteLength(item.body) + 64;
    return bytes > BATCH_BYTES_MAX && index > 0;
  });
  return end < 0 ? items : items.slice(0, end);
};

/**
 * Delivers what waits for one destination, oldest first, one batch at a time: deletes it after it was acknowledged, waits longer and longer
 * while nobody answers, and takes a batch that is refused apart until the one item at fault is found, logged, counted and dropped.
 */
export class Delivery {
  readonly #needs: DeliveryNeeds;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #wait_ms = 0;
  #rows_max = BATCH_ROWS_MAX;
  #closed = false;
  #delivered = 0;
  #refused = 0;

  constructor(needs: DeliveryNeeds) {
    this.#needs = needs;
    needs.outbox.onAdded(needs.destination, () => this.#schedule(GATHER_MS));
  }

  /** Items that arrived and items that were refused for good, since the start. */
  get counts(): { readonly delivered: number; readonly refused: number } {
    return { delivered: this.#delivered, refused: this.#refused };
  }

  /** Whether the other side did not answer the last time. */
  get waiting(): boolean {
    return this.#wait_ms > 0;
  }

  /** Begins with what was left from before. */
  start(): void {
    this.#schedule(0);
  }

  /** Resolves when the batch under way, if there is one, is done with. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** Sends no further batch; resolves when the one under way is done with. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  #schedule(delay_ms: number): void {
    if (this.#closed || this.#timer !== undefined || this.#working !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#working = this.#work().finally(() => {
        this.#working = undefined;
        if (this.#needs.outbox.first(this.#needs.destination, 1).length > 0) this.#schedule(this.#wait_ms);
      });
    }, delay_ms);
  }

  async #work(): Promise<void> {
    const { destination, outbox, log, send } = this.#needs;
    const items = fitting(outbox.first(destination, this.#rows_max));
    if (items.length === 0) return;
    try {
      const result = await send(items);
      if (result.kind === 'away') this.#backOff(result.reason);
      else if (result.kind === 'arrived') await this.#settle(items, result.refused);
      else if (items.length > 1) this.#rows_max = Math.ceil(items.length / 2);
      else await this.#settle(items, [{ index: 0, reason: result.reason }]);
    } catch (error) {
      log.error('delivery failed', { destination, reason: String(error) });
      this.#backOff('failed');
    }
  }

  async #settle(items: readonly StoredItem[], refused: readonly { readonly index: number; readonly reason: string }[]): Promise<void> {
    const { destination, outbox, log } = this.#needs;
    await outbox.remove(items);
    if (this.#wait_ms > 0) log.info('delivery goes on', { destination });
    this.#wait_ms = 0;
    this.#rows_max = Math.min(BATCH_ROWS_MAX, this.#rows_max * 2);
    this.#delivered += items.length - refused.length;
    this.#refused += refused.length;
    const [first] = refused;
    if (first !== undefined) log.warn('items were refused and dropped', { destination, count: refused.length, first: items[first.index]?.item_id ?? '', reason: first.reason.slice(0, 300) });
  }

  #backOff(reason: string): void {
    const { destination, log } = this.#needs;
    if (this.#wait_ms === 0) log.warn('delivery waits', { destination, reason });
    this.#wait_ms = Math.min(BACK_OFF_MS_MAX, Math.max(BACK_OFF_MS_MIN, this.#wait_ms * 2));
  }
}
