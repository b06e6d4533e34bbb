import type { ValidEvent } from '../../../shared/event-schema.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import { uuidv7 } from '../../../shared/uuid.ts';

/** The experiment of an event that names a variant alone. */
export const HOMEPAGE = 'homepage';

/** When an event happened and arrived (ms since 1970, our clock), and by which way. */
export interface Arrival {
  readonly at: number;
  readonly arrived: number;
  readonly imported: boolean;
}

/** An event as it is stored, before words and visitors become numbers; objects are JSON already. */
export interface RecordableEvent extends Arrival {
  readonly event_id: string;
  readonly visitor_id: string;
  readonly event_type: string;
  readonly event_name: string | null;
  /** What it calls the experiment that it belongs to; null where that is its visitor's. */
  readonly experiment_id: string | null;
  readonly variant: string | null;
  readonly value: number | null;
  readonly properties: string | null;
  readonly context: string | null;
}

/** What an event was worth: its `value`, else the number `properties.price`. */
export const valueOf = (value: number | undefined, properties: JsonObject | undefined): number | null => {
  if (value !== undefined) return value;
  if (properties === undefined || !Object.hasOwn(properties, 'price')) return null;
  const price = properties['price'];
  return typeof price === 'number' && Math.abs(price) <= 1e12 ? price : null;
};

/** Makes an event that keeps every rule ready to be stored; one without an id gets one. */
export const recordableOf = (event: ValidEvent, { at, arrived, imported }: Arrival): RecordableEvent => ({
  event_id: event.event_id ?? uuidv7(arrived),
  visitor_id: event.visitor_id,
  event_type: event.event_type,
  event_name: event.event_name ?? null,
  experiment_id: event.experiment_id ?? (event.variant === undefined ? null : HOMEPAGE),
  variant: event.variant ?? null,
  at,
  arrived,
  imported,
  value: valueOf(event.value, event.properties),
  properties: event.properties === undefined ? null : JSON.stringify(event.properties),
  context: event.context === undefined ? null : JSON.stringify(event.context),
});
