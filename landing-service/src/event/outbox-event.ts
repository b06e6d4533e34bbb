import { isoTime } from '../../../shared/clock.ts';
import type { EventContext } from '../../../shared/contract/event.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import type { OutboxItem } from '../outbox/outbox-store.ts';

/** An event as landing-service records it: who, which experiment and which variant are its own knowledge, never the body's. */
export interface RecordedEvent {
  readonly event_id: string;
  readonly visitor_id: string;
  readonly event_type: string;
  readonly event_name?: string | undefined;
  readonly experiment: string | null;
  readonly variant: string | null;
  /** When it happened, by our clock, in ms since 1970. */
  readonly at: number;
  readonly value?: number | undefined;
  readonly properties?: JsonObject | undefined;
  readonly context: EventContext;
}

/** Makes the item that brings an event to metrics-service. */
export const outboxEvent = (event: RecordedEvent, now: number): OutboxItem => ({
  destination: 'metrics',
  item_id: event.event_id,
  visitor_id: event.visitor_id,
  created_at: now,
  body: JSON.stringify({
    event_id: event.event_id,
    visitor_id: event.visitor_id,
    event_type: event.event_type,
    event_name: event.event_name,
    ...(event.experiment === null || event.variant === null ? {} : { experiment_id: event.experiment, variant: event.variant }),
    timestamp: isoTime(event.at),
    value: event.value,
    properties: event.properties,
    context: event.context,
  }),
});
