import { isoTime } from '../../../shared/clock.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { LoggedEvent } from '../../../shared/contract/event.ts';
import type { ValidEvent } from '../../../shared/event-schema.ts';
import { eventTime } from '../../../shared/event-time.ts';
import { Problem } from '../../../shared/problem.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import { EventColumns } from '../recording/event-columns.ts';
import type { RecordedEvents } from '../recording/event-columns.ts';
import type { Recording } from '../recording/recording.ts';
import type { WordStore } from '../word/word-store.ts';
import { recordableOf } from './recordable-event.ts';

/** How many events may wait for the disk; beyond it callers are told to come back. */
export const WAITING_EVENTS_MAX = 20_000;
/** How many events are handed on at once: few enough to be one work of a transaction that others share. */
const EVENTS_AT_ONCE = 1_000;

/** What became of an event; `excluded` where it is a bot's, which is tallied and not stored. */
export interface Taken {
  readonly event_id: string;
  /** Its place in the log; undefined if it was there already, or left out. */
  readonly seq: number | undefined;
  readonly experiment_id: string | null;
  readonly variant: string | null;
  readonly excluded?: 'bot';
}

/** What an intake works with. */
export interface EventIntakeNeeds {
  readonly recording: Pick<Recording, 'recordEvents'>;
  readonly experiments: ExperimentStore;
  readonly words: WordStore;
  readonly clock: Clock;
  /** Says why an event is not a person's; undefined if it is. */
  readonly botReason: (event: ValidEvent) => string | undefined;
  /** Whether anybody listens; then each stored event is handed over after COMMIT. */
  readonly listening: () => boolean;
  readonly publish: (event: LoggedEvent) => void;
}

interface Delivery {
  readonly events: readonly ValidEvent[];
  /** Where its events begin among those that are handed on together. */
  readonly from: number;
  readonly resolve: (taken: readonly Taken[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** Deliveries whose events are handed on together. */
interface Gathered {
  readonly columns: EventColumns;
  readonly deliveries: Delivery[];
}

/** Takes events by the open path: gathers the requests of an event-loop turn, and answers each when its events are on disk. */
export class EventIntake {
  private readonly needs: EventIntakeNeeds;
  private gathered: Gathered | undefined;
  private waiting_events = 0;

  constructor(needs: EventIntakeNeeds) {
    this.needs = needs;
  }

  /** How many events wait for the disk. */
  get waiting(): number {
    return this.waiting_events;
  }

  /** Stores events and resolves, when they are on disk, to what became of each; rejects with Problem `overloaded` when too many wait. */
  take(events: readonly ValidEvent[]): Promise<readonly Taken[]> {
    if (this.waiting_events + events.length > WAITING_EVENTS_MAX) return Promise.reject(new Problem('overloaded', 'Too many events are waiting for the disk.', { retry_after_seconds: 1 }));
    this.waiting_events += events.length;
    return new Promise((resolve, reject) => {
      if ((this.gathered?.columns.event_id.length ?? 0) + events.length > EVENTS_AT_ONCE) this.handOn();
      const { columns, deliveries } = this.gather();
      deliveries.push({ events, from: columns.event_id.length, resolve, reject });
      const arrived = this.needs.clock();
      for (const event of events) columns.add(recordableOf(event, { at: eventTime(event, arrived), arrived, imported: false }), this.needs.botReason(event) ?? null);
    });
  }

  private gather(): Gathered {
    if (this.gathered === undefined) {
      this.gathered = { columns: new EventColumns(), deliveries: [] };
      setImmediate(() => this.handOn());
    }
    return this.gathered;
  }

  private handOn(): void {
    const { gathered } = this;
    if (gathered === undefined) return;
    this.gathered = undefined;
    this.needs.recording.recordEvents(gathered.columns).then(
      (recorded) => gathered.deliveries.forEach((delivery) => this.answer(delivery, gathered.columns, recorded)),
      (reason: unknown) => {
        this.waiting_events -= gathered.columns.event_id.length;
        for (const delivery of gathered.deliveries) delivery.reject(reason);
      },
    );
  }

  private answer({ events, from, resolve }: Delivery, columns: EventColumns, recorded: RecordedEvents): void {
    this.waiting_events -= events.length;
    resolve(events.map((_, index) => this.taken(columns, recorded, from + index)));
    if (!this.needs.listening()) return;
    events.forEach((event, index) => {
      const seq = recorded.seq[from + index];
      if (seq) this.needs.publish(asLogged(event, seq, columns, from + index));
    });
  }

  private taken(columns: EventColumns, { seq, experiment, variant }: RecordedEvents, index: number): Taken {
    const event_id = columns.event_id[index] as string;
    if (columns.excluded_as[index] !== null) {
      return { event_id, seq: undefined, experiment_id: columns.experiment_id[index] as string | null, variant: columns.variant[index] as string | null, excluded: 'bot' };
    }
    const { experiments, words } = this.needs;
    return {
      event_id,
      seq: seq[index] || undefined,
      experiment_id: experiment[index] ? experiments.publicIdOf(experiment[index]) : null,
      variant: variant[index] ? words.wordOf(variant[index]) : null,
    };
  }
}

const asLogged = (event: ValidEvent, seq: number, columns: EventColumns, index: number): LoggedEvent => ({
  seq,
  event_id: columns.event_id[index] as string,
  visitor_id: event.visitor_id,
  event_type: event.event_type,
  event_name: event.event_name ?? null,
  experiment_id: columns.experiment_id[index] as string | null,
  variant: event.variant ?? null,
  timestamp: isoTime(columns.at[index] as number),
  received_at: isoTime(columns.arrived[index] as number),
  value: columns.value[index] as number | null,
  properties: event.properties ?? null,
  context: event.context ?? null,
  imported: false,
});
