import { isoTime } from '../../../shared/clock.ts';
import type { LoggedEvent } from '../../../shared/contract/event.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import { recordableOf } from '../../src/event/recordable-event.ts';
import type { Stores } from '../../src/stores.ts';
import type { Random } from './random.ts';
import { recordOne } from './event-record.ts';

const TYPES = ['page_view', 'click', 'a', 'a:b'];
const NAMES = ['hero', 'footer', 'b:c', 'c'];
const EXPERIMENTS = ['homepage', 'pricing'];
const VARIANTS = ['A', 'B'];
const PROPERTIES: readonly JsonObject[] = [{ percent: 75 }, { percent: '75' }, { percent: 50, 'a "b"': true }, { isNew: false, list: [1, 'x'] }, { list: null, eq: 'x=y' }];

/** When the events of a random log begin. */
export const LOG_START: number = Date.UTC(2026, 0, 5);

/** A visitor of a random log. */
export const someVisitor = (random: Random): string => `visitor-${Math.floor(12 * random.next() ** 2)}`;

/** Records events at random, in works of any size, and answers them as the log must show them, the oldest place first. */
export const recordAtRandom = async (stores: Stores, random: Random, count: number, work_max: number, atOf: (index: number) => number): Promise<readonly LoggedEvent[]> => {
  const logged: LoggedEvent[] = [];
  const maybe = <T>(probability: number, value: T): T | undefined => (random.chance(probability) ? value : undefined);
  const record = (index: number): void => {
    const [at, arrived, imported] = [atOf(index), LOG_START + index, random.chance(0.3)];
    const [event_name, experiment_id, variant, value, properties] = [maybe(0.4, random.pick(NAMES)), maybe(0.5, random.pick(EXPERIMENTS)), maybe(0.5, random.pick(VARIANTS)), maybe(0.3, random.below(100)), maybe(0.4, random.pick(PROPERTIES))];
    const event = {
      visitor_id: someVisitor(random),
      event_type: random.pick(TYPES),
      event_id: `event-${random.below(1e15)}`,
      ...(event_name === undefined ? {} : { event_name }),
      ...(experiment_id === undefined ? {} : { experiment_id }),
      ...(variant === undefined ? {} : { variant }),
      ...(value === undefined ? {} : { value }),
      ...(properties === undefined ? {} : { properties }),
      ...(random.chance(0.2) ? { context: { path: `/${random.below(5)}` } } : {}),
    };
    const { seq } = recordOne(stores, recordableOf(event, { at, arrived, imported }));
    logged.push({
      seq,
      event_id: event.event_id,
      visitor_id: event.visitor_id,
      event_type: event.event_type,
      event_name: event_name ?? null,
      experiment_id: experiment_id ?? (variant === undefined ? null : 'homepage'),
      variant: variant ?? null,
      timestamp: isoTime(at),
      received_at: isoTime(arrived),
      value: value ?? null,
      properties: properties ?? null,
      context: event.context ?? null,
      imported,
    });
  };
  for (let index = 0; index < count; ) {
    const end = Math.min(count, index + 1 + random.below(work_max));
    await stores.writer.run(() => {
      while (index < end) record(index++);
    });
  }
  return logged;
};
