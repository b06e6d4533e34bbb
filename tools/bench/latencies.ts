const BUCKETS_PER_MS = 100;
const MS_MAX = 2_000;

/** Counts latencies in steps of 10 µs, up to two seconds, so that percentiles are of all requests and not of a sample. */
export class Latencies {
  readonly #counts: Uint32Array = new Uint32Array(MS_MAX * BUCKETS_PER_MS + 1);
  #total = 0;

  /** Counts one; what took longer than two seconds counts as two. */
  add(milliseconds: number): void {
    const bucket = Math.min(MS_MAX * BUCKETS_PER_MS, Math.max(0, Math.floor(milliseconds * BUCKETS_PER_MS)));
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#total += 1;
  }

  /** Forgets everything: the warm-up is over. */
  clear(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  /** The latency (milliseconds) that a share of all requests kept below, 0.99 for p99; NaN when there was none. */
  percentile(share: number): number {
    if (this.#total === 0) return NaN;
    let left = Math.max(1, Math.ceil(share * this.#total));
    for (let bucket = 0; ; bucket += 1) {
      left -= this.#counts[bucket] as number;
      if (left <= 0) return (bucket + 0.5) / BUCKETS_PER_MS;
    }
  }
}
