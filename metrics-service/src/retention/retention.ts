import type { Clock } from '../../../shared/clock.ts';
import type { Log } from '../../../shared/log.ts';
import type { Stores } from '../stores.ts';

const DAY_MS = 86_400_000;
/** How many visitors are looked at in one transaction. */
const VISITORS_AT_ONCE = 200;
/** How many freed pages go back to the disk in one transaction. */
const PAGES_AT_ONCE = 500;
const LOOK_EVERY_MS = 600_000;

/** What retention needs. */
export interface RetentionNeeds {
  readonly stores: Pick<Stores, 'database' | 'follower' | 'meta' | 'reattribution' | 'visitors' | 'writer'>;
  readonly clock: Clock;
  readonly log: Log;
  /** How many whole days are kept besides the present one; 0 keeps everything. */
  readonly days: number;
}

/** The beginning of the first day that is kept (ms since 1970), of so many besides the present one; 0 where everything is. */
export const keptFrom = (days: number, now: number): number => (days === 0 ? 0 : (Math.floor(now / DAY_MS) - days) * DAY_MS);

/**
 * Forgets persons after some days (UTC): their events, and their part in experiments that they entered that long ago. Figures stay: what is
 * removed is closed into rollups without anybody's rows, so that a recount of what is left, and those, come to every figure. Sessions of
 * those days stay as nobody's.
 */
export class Retention {
  private readonly needs: RetentionNeeds;
  private readonly selectOld;
  private readonly selectLast;
  private readonly selectFree;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(needs: RetentionNeeds) {
    this.needs = needs;
    const { database } = needs.stores;
    this.selectOld = database.prepare(
      `SELECT id FROM visitors WHERE id > :after AND id <= :last AND (EXISTS (SELECT 1 FROM events WHERE visitor = id AND at < :oldest) OR EXISTS (SELECT 1 FROM assignments WHERE visitor = id AND assigned_at < :oldest))`,
    );
    this.selectLast = database.prepare('SELECT max(id) AS id FROM visitors');
    this.selectFree = database.prepare('PRAGMA freelist_count');
  }

  /** The beginning of the time that is kept. */
  oldest(): number {
    return keptFrom(this.needs.days, this.needs.clock());
  }

  /** Looks from now on, every ten minutes, whether a day has ended. */
  start(): void {
    if (this.needs.days === 0) return;
    const look = (): void => {
      this.run().catch((error: unknown) => this.needs.log.error('retention failed', { stack: error instanceof Error ? (error.stack ?? '') : String(error) }));
    };
    this.timer = setInterval(look, LOOK_EVERY_MS).unref();
    look();
  }

  /** Goes through all visitors once for each day that has ended, in small steps between which others are served. */
  async run(): Promise<void> {
    const { stores, log } = this.needs;
    const oldest = this.oldest();
    if (Number(stores.meta.find('retained_from') ?? 0) >= oldest) return;
    // What is not in the sessions yet would never come there.
    await stores.follower.settle();
    const removed = { events: 0, assignments: 0 };
    const last = (this.selectLast.get()?.['id'] as number | null) ?? 0;
    for (let after = 0; after < last && !this.stopped; after += VISITORS_AT_ONCE) {
      const step = await stores.writer.run(() => this.retire(after, oldest));
      removed.events += step.events;
      removed.assignments += step.assignments;
    }
    while (!this.stopped && (this.selectFree.get()?.['freelist_count'] as number) > 0) {
      const before = this.selectFree.get()?.['freelist_count'] as number;
      await stores.writer.run(() => stores.database.exec(`PRAGMA incremental_vacuum(${PAGES_AT_ONCE})`));
      if ((this.selectFree.get()?.['freelist_count'] as number) >= before) break;
    }
    if (this.stopped) return;
    await stores.writer.run(() => stores.meta.set('retained_from', oldest));
    if (removed.events + removed.assignments > 0) log.info('what is older than RETENTION_DAYS was removed', removed);
  }

  private retire(after: number, oldest: number): { events: number; assignments: number } {
    const { reattribution, visitors } = this.needs.stores;
    const removed = { events: 0, assignments: 0 };
    const found = this.selectOld.all({ after, last: after + VISITORS_AT_ONCE, oldest });
    for (const row of found) {
      const { events, assignments } = reattribution.retire(row['id'] as number, oldest);
      removed.events += events;
      removed.assignments += assignments;
    }
    if (found.length > 0) visitors.forget();
    return removed;
  }

  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }
}
