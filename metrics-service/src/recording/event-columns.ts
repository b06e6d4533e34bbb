import type { RecordableEvent } from '../event/recordable-event.ts';

/** Events column by column: a few long lists go from thread to thread at a fraction of what an object for each event costs. */
export class EventColumns {
  readonly event_id: string[] = [];
  readonly visitor_id: string[] = [];
  readonly event_type: string[] = [];
  readonly event_name: (string | null)[] = [];
  readonly experiment_id: (string | null)[] = [];
  readonly variant: (string | null)[] = [];
  readonly at: number[] = [];
  readonly arrived: number[] = [];
  readonly value: (number | null)[] = [];
  readonly properties: (string | null)[] = [];
  readonly context: (string | null)[] = [];
  /** Why an event is left out and only tallied; null for a person's. */
  readonly excluded_as: (string | null)[] = [];

  /** Appends an event that came by the open path. */
  add(event: RecordableEvent, excluded_as: string | null): void {
    this.event_id.push(event.event_id);
    this.visitor_id.push(event.visitor_id);
    this.event_type.push(event.event_type);
    this.event_name.push(event.event_name);
    this.experiment_id.push(event.experiment_id);
    this.variant.push(event.variant);
    this.at.push(event.at);
    this.arrived.push(event.arrived);
    this.value.push(event.value);
    this.properties.push(event.properties);
    this.context.push(event.context);
    this.excluded_as.push(excluded_as);
  }
}

/** Columns as they arrive in the other thread: the same lists, without methods. */
export type SentEvents = Omit<EventColumns, 'add'>;

/** Reads one event out of columns. */
export const eventAt = (columns: SentEvents, index: number): RecordableEvent => ({
  event_id: columns.event_id[index] as string,
  visitor_id: columns.visitor_id[index] as string,
  event_type: columns.event_type[index] as string,
  event_name: columns.event_name[index] as string | null,
  experiment_id: columns.experiment_id[index] as string | null,
  variant: columns.variant[index] as string | null,
  at: columns.at[index] as number,
  arrived: columns.arrived[index] as number,
  imported: false,
  value: columns.value[index] as number | null,
  properties: columns.properties[index] as string | null,
  context: columns.context[index] as string | null,
});

/** What became of events, column by column and in their order; all are numbers. */
export interface RecordedEvents {
  /** The place in the log; 0 for one whose id was there already, or that was left out. */
  readonly seq: readonly number[];
  /** The experiment that it counts in, 0 for none. */
  readonly experiment: readonly number[];
  /** The word of its variant, 0 for none. */
  readonly variant: readonly number[];
}
