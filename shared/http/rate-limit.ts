import type { Clock } from '../clock.ts';
import { Problem } from '../problem.ts';
import type { RateClass } from './route.ts';

/** How many units a client address may use in a minute. */
export const RATE_LIMITS: Readonly<Record<RateClass, number>> = { events: 600, assignments: 300, stats: 50, sign_ins: 10 };
const WINDOW_MS = 60_000;
/** How many addresses are remembered in a window; beyond it, all new ones share one allowance. */
const ADDRESSES_MAX = 50_000;

/** An address as an allowance sees it: an IPv6 customer has a /64, so that is one client. */
export const clientOf = (address: string): string => (address.includes(':') && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address);

/** Counts what each client address uses in the current minute. */
export class RateLimit {
  private readonly clock: Clock;
  private readonly enabled: boolean;
  private window = 0;
  private used = new Map<string, number>();

  constructor(clock: Clock, enabled: boolean) {
    this.clock = clock;
    this.enabled = enabled;
  }

  /** Takes units from an address's allowance; throws Problem `too_many` with the seconds until the next minute. */
  spend(address: string, rate: RateClass, units: number): void {
    if (!this.enabled) return;
    const now = this.clock();
    const window = Math.floor(now / WINDOW_MS);
    if (window !== this.window) {
      this.window = window;
      this.used = new Map();
    }
    let key = `${rate} ${clientOf(address)}`;
    if (!this.used.has(key) && this.used.size >= ADDRESSES_MAX) key = `${rate} others`;
    const used = (this.used.get(key) ?? 0) + units;
    if (used > RATE_LIMITS[rate]) {
      const retry_after_seconds = Math.max(1, Math.ceil(((window + 1) * WINDOW_MS - now) / 1000));
      throw new Problem('too_many', `At most ${RATE_LIMITS[rate]} a minute from one address; a token lifts this.`, { retry_after_seconds });
    }
    this.used.set(key, used);
  }
}
