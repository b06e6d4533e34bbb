import type { Enrolment, Enrolments } from '../assignment/enrolment.ts';

/** How much earlier than its visitor's assignment an event may be and still count as at the assignment (milliseconds). */
export const CLOCK_TOLERANCE_MS = 300_000;

/**
 * What of an event decides where it counts; words are numbers. `experiment` is the one that it belongs to: the one it names,
 * `homepage` where it names a variant alone, null (all of its visitor's) where it names neither.
 */
export interface AttributableEvent {
  readonly type: number;
  /** The metric `event_type:event_name`; null for an event without a name. */
  readonly named_metric: number | null;
  readonly experiment: number | null;
  readonly variant: number | null;
  readonly at: number;
  readonly arrived: number;
  readonly value: number | null;
  readonly imported: boolean;
}

/** Where an event counts in `/stats`. */
export interface StatsPlace {
  readonly experiment: number;
  readonly variant: number;
}

/** Where an event counts in results, and from when on. */
export interface ResultPlace {
  readonly enrolment: Enrolment;
  readonly at: number;
}

const NOWHERE: readonly never[] = [];

/** Says where an event counts in `/stats`: its own variant, else that of its visitor's assignment; nowhere while neither is known. */
export const statsPlaces = (event: AttributableEvent, enrolments: Enrolments): readonly StatsPlace[] => {
  const { experiment } = event;
  if (experiment === null) return enrolments.size === 0 ? NOWHERE : [...enrolments.values()];
  const variant = event.variant ?? enrolments.get(experiment)?.variant;
  return variant === undefined ? NOWHERE : [{ experiment, variant }];
};

/** Says whether an event counts for an assignment: it happened no earlier, or so little that the visitor's clock may have been wrong. */
export const countsFor = (at: number, arrived: number, imported: boolean, assigned_at: number): boolean =>
  at >= assigned_at || (!imported && arrived >= assigned_at && assigned_at - at < CLOCK_TOLERANCE_MS);

/** Says where an event counts in results: with its visitor's assignments alone, at or after them, whatever variant it names itself. */
export const resultPlaces = (event: AttributableEvent, enrolments: Enrolments): readonly ResultPlace[] => {
  if (enrolments.size === 0) return NOWHERE;
  const { experiment } = event;
  const places: ResultPlace[] = [];
  for (const enrolment of enrolments.values()) {
    if (enrolment.standing !== 'counted' || (experiment !== null && experiment !== enrolment.experiment)) continue;
    const { assigned_at } = enrolment;
    if (countsFor(event.at, event.arrived, event.imported, assigned_at)) places.push({ enrolment, at: Math.max(event.at, assigned_at) });
  }
  return places;
};

/** The metrics that an event counts in: its type, and its type with its name. */
export const metricsOf = (event: AttributableEvent): readonly number[] =>
  event.named_metric === null || event.named_metric === event.type ? [event.type] : [event.type, event.named_metric];
