import { EVENT_SCHEMA } from './event-schema.ts';
import type { ValidEvent } from './event-schema.ts';
import type { Fault } from './problem.ts';
import { Faults } from './schema/schema.ts';
import type { Schema } from './schema/schema.ts';

/** How many events one body may carry. */
export const EVENTS_MAX = 1_000;

/** The body of `POST /events` before its events are looked at. */
export interface EventBody {
  /** False where the body is one event by itself: that is answered otherwise. */
  readonly many: boolean;
  readonly items: readonly unknown[];
}

/** What was found in a body: each event is in one of the two lists. */
export interface CheckedEvents {
  readonly valid: readonly ValidEvent[];
  readonly rejected: readonly { readonly index: number; readonly errors: readonly Fault[] }[];
}

const listOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value;
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, 'events')) return (value as { events: unknown }).events;
  return undefined;
};

/** Describes the three shapes of a body: one event, a list, `{"events": […]}`; the events themselves are checked one by one by `checkEvents`. */
export const EVENT_BODY: Schema<EventBody> = {
  json: {
    oneOf: [
      EVENT_SCHEMA.json,
      { type: 'array', items: EVENT_SCHEMA.json, minItems: 1, maxItems: EVENTS_MAX },
      { type: 'object', properties: { events: { type: 'array', items: EVENT_SCHEMA.json, minItems: 1, maxItems: EVENTS_MAX } }, required: ['events'] },
    ],
  },
  check: (value, at, faults) => {
    const list = listOf(value);
    if (list === undefined) return { many: false, items: [value] };
    const field = Array.isArray(value) ? at : `${at}/events`;
    if (!Array.isArray(list)) faults.add(field, 'must be a list');
    else if (list.length < 1 || list.length > EVENTS_MAX) faults.add(field, `must have 1 to ${EVENTS_MAX} events`);
    else return { many: true, items: list };
    return { many: true, items: [] };
  },
};

/**
 * Checks each event of a body; faults carry pointers with the event's index where there are many (`/3/visitor_id`).
 * `refuse` may find a fault in one that keeps every rule.
 */
export const checkEvents = ({ many, items }: EventBody, refuse: (event: ValidEvent) => Fault | undefined = () => undefined): CheckedEvents => {
  const valid: ValidEvent[] = [];
  const rejected: { index: number; errors: readonly Fault[] }[] = [];
  let faults = new Faults();
  for (const [index, item] of items.entries()) {
    const event = EVENT_SCHEMA.check(item, '', faults);
    const fault = faults.list.length === 0 ? refuse(event) : undefined;
    if (fault !== undefined) faults.add(fault.field, fault.message);
    if (faults.list.length === 0) valid.push(event);
    else {
      rejected.push({ index, errors: many ? faults.list.map(({ field, message }) => ({ field: `/${index}${field}`, message })) : faults.list });
      faults = new Faults();
    }
  }
  return { valid, rejected };
};
