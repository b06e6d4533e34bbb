import type { Enrolments } from '../assignment/enrolment.ts';
import type { AttributableEvent } from './attribution.ts';
import { metricsOf, resultPlaces, statsPlaces } from './attribution.ts';
import type { Sighting as SeenUnder } from './seen.ts';

/** One visitor's conversion in one metric of one experiment. */
export interface Conversion {
  readonly experiment: number;
  readonly variant: number;
  readonly metric: number;
  first_at: number;
  value_sum: number;
  /** Events of this very type; a metric with a name counts none of its own. */
  events: number;
}

/** One visitor's events of one type under one variant, for `/stats`. */
export interface Sighting {
  readonly experiment: number;
  readonly variant: number;
  readonly type: number;
  events: number;
}

/** All that one visitor adds to the rollups. */
export interface Ledger {
  readonly enrolments: Enrolments;
  readonly sightings: ReadonlyMap<string, Sighting>;
  readonly conversions: ReadonlyMap<string, Conversion>;
}

/**
 * Works out from scratch what a visitor adds to the rollups: the sum over their events. What is added event by event as they
 * arrive must come to the same; when assignments change, the old ledger is taken off and the new one put on.
 */
export const ledgerOf = (events: Iterable<AttributableEvent>, enrolments: Enrolments): Ledger => {
  const sightings = new Map<string, Sighting>();
  const conversions = new Map<string, Conversion>();
  for (const event of events) {
    for (const { experiment, variant } of statsPlaces(event, enrolments)) {
      const key = `${experiment} ${event.type} ${variant}`;
      const known = sightings.get(key);
      if (known === undefined) sightings.set(key, { experiment, variant, type: event.type, events: 1 });
      else known.events += 1;
    }
    for (const { enrolment, at } of resultPlaces(event, enrolments)) {
      const { experiment, variant } = enrolment;
      for (const metric of metricsOf(event)) {
        const key = `${experiment} ${metric}`;
        const known = conversions.get(key);
        const events = metric === event.type ? 1 : 0;
        const value = event.value ?? 0;
        if (known === undefined) conversions.set(key, { experiment, variant, metric, first_at: at, value_sum: value, events });
        else {
          known.first_at = Math.min(known.first_at, at);
          known.value_sum += value;
          known.events += events;
        }
      }
    }
  }
  return { enrolments, sightings, conversions };
};

/** The types of events that a ledger's visitor was seen with, by experiment and variant. */
export const seenIn = ({ sightings }: Ledger): readonly SeenUnder[] => {
  const seen = new Map<string, { readonly experiment: number; readonly variant: number; readonly types: number[] }>();
  for (const { experiment, variant, type } of sightings.values()) {
    const known = seen.get(`${experiment} ${variant}`);
    if (known === undefined) seen.set(`${experiment} ${variant}`, { experiment, variant, types: [type] });
    else known.types.push(type);
  }
  return [...seen.values()];
};
