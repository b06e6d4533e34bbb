import { storedUuid, UUID_BYTES } from '../../../shared/sqlite/stored-id.ts';
import type { FollowedEvent, Sessionizer } from '../analytics/sessionizer.ts';
import type { ExperimentName, ExperimentStore } from '../experiment/experiment-store.ts';
import type { RecordedEvents, SentEvents } from '../recording/event-columns.ts';
import { lookedUp, textAt } from '../recording/sent-texts.ts';
import type { RollupStore } from '../rollup/rollup-store.ts';
import type { Visitor, VisitorStore } from '../visitor/visitor-store.ts';
import type { WordStore } from '../word/word-store.ts';
import type { BotTally } from './bot-tally.ts';
import type { EventWriter } from './event-writer.ts';
import type { EventRow } from './loose-events.ts';
import { HOMEPAGE } from './recordable-event.ts';

/** What became of an event: its place in the log, 0 for a duplicate, and where it counts; 0 is nowhere. */
export interface Recorded {
  readonly seq: number;
  readonly experiment: number;
  readonly variant: number;
}

/** An event with all that is asked of it: its numbers to be stored and counted by, its words for its session. */
interface TakenEvent extends EventRow, FollowedEvent {}

/** What recording works with. */
export interface EventRecorderNeeds {
  readonly event_writer: EventWriter;
  readonly visitors: VisitorStore;
  readonly words: WordStore;
  readonly experiments: ExperimentStore;
  readonly rollups: RollupStore;
  readonly sessionizer: Sessionizer;
  readonly tally: BotTally;
}

const NOT_STORED: Recorded = { seq: 0, experiment: 0, variant: 0 };

/** Stores events and counts them in the rollups, inside the caller's transaction. */
export class EventRecorder {
  private readonly needs: EventRecorderNeeds;

  constructor(needs: EventRecorderNeeds) {
    this.needs = needs;
  }

  /** Records events, each id once; those to be left out are tallied. */
  recordAll(events: SentEvents): RecordedEvents {
    const { visitors, words, experiments, tally, event_writer } = this.needs;
    const visitorOf = lookedUp(events.visitors, (text) => visitors.open(text));
    const typeOf = lookedUp(events.types, (text) => words.idOf(text));
    const metricOf = lookedUp(events.metrics, (text) => words.idOf(text));
    const variantOf = lookedUp(events.variants, (text) => words.idOf(text));
    const nameOf = lookedUp(events.experiments, (text) => experiments.name(text));
    const recorded = { seq: new Float64Array(events.count), experiment: new Int32Array(events.count), variant: new Int32Array(events.count) };
    const { ids } = event_writer;
    const stored = ids.stored(events.uuids, events.count);
    const isNew = (event: number): boolean => {
      const other = events.other_ids?.get(event);
      return other === undefined ? !stored.has(event) && ids.gather(events.uuids, event * UUID_BYTES) : ids.take(other);
    };
    const recordAt = (event: number): Recorded => {
      const visitor = visitorOf(event) as Visitor;
      const name = nameOf(event);
      const event_type = textAt(events.types, event) as string;
      const row: TakenEvent = {
        event_type,
        event_name: textAt(events.metrics, event)?.slice(event_type.length + 1) ?? null,
        event_id: events.other_ids?.get(event) ?? storedUuid(events.uuids, event * UUID_BYTES),
        visitor: visitor.id,
        type: typeOf(event) as number,
        named_metric: metricOf(event) ?? null,
        experiment_name: name === undefined ? null : name.id,
        experiment: name === undefined ? null : name.experiment,
        variant: variantOf(event) ?? null,
        at: events.at[event] as number,
        arrived: events.arrived[event] as number,
        imported: events.imported?.has(event) ?? false,
        value: events.values?.get(event) ?? null,
        properties: events.properties?.get(event) ?? null,
        context: events.contexts?.get(event) ?? null,
      };
      return this.store(visitor, row, isNew(event), name);
    };
    for (let event = 0; event < events.count; event += 1) {
      const reason = events.excluded?.get(event);
      if (reason !== undefined) tally.add(nameOf(event)?.experiment ?? 0, reason);
      const one = reason === undefined ? recordAt(event) : NOT_STORED;
      recorded.seq[event] = one.seq;
      recorded.experiment[event] = one.experiment;
      recorded.variant[event] = one.variant;
    }
    return recorded;
  }

  private store(visitor: Visitor, row: TakenEvent, is_new: boolean, name: ExperimentName | undefined): Recorded {
    const { event_writer, rollups, sessionizer } = this.needs;
    const seq = is_new ? event_writer.add(row) : 0;
    if (seq !== 0) {
      visitor.has_events = true;
      rollups.add(visitor, row);
      sessionizer.add(seq, row);
    }
    const enrolment = name === undefined ? this.enrolmentToShow(visitor.enrolments) : visitor.enrolments.get(name.experiment);
    return { seq, experiment: name?.experiment ?? enrolment?.experiment ?? 0, variant: row.variant ?? enrolment?.variant ?? 0 };
  }

  /** Of several experiments that an event counts in, the answer names `homepage`, else the first. */
  private enrolmentToShow<T>(enrolments: ReadonlyMap<number, T>): T | undefined {
    if (enrolments.size === 0) return undefined;
    const homepage = this.needs.experiments.findName(HOMEPAGE);
    return (homepage === undefined ? undefined : enrolments.get(homepage.experiment)) ?? enrolments.values().next().value;
  }
}
