/** A place in a request where the generator puts a fresh UUID each time. */
export const FRESH_ID: string = 'fresh-id-'.padEnd(36, '~');

/** A place in a request for a visitor's UUID, which changes after every `USES_PER_VISITOR` uses. */
export const VISITOR_ID: string = 'visitor-id-'.padEnd(36, '~');

/** A place in a request for the time of sending, ISO 8601 with milliseconds. */
export const SENT_TIME: string = 'sent-time-'.padEnd(24, '~');

/** A visitor of a landing page causes about so many events. */
export const USES_PER_VISITOR = 5;

/** What the generator is to send, and for how long. */
export interface LoadPlan {
  readonly port: number;
  /** Whole HTTP requests, with the places above in them; sent in turn. */
  readonly requests: readonly string[];
  /** The version of the UUIDs: `v7` in the order of time, `v4` all random. */
  readonly ids: 'v7' | 'v4';
  readonly connections: number;
  /** Pause from one request to the next on a connection (milliseconds); without it, each follows the answer before it. */
  readonly every_ms?: number;
  readonly warm_ms: number;
  readonly measure_ms: number;
  /** Ends, without looking at the time, when so many were answered. */
  readonly answers_max?: number;
  /** Process ids whose CPU, children included, is read at both ends of the measured time. */
  readonly processes: readonly number[];
}

/** What came of a plan. Rates, latencies and costs are of the measured time alone. */
export interface LoadResult {
  readonly per_second: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
  /** CPU time per answered request in microseconds, per entry of `processes`; NaN where the system does not tell. */
  readonly cpu_us: readonly number[];
  /** Memory at the end in MB, per entry of `processes`. */
  readonly rss_mb: readonly number[];
  /** Share of one core that the generator itself used: near 1, it is the generator that was measured. */
  readonly generator_busy: number;
  /** Answers of 2xx, warm-up included. */
  readonly accepted: number;
  /** Answers of anything else, and broken connections, warm-up included. */
  readonly refused: number;
  /** The beginning of the first answer that was not 2xx; empty if there was none. */
  readonly refusal: string;
}
