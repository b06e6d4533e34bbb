import type { Clock } from '../../../shared/clock.ts';
import type { Log } from '../../../shared/log.ts';
import type { EventBlock } from '../event/event-reader.ts';
import type { Stores } from '../stores.ts';

const DAY_MS = 86_400_000;
/** How many visitors are taken in one transaction, of whose events the same few blocks are rewritten. */
const VISITORS_AT_ONCE = 100;
/** How many blocks of events are looked through for them: one visitor may have many. */
const BLOCKS_AT_ONCE = 32;
/** How many visitors' assignments are looked at in one transaction. */
const ENTERED_AT_ONCE = 2_000;
/** How many freed pages go back to the disk in one transaction. */
const PAGES_AT_ONCE = 500;
const LOOK_EVERY_MS = 600_000;

/** What retention needs. */
export interface RetentionNeeds {
  readonly stores: Pick<Stores, 'database' | 'events' | 'follower' | 'meta' | 'reattribution' | 'visitors' | 'writer'>;
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
  private readonly selectEntered;
  private readonly selectLast;
  private readonly selectFree;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(needs: RetentionNeeds) {
    this.needs = needs;
    const { database } = needs.stores;
    this.selectEntered = database.prepare(`SELECT DISTINCT visitor FROM assignments WHERE visitor > :after AND visitor <= :after + ${ENTERED_AT_ONCE} AND assigned_at < :oldest ORDER BY visitor LIMIT ${VISITORS_AT_ONCE}`);
    this.selectLast = database.prepare('SELECT coalesce(max(visitor), 0) AS visitor FROM assignments');
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

  /** Goes through the old events and all assignments once for each day that has ended, in small steps between which others are served. */
  async run(): Promise<void> {
    const { stores, log } = this.needs;
    const oldest = this.oldest();
    if (Number(stores.meta.find('retained_from') ?? 0) >= oldest) return;
    // What is not in the sessions yet would never come there.
    await stores.follower.settle();
    const removed = { events: 0, assignments: 0 };
    for (const steps of [this.byEvents(oldest), this.byAssignments(oldest)]) {
      for (const found of steps) {
        if (this.stopped) return;
        const step = await stores.writer.run(() => this.retire(found, oldest));
        removed.events += step.events;
        removed.assignments += step.assignments;
      }
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

  /** The visitors who did something before a time, a block of events or a few at a time. */
  private *byEvents(oldest: number): Generator<readonly number[]> {
    let visitors = new Set<number>();
    let blocks = 0;
    for (const block of this.needs.stores.events.between(-Infinity, oldest)) {
      addOld(block, oldest, visitors);
      blocks += 1;
      if (visitors.size < VISITORS_AT_ONCE && blocks % BLOCKS_AT_ONCE !== 0) continue;
      yield* parts(visitors);
      visitors = new Set();
    }
    yield* parts(visitors);
  }

  /** The visitors who entered an experiment before a time, some at a time. */
  private *byAssignments(oldest: number): Generator<readonly number[]> {
    const last = this.selectLast.get()?.['visitor'] as number;
    for (let after = 0; after < last; ) {
      const found = this.selectEntered.all({ after, oldest }).map((row) => row['visitor'] as number);
      after = found.length === VISITORS_AT_ONCE ? (found.at(-1) as number) : after + ENTERED_AT_ONCE;
      yield found;
    }
  }

  private retire(found: readonly number[], oldest: number): { events: number; assignments: number } {
    const { reattribution, visitors } = this.needs.stores;
    const removed = { events: 0, assignments: 0 };
    for (const visitor of found) {
      const { events, assignments } = reattribution.retire(visitor, oldest);
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

/** Gathers the visitors of a block's events that happened before a time. */
const addOld = ({ count, first_visitor, first_at, visitor, at }: EventBlock, oldest: number, visitors: Set<number>): void => {
  for (let place = 0; place < count; place += 1) if (first_at + (at[place] as number) < oldest) visitors.add(first_visitor + (visitor[place] as number));
};

/** Parts visitors, those who came one after the other beside each other; one part at least. */
function* parts(visitors: ReadonlySet<number>): Generator<readonly number[]> {
  const all = [...visitors].sort((one, other) => one - other);
  for (let first = 0; first === 0 || first < all.length; first += VISITORS_AT_ONCE) yield all.slice(first, first + VISITORS_AT_ONCE);
}
