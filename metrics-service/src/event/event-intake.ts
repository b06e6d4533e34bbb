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
/** How many times where it is so many each time: while the thread commits some, the next lie ready for it. Few would rather wait, and share a COMMIT. */
const FULL_UNDER_WAY_MAX = 4;
const EVENTS_FULL = EVENTS_AT_ONCE / 2;

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
interface Delivery {
  /** Of the first; the others follow. */
  readonly place: number;
  /** Kept only while somebody listens. */
  readonly heard: readonly RecordableEvent[];
  readonly resolve: (recorded: RecordedEvents) => void;
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

  /** Stores an event and resolves, when it is on disk, to what became of it; throws Problem `overloaded` when too many wait. */
  takeOne(event: ValidEvent): Promise<TakenEvent> {
    const gathered = this.gathering(1);
    const place = gathered.columns.count;
    const [recordable, reason] = this.add(gathered, event, this.needs.clock());
    const { event_id, experiment_id, variant } = recordable;
    return this.recorded(gathered, place, this.needs.listening() ? [recordable] : []).then((recorded) => {
      if (reason !== undefined) return { event_id, experiment_id, variant, duplicate: false, excluded: 'bot' };
      const { experiments, words } = this.needs;
      const experiment = recorded.experiment[place] as number;
      const variant_word = recorded.variant[place] as number;
      return {
        event_id,
        experiment_id: experiment === 0 ? null : experiments.publicIdOf(experiment),
        variant: variant_word === 0 ? null : words.wordOf(variant_word),
        duplicate: recorded.seq[place] === 0,
      };
    });
  }

  /** Stores events and resolves, when they are on disk, to what became of them; rejects with Problem `overloaded` when too many wait. */
  async takeMany(events: readonly ValidEvent[]): Promise<TakenEvents> {
    const count = events.length;
    const gathered = this.gathering(count);
    const place = gathered.columns.count;
    const arrived = this.needs.clock();
    const listening = this.needs.listening();
    const heard: RecordableEvent[] = [];
    let excluded = 0;
    for (const event of events) {
      const [recordable, reason] = this.add(gathered, event, arrived);
      if (reason !== undefined) excluded += 1;
      if (listening) heard.push(recordable);
    }
    // No `await`: the events given, which are in the columns now, would be kept until it ends.
    return this.recorded(gathered, place, heard).then(({ seq }) => {
      let stored = 0;
      for (let at = place; at < place + count; at += 1) if (seq[at] !== 0) stored += 1;
      return { stored, duplicates: count - stored - excluded, excluded };
    });
  }

  private add({ columns }: Gathered, event: ValidEvent, arrived: number): readonly [RecordableEvent, string | undefined] {
    const recordable = recordableOf(event, { at: eventTime(event, arrived), arrived, imported: false });
    const reason = this.needs.botReason(event);
    columns.add(recordable, reason);
    return [recordable, reason];
  }

  /** Resolves when what is gathered is on disk. */
  private recorded({ deliveries }: Gathered, place: number, heard: readonly RecordableEvent[]): Promise<RecordedEvents> {
    this.schedule();
    return new Promise((resolve, reject) => deliveries.push({ place, heard, resolve, reject }));
  }

  /** Where so many events can be added; throws Problem `overloaded` when too many wait. */
  private gathering(count: number): Gathered {
    if (this.waiting_events + count > WAITING_EVENTS_MAX) throw new Problem('overloaded', 'Too many events are waiting for the disk.', { retry_after_seconds: 1 });
    this.waiting_events += count;
    const last = this.queue.at(-1);
    if (last !== undefined && last.columns.count + count <= EVENTS_AT_ONCE) return last;
    const gathered = new Gathered();
    this.queue.push(gathered);
    return gathered;
  }

  /** When all requests have been looked at that the server handles together, and before it turns to others. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    process.nextTick(() => {
      this.scheduled = false;
      this.handOn();
    });
  }

  private handOn(): void {
    for (let next = this.queue[0]; next !== undefined && this.mayHandOn(next); next = this.queue[0]) {
      this.queue.shift();
      this.record(next);
    }
  }

  private mayHandOn({ columns }: Gathered): boolean {
    const most = columns.count >= EVENTS_FULL ? FULL_UNDER_WAY_MAX : columns.count >= EVENTS_WORTH ? UNDER_WAY_MAX : 1;
    return this.under_way < most;
  }

  private record({ columns, deliveries }: Gathered): void {
    const { count } = columns;
    this.under_way += 1;
    this.needs.recording
      .recordEvents(columns.sent())
      .finally(() => {
        this.under_way -= 1;
        this.waiting_events -= count;
        if (this.queue.length > 0) this.schedule();
      })
      .then((recorded) => deliveries.forEach((delivery) => this.answer(delivery, recorded)))
      .catch((error: unknown) => deliveries.forEach(({ reject }) => reject(error)));
  }

  private answer({ place, heard, resolve }: Delivery, recorded: RecordedEvents): void {
    resolve(recorded);
    heard.forEach((event, index) => {
      const seq = recorded.seq[place + index] ?? 0;
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
