import type { Log } from '../../../shared/log.ts';
import type { TallyStore } from './tally-store.ts';

/**
 * Counts what is served and not counted, by reason. Written down every few seconds and at the end: a count that a power cut takes
 * is a count of bots, and no visitor waits for it.
 */
export class Tally {
  readonly #store: TallyStore;
  readonly #log: Log;
  readonly #kept: Map<string, number>;
  #fresh = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: TallyStore, log: Log, every_ms = 5_000) {
    this.#store = store;
    this.#log = log;
    this.#kept = new Map(store.all());
    this.#timer = setInterval(() => this.write(), every_ms).unref();
  }

  add(name: string, count = 1): void {
    this.#fresh.set(name, (this.#fresh.get(name) ?? 0) + count);
  }

  /** Every counter by name, what is not written yet included. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map(this.#kept);
    for (const [name, count] of this.#fresh) counts.set(name, (counts.get(name) ?? 0) + count);
    return counts;
  }

  /** The counters whose names begin with `prefix`, without it. */
  countsOf(prefix: string): ReadonlyMap<string, number> {
    return new Map([...this.counts()].filter(([name]) => name.startsWith(prefix)).map(([name, count]) => [name.slice(prefix.length), count]));
  }

  /** Puts on disk what is new; a disk that takes nothing is tried again later. */
  write(): void {
    if (this.#fresh.size === 0) return;
    try {
      for (const [name, count] of this.#fresh) this.#store.add(name, count);
    } catch (error) {
      this.#log.warn('tallies could not be kept', { reason: String(error) });
      return;
    }
    for (const [name, count] of this.#fresh) this.#kept.set(name, (this.#kept.get(name) ?? 0) + count);
    this.#fresh = new Map();
  }

  close(): void {
    clearInterval(this.#timer);
    this.write();
  }
}
