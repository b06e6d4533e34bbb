import type { ValidEvent } from '../../../shared/event-schema.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import type { Sessionizer } from '../analytics/sessionizer.ts';
import type { RollupStore } from '../rollup/rollup-store.ts';
import { storedEventId } from '../stored-id.ts';
import type { VisitorStore } from '../visitor/visitor-store.ts';
import type { WordStore } from '../word/word-store.ts';
import type { EventRow, EventStore } from './event-store.ts';

/** The experiment of an event that names a variant alone. */
export const HOMEPAGE = 'homepage';

/** When an event happened and arrived (ms since 1970, our clock), and by which way. */
export interface Arrival {
  readonly at: number;
  readonly arrived: number;
  readonly imported: boolean;
}

/** What became of an event; `seq` is its place in the log, undefined for a duplicate. */
export interface Recorded {
  readonly event_id: string;
  readonly seq: number | undefined;
  readonly experiment_id: string | null;
  readonly variant: string | null;
}

/** What an event was worth: its `value`, else the number `properties.price`. */
export const valueOf = (value: number | undefined, properties: JsonObject | undefined): number | null => {
  if (value !== undefined) return value;
  if (properties === undefined || !Object.hasOwn(properties, 'price')) return null;
  const price = properties['price'];
  return typeof price === 'number' && Math.abs(price) <= 1e12 ? price : null;
};

/** Stores events and counts them in the rollups, inside the caller's transaction. */
export class EventRecorder {
  private readonly events: EventStore;
  private readonly visitors: VisitorStore;
  private readonly words: WordStore;
  private readonly experiments: ExperimentStore;
  private readonly rollups: RollupStore;
  private readonly sessionizer: Sessionizer;

  constructor(stores: { readonly events: EventStore; readonly visitors: VisitorStore; readonly words: WordStore; readonly experiments: ExperimentStore; readonly rollups: RollupStore; readonly sessionizer: Sessionizer }) {
    this.events = stores.events;
    this.visitors = stores.visitors;
    this.words = stores.words;
    this.experiments = stores.experiments;
    this.rollups = stores.rollups;
    this.sessionizer = stores.sessionizer;
  }

  /** Records one event; the same id a second time changes nothing. */
  record(event: ValidEvent, arrival: Arrival): Recorded {
    const visitor = this.visitors.open(event.visitor_id);
    const { variant, event_type, event_name, experiment_id = variant === undefined ? undefined : HOMEPAGE, event_id = uuidv7(arrival.arrived) } = event;
    const name = experiment_id === undefined ? undefined : this.experiments.name(experiment_id);
    const row: EventRow = {
      event_id: storedEventId(event_id),
      visitor: visitor.id,
      type: this.words.idOf(event_type),
      named_metric: event_name === undefined ? null : this.words.idOf(`${event_type}:${event_name}`),
      experiment_name: name === undefined ? null : name.id,
      experiment: name === undefined ? null : name.experiment,
      variant: variant === undefined ? null : this.words.idOf(variant),
      ...arrival,
      value: valueOf(event.value, event.properties),
      properties: event.properties === undefined ? null : JSON.stringify(event.properties),
      context: event.context === undefined ? null : JSON.stringify(event.context),
    };
    const seq = this.events.add(row);
    if (seq !== undefined) {
      this.rollups.add(visitor, row);
      this.sessionizer.add({ seq, visitor: visitor.id, at: row.at, type: row.type, named_metric: row.named_metric, event_type, event_name, properties: event.properties, context: event.context });
    }
    const enrolment = name === undefined ? this.enrolmentToShow(visitor.enrolments) : visitor.enrolments.get(name.experiment);
    const experiment = name?.experiment ?? enrolment?.experiment;
    return {
      event_id,
      seq,
      experiment_id: experiment === undefined ? null : this.experiments.publicIdOf(experiment),
      variant: variant ?? (enrolment === undefined ? null : this.words.wordOf(enrolment.variant)),
    };
  }

  /** Of several experiments that an event counts in, the answer names `homepage`, else the first. */
  private enrolmentToShow<T>(enrolments: ReadonlyMap<number, T>): T | undefined {
    if (enrolments.size === 0) return undefined;
    const homepage = this.experiments.findName(HOMEPAGE);
    return (homepage === undefined ? undefined : enrolments.get(homepage.experiment)) ?? enrolments.values().next().value;
  }
}
