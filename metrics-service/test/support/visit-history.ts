import { isoTime } from '../../../shared/clock.ts';
import type { EventContext } from '../../../shared/contract/event.ts';
import type { ValidEvent } from '../../../shared/event-schema.ts';
import { EventIntake } from '../../src/event/event-intake.ts';
import { recordableOf } from '../../src/event/recordable-event.ts';
import { importLines } from '../../src/import/importer.ts';
import { createStores } from '../../src/stores.ts';
import type { Stores } from '../../src/stores.ts';
import type { Random } from './random.ts';
import type { ToldVisitEvent } from './visit-recount.ts';
import { recordOne } from './event-record.ts';

/** Who visits. */
export const VISITORS: readonly string[] = Array.from({ length: 9 }, (_, index) => `visitor-${index}`);
/** What they do. */
export const TYPES: readonly string[] = ['page_view', 'page_view', 'scroll', 'click', 'cta_click', 'form_submit', 'engagement'];
/** Where they do it. */
export const PATHS: readonly string[] = ['/', '/pricing', '/about'];
/** Browsers, with what they are. */
export const AGENTS = {
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  safari: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
} as const;
const REFERRERS = [undefined, 'https://www.google.de/', 'https://news.ycombinator.com/item', 'https://shop.example/'];

/** Drives visits into the stores at random, by every way in, and keeps the facts in a plain list beside them. */
export class VisitHistory {
  events: ToldVisitEvent[] = [];
  now: number = Date.UTC(2026, 2, 28, 20);
  stores: Stores;
  private readonly random: Random;
  private sent: ValidEvent[] = [];

  constructor(stores: Stores, random: Random) {
    this.stores = stores;
    this.random = random;
  }

  async step(): Promise<void> {
    const { random, stores } = this;
    this.now += random.below(random.chance(0.1) ? 12 * 3_600_000 : 1_500_000);
    const choice = random.next();
    if (choice < 0.6) await this.send();
    else if (choice < 0.75) await this.import();
    else if (choice < 0.8) await this.erase(random.pick(VISITORS));
    else if (choice < 0.85) await this.fail();
    else if (choice < 0.9) this.restart();
    else if (choice < 0.95) await stores.follower.settle();
    else await stores.follower.packAll(this.now + 7_200_000);
  }

  private context(): EventContext | undefined {
    const { random } = this;
    if (random.chance(0.2)) return undefined;
    const referrer = random.pick(REFERRERS);
    return {
      path: random.pick(PATHS),
      ...(random.chance(0.8) ? { user_agent: random.pick(Object.values(AGENTS)) } : {}),
      ...(random.chance(0.8) ? { language: random.pick(['en-GB', 'de']) } : {}),
      ...(referrer === undefined ? {} : { referrer }),
      ...(random.chance(0.2) ? { utm: { source: 'Letter', medium: random.pick(['email', 'cpc']), campaign: 'spring' } } : {}),
    };
  }

  private someEvent(): ValidEvent {
    const { random } = this;
    const event_type = random.pick(TYPES);
    const context = this.context();
    const properties = event_type === 'engagement' ? { time_on_page: random.below(150) / 10 } : event_type === 'scroll' ? { depth: random.pick([25, 50, 75, 100]) } : undefined;
    return {
      visitor_id: random.pick(VISITORS),
      event_type,
      event_id: `event-${random.below(1e9)}`,
      ...(event_type === 'cta_click' && random.chance(0.5) ? { event_name: random.pick(['hero', 'footer']) } : {}),
      ...(properties === undefined ? {} : { properties }),
      ...(context === undefined ? {} : { context }),
    };
  }

  private tell(event: ValidEvent): void {
    if (this.events.some((known) => known.event_id === event.event_id)) return;
    const { event_id = '', visitor_id, event_type: type, event_name: name, properties = {}, context, timestamp: at = this.now } = event;
    this.events.push({ event_id, visitor_id, type, name, at, properties, context });
  }

  private get intake(): EventIntake {
    return new EventIntake({ ...this.stores, clock: () => this.now, botReason: () => undefined, listening: () => false, publish: () => {} });
  }

  private someEvents(age_max: number): ValidEvent[] {
    const { random } = this;
    return Array.from({ length: 1 + random.below(8) }, () =>
      random.chance(0.1) && this.sent.length > 0 ? random.pick(this.sent) : { ...this.someEvent(), timestamp: this.now - random.below(random.chance(0.6) ? 1_200_000 : age_max) },
    );
  }

  private async send(): Promise<void> {
    const events = this.someEvents(10 * 3_600_000).filter(({ timestamp = 0 }) => this.now - timestamp < 86_400_000);
    if (events.length === 0) return;
    for (const event of events) this.tell(event);
    this.sent.push(...events);
    await this.intake.takeMany(events.map((event) => ({ ...event, sent_at: this.now })));
  }

  private async import(): Promise<void> {
    const events = this.someEvents(4 * 86_400_000);
    for (const event of events) this.tell(event);
    const lines = events.map((event) => JSON.stringify({ record: 'event', ...event, timestamp: isoTime(event.timestamp as number) }));
    await importLines({ stores: this.stores, clock: () => this.now, oldest: () => 0 }, [Buffer.from(lines.join('\n'))] as unknown as AsyncIterable<Uint8Array>);
  }

  private async erase(visitor_id: string): Promise<void> {
    this.events = this.events.filter((event) => event.visitor_id !== visitor_id);
    await this.stores.writer.run(() => this.stores.reattribution.erase(visitor_id));
  }

  /** A work that fails after it recorded something: nothing of it may be left. */
  private async fail(): Promise<void> {
    const { recorder, writer } = this.stores;
    const kept = this.send();
    await writer
      .run(() => {
        for (let index = 0; index < 5; index += 1) recordOne({ recorder }, recordableOf(this.someEvent(), { at: this.now, arrived: this.now, imported: false }));
        throw new Error('on purpose');
      })
      .catch(() => undefined);
    await kept;
  }

  /** What was in memory alone is gone, as after kill -9. */
  private restart(): void {
    this.stores = createStores(this.stores.database, ['shop.example']);
  }
}
