import type { Sessionizer } from '../analytics/sessionizer.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import type { RollupStore } from '../rollup/rollup-store.ts';
import { storedEventId } from '../stored-id.ts';
import type { VisitorStore } from '../visitor/visitor-store.ts';
import type { WordStore } from '../word/word-store.ts';
import type { EventRow, EventStore } from './event-store.ts';
import { HOMEPAGE } from './recordable-event.ts';
import type { RecordableEvent } from './recordable-event.ts';

/** What became of an event: its place in the log, 0 for a duplicate, and where it counts; 0 is nowhere. */
export interface Recorded {
  readonly seq: number;
  readonly experiment: number;
  readonly variant: number;
}

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
  record(event: RecordableEvent): Recorded {
    const { event_type, event_name } = event;
    const visitor = this.visitors.open(event.visitor_id);
    const name = event.experiment_id === null ? undefined : this.experiments.name(event.experiment_id);
    const row: EventRow = {
      event_id: storedEventId(event.event_id),
      visitor: visitor.id,
      type: this.words.idOf(event_type),
      named_metric: event_name === null ? null : this.words.idOf(`${event_type}:${event_name}`),
      experiment_name: name === undefined ? null : name.id,
      experiment: name === undefined ? null : name.experiment,
      variant: event.variant === null ? null : this.words.idOf(event.variant),
      at: event.at,
      arrived: event.arrived,
      imported: event.imported,
      value: event.value,
      properties: event.properties,
      context: event.context,
    };
    const seq = this.events.add(row);
    if (seq !== 0) {
      this.rollups.add(visitor, row);
      this.sessionizer.add({ seq, visitor: visitor.id, at: row.at, type: row.type, named_metric: row.named_metric, event_type, event_name, properties: row.properties, context: row.context });
    }
    const enrolment = name === undefined ? this.enrolmentToShow(visitor.enrolments) : visitor.enrolments.get(name.experiment);
    return { seq, experiment: name?.experiment ?? enrolment?.experiment ?? 0, variant: row.variant ?? enrolment?.variant ?? 0 };
  }

  /** Of several experiments that an event counts in, the answer names `homepage`, else the first. */
  private enrolmentToShow<T>(enrolments: ReadonlyMap<number, T>): T | undefined {
    if (enrolments.size === 0) return undefined;
    const homepage = this.experiments.findName(HOMEPAGE);
    return (homepage === undefined ? undefined : enrolments.get(homepage.experiment)) ?? enrolments.values().next().value;
  }
}
