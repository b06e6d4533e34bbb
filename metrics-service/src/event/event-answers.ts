import type { EventAnswer, EventContext, EventFault, EventLogAnswer, EventsAnswer, LoggedEvent } from '../../../shared/contract/event.ts';
import { anything, list, named, text, time } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import type { JsonObject, ObjectSchema } from '../../../shared/schema/composites.ts';
import { boolean, integer, number, oneOf } from '../../../shared/schema/scalars.ts';
import type { Schema } from '../../../shared/schema/schema.ts';
import { optional } from '../../../shared/schema/schema.ts';

const asSent = named(anything()) as Schema<JsonObject>;

/** Describes the answer to one event. */
export const eventAnswer: ObjectSchema<EventAnswer> = object<EventAnswer>(
  {
    event_id: text(),
    experiment_id: nullable(text(), { description: 'The experiment that it belongs to: its id where it is known here, else as it was named.' }),
    variant: nullable(text()),
    duplicate: boolean({ description: 'Whether the event was here already.' }),
    excluded: optional(oneOf(['bot'], { description: 'Present where it was taken but is not counted.' })),
  },
  { title: 'EventAnswer' },
);

const fault = object<EventFault>({ field: text({ description: 'A JSON Pointer into the body.' }), message: text() }, { title: 'EventFault' });

/** Describes the answer to many events. */
export const eventsAnswer: ObjectSchema<EventsAnswer> = object<EventsAnswer>(
  {
    accepted: integer({ min: 0, description: 'New events, those that are not counted included.' }),
    duplicates: integer({ min: 0 }),
    rejected: list(object<EventsAnswer['rejected'][number]>({ index: integer({ min: 0 }), errors: list(fault) })),
    excluded: optional(integer({ min: 1, description: "How many of the accepted were bots'; absent where none was." })),
  },
  { title: 'EventsAnswer' },
);

/** Describes an event as it is kept. */
export const loggedEvent: ObjectSchema<LoggedEvent> = object<LoggedEvent>(
  {
    seq: integer({ min: 1, description: 'Position in the log, newest highest.' }),
    event_id: text(),
    visitor_id: text(),
    event_type: text(),
    event_name: nullable(text()),
    experiment_id: nullable(text(), { description: 'As the event named it.' }),
    variant: nullable(text(), { description: 'As the event named it.' }),
    timestamp: time({ description: 'When it happened, corrected.' }),
    received_at: time(),
    value: nullable(number(), { description: 'The value given, else `properties.price`.' }),
    properties: nullable(asSent),
    context: nullable(asSent as Schema<EventContext>),
    imported: boolean(),
  },
  { title: 'LoggedEvent' },
);

/** Describes a page of events. */
export const eventLogAnswer: ObjectSchema<EventLogAnswer> = object<EventLogAnswer>({
  data: list(loggedEvent),
  next_cursor: nullable(text(), { description: 'Sent back as `cursor`; null where nothing follows.' }),
});

/** An event for the reader of the documentation. */
export const LOGGED_EVENT_EXAMPLE: LoggedEvent = {
  seq: 4_211,
  event_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d99',
  visitor_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70',
  event_type: 'cta_click',
  event_name: 'hero',
  experiment_id: 'homepage',
  variant: 'B',
  timestamp: '2026-01-05T12:00:03.120Z',
  received_at: '2026-01-05T12:00:03.201Z',
  value: null,
  properties: { position: 'top' },
  context: { language: 'de', screen_width: 390 },
  imported: false,
};
