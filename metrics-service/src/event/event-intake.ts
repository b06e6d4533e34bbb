import { isoTime } from '../../../shared/clock.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { LoggedEvent } from '../../../shared/contract/event.ts';
import type { ValidEvent } from '../../../shared/event-schema.ts';
import { eventTime } from '../../../shared/event-time.ts';
import { Problem } from '../../../shared/problem.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import type { Writer } from '../writer.ts';
import type { BotTally } from './bot-tally.ts';
import type { EventRecorder, Recorded } from './event-recorder.ts';
import { HOMEPAGE, valueOf } from './event-recorder.ts';

/** How many events may wait for the disk; beyond it callers are told to come back. */
export const WAITING_EVENTS_MAX = 20_000;
/** How many events go into one transaction, so that no turn of the event loop becomes long. */
const EVENTS_PER_WORK = 5_000;

/** What became of an event; `excluded` where it is a bot's, which is tallied and not stored. */
export interface Taken extends Recorded {
  readonly excluded?: 'bot';
}

/** What an intake works with. */
export interface EventIntakeNeeds {
  readonly writer: Writer;
  readonly recorder: EventRecorder;
  readonly experiments: ExperimentStore;
  readonly tally: BotTally;
  readonly clock: Clock;
  /** Says why an event is not a person's; undefined if it is. */
  readonly botReason: (event: ValidEvent) => string | undefined;
  /** Whether anybody listens; then each stored event is handed over after COMMIT. */
  readonly listening: () => boolean;
  readonly publish: (event: LoggedEvent) => void;
}

interface Delivery {
  readonly events: readonly ValidEvent[];
  readonly arrived: number;
  readonly resolve: (taken: readonly Taken[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** Takes events by the open path: gathers the requests of an event-loop turn into one work, and answers each after COMMIT. */
export class EventIntake {
  private readonly needs: EventIntakeNeeds;
  private deliveries: Delivery[] = [];
  private waiting_events = 0;
  private scheduled = false;

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
      this.deliveries.push({ events, arrived: this.needs.clock(), resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    let batch: readonly Delivery[] | undefined;
    this.needs.writer
      .run(() => (batch ??= this.nextBatch()).map((delivery) => delivery.events.map((event) => this.record(event, delivery.arrived))))
      .then(
        (taken) => batch?.forEach((delivery, index) => this.answer(delivery, taken[index] as readonly Taken[])),
        (reason: unknown) => {
          // The queue of the disk itself was full: the work never ran, and nobody else will take these.
          batch ??= this.nextBatch();
          for (const delivery of batch) {
            this.waiting_events -= delivery.events.length;
            delivery.reject(reason);
          }
        },
      );
  }

  /** Called when a transaction begins to take events: later arrivals belong to the next. */
  private nextBatch(): readonly Delivery[] {
    let events = 0;
    let count = 0;
    while (count < this.deliveries.length && events < EVENTS_PER_WORK) {
      events += (this.deliveries[count] as Delivery).events.length;
      count += 1;
    }
    const batch = this.deliveries.slice(0, count);
    this.deliveries = this.deliveries.slice(count);
    this.scheduled = false;
    if (this.deliveries.length > 0) this.schedule();
    return batch;
  }

  private record(event: ValidEvent, arrived: number): Taken {
    const { recorder, experiments, tally, botReason } = this.needs;
    const reason = botReason(event);
    if (reason === undefined) return recorder.record(event, { at: eventTime(event, arrived), arrived, imported: false });
    const named = event.experiment_id ?? (event.variant === undefined ? undefined : HOMEPAGE);
    tally.add(named === undefined ? 0 : experiments.name(named).experiment, reason);
    return { event_id: event.event_id ?? '', seq: undefined, experiment_id: named ?? null, variant: event.variant ?? null, excluded: 'bot' };
  }

  private answer(delivery: Delivery, taken: readonly Taken[]): void {
    this.waiting_events -= delivery.events.length;
    delivery.resolve(taken);
    if (!this.needs.listening()) return;
    delivery.events.forEach((event, index) => {
      const { seq, event_id } = taken[index] as Taken;
      if (seq !== undefined) this.needs.publish(asLogged(event, seq, event_id, delivery.arrived));
    });
  }
}

const asLogged = (event: ValidEvent, seq: number, event_id: string, arrived: number): LoggedEvent => ({
  seq,
  event_id,
  visitor_id: event.visitor_id,
  event_type: event.event_type,
  event_name: event.event_name ?? null,
  experiment_id: event.experiment_id ?? (event.variant === undefined ? null : HOMEPAGE),
  variant: event.variant ?? null,
  timestamp: isoTime(eventTime(event, arrived)),
  received_at: isoTime(arrived),
  value: valueOf(event.value, event.properties),
  properties: event.properties ?? null,
  context: event.context ?? null,
  imported: false,
});
