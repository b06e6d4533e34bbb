import type { Clock } from '../../../shared/clock.ts';
import type { Aggregation, ResultsAnswer } from '../../../shared/contract/results.ts';
import type { Peer } from '../../../shared/http/peer.ts';
import { extendTrail } from './curve.ts';
import type { Figures } from './overview.ts';

/** How old figures may be that are shown again: metrics-service is asked once a second at most, whoever looks on. */
const FRESH_MS = 950;
const ANSWER_MS = 3_000;
/** Fewer points than this make no curve: they are cut finer. */
const POINTS_MIN = 4;
/** More than this are cut coarser. */
const POINTS_MAX = 400;
const FINER: Readonly<Record<Aggregation, Aggregation>> = { week: 'day', day: 'hour', hour: 'hour' };
const COARSER: Readonly<Record<Aggregation, Aggregation>> = { hour: 'day', day: 'week', week: 'week' };

/** Asks for the results of one experiment, and keeps the last ones for when nobody answers. */
export class FigureSource {
  private readonly metrics: Peer;
  private readonly path: string;
  private readonly clock: Clock;
  private aggregation: Aggregation = 'day';
  private text = '';
  private known: Figures | undefined;
  private asked_at = -Infinity;
  private answered_at = -Infinity;
  private asking: Promise<Figures | undefined> | undefined;

  /** `key` is the experiment's key or id. */
  constructor(metrics: Peer, key: string, clock: Clock) {
    this.metrics = metrics;
    this.path = `/experiments/${encodeURIComponent(key)}/results`;
    this.clock = clock;
  }

  /** When somebody last asked; milliseconds. */
  get used_at(): number {
    return this.asked_at;
  }

  /** Answers the same object for as long as nothing has changed; undefined while nothing is known. */
  read(): Promise<Figures | undefined> {
    if (this.asking !== undefined) return this.asking;
    if (this.clock() - this.asked_at < FRESH_MS) return Promise.resolve(this.known);
    this.asked_at = this.clock();
    this.asking = this.ask().finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  private async ask(): Promise<Figures | undefined> {
    try {
      let text = await this.fetch();
      this.answered_at = this.clock();
      if (text === undefined) return (this.known = undefined);
      if (text !== this.text || this.known === undefined) {
        let answer = JSON.parse(text) as ResultsAnswer;
        if (this.recut(answer)) {
          text = (await this.fetch()) ?? text;
          answer = JSON.parse(text) as ResultsAnswer;
        }
        this.text = text;
        const since = this.clock();
        this.known = { answer, since, trail: extendTrail(this.known?.trail ?? [], answer, since), stale_since: undefined };
      } else if (this.known.stale_since !== undefined) this.known = { ...this.known, stale_since: undefined };
    } catch {
      if (this.known !== undefined && this.known.stale_since === undefined) this.known = { ...this.known, stale_since: this.answered_at };
    }
    return this.known;
  }

  /** The answer's text; undefined for an experiment that metrics-service does not know. */
  private async fetch(): Promise<string | undefined> {
    const { status, text } = await this.metrics.call({ method: 'GET', path: `${this.path}?aggregation=${this.aggregation}&timezone=UTC`, timeout_ms: ANSWER_MS });
    if (status === 200) return text;
    if (status === 404) return undefined;
    throw new Error(`the results answered ${status}`);
  }

  /** Answers whether the series should be asked for again, cut finer or coarser. */
  private recut({ series, total_users_in_experiment }: ResultsAnswer): boolean {
    const { aggregation } = this;
    const points = series?.length ?? 0;
    if (total_users_in_experiment > 0 && points < POINTS_MIN) this.aggregation = FINER[aggregation];
    else if (points > POINTS_MAX) this.aggregation = COARSER[aggregation];
    return this.aggregation !== aggregation;
  }
}
