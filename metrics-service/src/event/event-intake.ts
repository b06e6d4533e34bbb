import { isoTime } from '../../../shared/clock.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { EventContext, LoggedEvent } from '../../../shared/contract/event.ts';
import type { ValidEvent } from '../../../shared/event-schema.ts';
import { eventTime } from '../../../shared/event-time.ts';
import { Problem } from '../../../shared/problem.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import { EventColumns } from '../recording/event-columns.ts';
import type { RecordedEvents } from '../recording/event-columns.ts';
import type { Recording } from '../recording/recording.ts';
import type { WordStore } from '../word/word-store.ts';
import { recordableOf } from './recordable-event.ts';
import type { RecordableEvent } from './recordable-event.ts';

/** How many events may wait for the disk; beyond it callers are told to come back. */
export const WAITING_EVENTS_MAX = 20_000;
/** How many events are handed on at once: few enough to be one work of a transaction that others share. */
const EVENTS_AT_ONCE = 1_000;
/** So many are worth handing on while others are still being written; fewer wait for those, and share the next COMMIT. */
const EVENTS_WORTH = 16;
/** How many times events may be under way at once. */
const UNDER_WAY_MAX = 2;

/** What became of one event; `excluded` where it is a bot's, which is tallied and not stored. */
export interface TakenEvent {
  readonly event_id: string;
  readonly experiment_id: string | null;
  readonly variant: string | null;
  readonly duplicate: boolean;
  readonly excluded?: 'bot';
}

/** What became of many. */
export interface TakenEvents {
  readonly stored: number;
  readonly duplicates: number;
  readonly excluded: number;
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

/** Events of one caller among those that are handed on together. */
interface Part {
  readonly recorded: RecordedEvents;
  readonly from: number;
}

interface Delivery {
  readonly count: number;
  readonly from: number;
  /** Kept only while somebody listens. */
  readonly events: readonly RecordableEvent[];
  readonly resolve: (part: Part) => void;
  readonly reject: (reason: unknown) => void;
}

/** Events that are handed on together, and whose they are. */
class Gathered {
  readonly columns = new EventColumns();
  readonly deliveries: Delivery[] = [];
}

/** Takes events by the open path: gathers those that arrive while others are being written, and answers each when its events are on disk. */
export class EventIntake {
  private readonly needs: EventIntakeNeeds;
  /** What is not handed on yet, the oldest first; only the last is added to. */
  private readonly queue: Gathered[] = [];
  private under_way = 0;
  private scheduled = false;
  private waiting_events = 0;

  constructor(needs: EventIntakeNeeds) {
    this.needs = needs;
  }

  /** How many events wait for the disk. */
  get waiting(): number {
    return this.waiting_events;
  }

  /** Stores an event and resolves, when it is on disk, to what became of it; rejects with Problem `overloaded` when too many wait. */
  async takeOne(event: ValidEvent): Promise<TakenEvent> {
    const [recordable, reason] = this.recordable(event, this.needs.clock());
    const { recorded, from } = await this.hand([recordable], [reason]);
    const { event_id, experiment_id, variant } = recordable;
    if (reason !== undefined) return { event_id, experiment_id, variant, duplicate: false, excluded: 'bot' };
    const { experiments, words } = this.needs;
    const [experiment = 0, variant_word = 0] = [recorded.experiment[from], recorded.variant[from]];
    return {
      event_id,
      experiment_id: experiment === 0 ? null : experiments.publicIdOf(experiment),
      variant: variant_word === 0 ? null : words.wordOf(variant_word),
      duplicate: recorded.seq[from] === 0,
    };
  }

  /** Stores events and resolves, when they are on disk, to what became of them; rejects with Problem `overloaded` when too many wait. */
  async takeMany(events: readonly ValidEvent[]): Promise<TakenEvents> {
    const arrived = this.needs.clock();
    const recordables: RecordableEvent[] = [];
    const reasons: (string | undefined)[] = [];
    let excluded = 0;
    for (const event of events) {
      const [recordable, reason] = this.recordable(event, arrived);
      recordables.push(recordable);
      reasons.push(reason);
      if (reason !== undefined) excluded += 1;
    }
    const count = events.length;
    const { recorded, from } = await this.hand(recordables, reasons);
    let stored = 0;
    for (let place = from; place < from + count; place += 1) if (recorded.seq[place] !== 0) stored += 1;
    return { stored, duplicates: count - stored - excluded, excluded };
  }

  private recordable(event: ValidEvent, arrived: number): readonly [RecordableEvent, string | undefined] {
    return [recordableOf(event, { at: eventTime(event, arrived), arrived, imported: false }), this.needs.botReason(event)];
  }

  private hand(events: readonly RecordableEvent[], reasons: readonly (string | undefined)[]): Promise<Part> {
    const count = events.length;
    if (this.waiting_events + count > WAITING_EVENTS_MAX) return Promise.reject(new Problem('overloaded', 'Too many events are waiting for the disk.', { retry_after_seconds: 1 }));
    this.waiting_events += count;
    const { columns, deliveries } = this.gathering(count);
    const from = columns.count;
    events.forEach((event, index) => columns.add(event, reasons[index]));
    this.schedule();
    return new Promise((resolve, reject) => deliveries.push({ count, from, events: this.needs.listening() ? events : [], resolve, reject }));
  }

  private gathering(count: number): Gathered {
    const last = this.queue.at(-1);
    if (last !== undefined && last.columns.count + count <= EVENTS_AT_ONCE) return last;
    const gathered = new Gathered();
    this.queue.push(gathered);
    return gathered;
  }

  /** At the end of the turn, when all requests that are there were read. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.handOn();
    });
  }

  private handOn(): void {
    for (let next = this.queue[0]; next !== undefined && this.mayHandOn(next); next = this.queue[0]) {
      this.queue.shift();
      void this.record(next);
    }
  }

  private mayHandOn({ columns }: Gathered): boolean {
    return this.under_way === 0 || (this.under_way < UNDER_WAY_MAX && columns.count >= EVENTS_WORTH);
  }

  private async record({ columns, deliveries }: Gathered): Promise<void> {
    this.under_way += 1;
    try {
      const recorded = await this.needs.recording.recordEvents(columns.sent());
      this.waiting_events -= columns.count;
      for (const delivery of deliveries) this.answer(delivery, recorded);
    } catch (error) {
      this.waiting_events -= columns.count;
      for (const { reject } of deliveries) reject(error);
    }
    this.under_way -= 1;
    if (this.queue.length > 0) this.schedule();
  }

  private answer({ from, events, resolve }: Delivery, recorded: RecordedEvents): void {
    resolve({ recorded, from });
    events.forEach((event, index) => {
      const seq = recorded.seq[from + index] ?? 0;
      if (seq !== 0) this.needs.publish(asLogged(event, seq));
    });
  }
}

const parsed = <T>(json: string | null): T | null => (json === null ? null : (JSON.parse(json) as T));

const asLogged = ({ at, arrived, properties, context, ...event }: RecordableEvent, seq: number): LoggedEvent => ({
  ...event,
  seq,
  timestamp: isoTime(at),
  received_at: isoTime(arrived),
  properties: parsed<JsonObject>(properties),
  context: parsed<EventContext>(context),
});
