import type { JsonObject } from '../schema/composites.ts';

/** What a browser or program says of the place where an event happened; all of it optional. */
export interface EventContext {
  readonly user_agent?: string;
  readonly language?: string;
  readonly referrer?: string;
  readonly path?: string;
  /** `utm_source`, `utm_medium`, … without the prefix or with it. */
  readonly utm?: JsonObject;
  readonly screen_width?: number;
  /** True if a program drives the browser (`navigator.webdriver`). */
  readonly automation?: boolean;
  /** True if the page was fetched ahead of a visit that may never come. */
  readonly prefetch?: boolean;
}

/** An event as `POST /events` takes it; `user_id`, `type` and `metadata` are read as `visitor_id`, `event_type` and `properties`. */
export interface EventInput {
  readonly visitor_id: string;
  readonly event_type: string;
  readonly event_name?: string;
  /** Id or key. */
  readonly experiment_id?: string;
  readonly variant?: string;
  readonly event_id?: string;
  /** ISO 8601, by the sender's clock. */
  readonly timestamp?: string;
  /** ISO 8601, by the same clock: the moment of sending, so that a wrong clock can be told. */
  readonly sent_at?: string;
  readonly value?: number;
  readonly properties?: JsonObject;
  readonly context?: EventContext;
}

/** The answer to one event: 201. */
export interface EventAnswer {
  readonly event_id: string;
  /** The experiment that it belongs to: its id where it is known here, else as it was named. */
  readonly experiment_id: string | null;
  readonly variant: string | null;
  readonly duplicate: boolean;
  /** Present where the event was taken but is not counted. */
  readonly excluded?: 'bot';
}

/** One fault of one event; `field` is a JSON Pointer into the body, index included. */
export interface EventFault {
  readonly field: string;
  readonly message: string;
}

/** The answer to many events: 200; 400 with the same members in a problem when none was valid. */
export interface EventsAnswer {
  /** New events, those that are not counted (`excluded`) included. */
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly errors: readonly EventFault[] }[];
  /** How many of the accepted were bots' and are not counted; absent where none was. */
  readonly excluded?: number;
}

/** An event as `GET /events`, `GET /events/stream`, `GET /visitors/{id}` and the export show it. */
export interface LoggedEvent {
  /** Position in the log, newest highest; a message of the stream has it as its id. */
  readonly seq: number;
  readonly event_id: string;
  readonly visitor_id: string;
  readonly event_type: string;
  readonly event_name: string | null;
  /** As the event named them. */
  readonly experiment_id: string | null;
  readonly variant: string | null;
  /** When it happened, corrected. */
  readonly timestamp: string;
  readonly received_at: string;
  /** The value given, else `properties.price`. */
  readonly value: number | null;
  readonly properties: JsonObject | null;
  readonly context: EventContext | null;
  readonly imported: boolean;
}

/** One page of the event log. */
export interface EventLogAnswer {
  readonly data: readonly LoggedEvent[];
  readonly next_cursor: string | null;
}

/** A line of `POST /import` that says who was shown what. */
export interface ImportedAssignment {
  readonly record: 'assignment';
  readonly visitor_id: string;
  readonly experiment_id: string;
  readonly variant: string;
  readonly timestamp: string;
}

/** A line of `POST /import` that says what somebody did; any past time. */
export interface ImportedEvent extends EventInput {
  readonly record: 'event';
}

/** The answer to `POST /import`; running the same import again gives `accepted: 0`. */
export interface ImportAnswer {
  readonly lines: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** The first hundred rejected lines; counted from 1. */
  readonly errors: readonly { readonly line: number; readonly errors: readonly EventFault[] }[];
}
