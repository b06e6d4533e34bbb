import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { feedPart } from '../../../shared/http/sse.ts';
import type { FeedHub, FeedMessage } from '../../../shared/http/sse.ts';
import type { LoggedEvent } from '../../../shared/contract/event.ts';
import { PAGE_DEFAULT, PAGE_MAX } from '../../../shared/page-cursor.ts';
import { object } from '../../../shared/schema/composites.ts';
import { integer, string, timestamp } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { eventLogAnswer, LOGGED_EVENT_EXAMPLE } from './event-answers.ts';
import type { EventLog } from './event-log.ts';
import type { EventFilter } from './event-sieve.ts';

/** How many missed events a listener is sent at a time when it comes back. */
const MISSED_MAX = 1_000;

interface LogQuery extends EventFilter {
  readonly limit?: number;
  readonly cursor?: string;
}

const text = (max: number, description: string, example?: string) => optional(string({ max, description, ...(example === undefined ? {} : { example }) }));

const QUERY = object<LogQuery>({
  visitor_id: text(256, 'Events of this visitor.'),
  experiment: text(256, 'Events of this experiment, by id or key.', 'homepage'),
  variant: text(64, 'Events that name this variant.', 'B'),
  event_type: text(64, 'Events of this type.', 'cta_click'),
  event_name: text(128, 'Events of this name.', 'hero'),
  property: optional(string({ max: 512, description: '`name=value` of properties, the value as JSON has it (a text without quotes), or `name` alone.', example: 'percent=75' })),
  from: optional(timestamp({ description: 'From this time on.', example: '2026-01-01T00:00:00.000Z' })),
  to: optional(timestamp({ description: 'Before this time.' })),
  limit: optional(integer({ min: 1, max: PAGE_MAX, description: `${PAGE_DEFAULT} unless said.`, example: 20 })),
  cursor: text(256, 'The `next_cursor` of the page before.'),
});

/** Writes an event as a message of the stream. */
export const eventMessage = (event: LoggedEvent): FeedMessage => ({ id: String(event.seq), event: 'event', data: JSON.stringify(event) });

/** `GET /events` and `GET /events/stream`: the event log, as pages and as it grows. */
export const eventLogRoutes = (log: EventLog, hub: FeedHub): readonly Route[] => [
  route('GET /events', {
    summary: 'Lists events, newest first',
    description: 'A page may be short where few events pass the filter; follow `next_cursor` until it is null.',
    access: 'api',
    query: QUERY,
    answers: { 200: { description: 'One page of events.', schema: eventLogAnswer, example: { data: [LOGGED_EVENT_EXAMPLE], next_cursor: null } } },
    handle: async ({ query }) => {
      const { limit = PAGE_DEFAULT, cursor, ...filter } = query;
      return jsonReply(200, await log.page(filter, limit, cursor), { 'cache-control': 'no-store' });
    },
  }),
  route('GET /events/stream', {
    summary: 'Sends events as they are stored (server-sent events)',
    description: 'Each message is an event as `GET /events` shows it; its id is `seq`. Imported events are in the log alone.',
    access: 'api',
    headers: { 'Last-Event-ID': { description: 'The id of the last message that was seen: what was missed comes first. Whoever missed more than a thousand events gets them in parts, for each of which they connect anew.' } },
    answers: { 200: { description: 'A stream that goes on until somebody closes it.', type: 'text/event-stream' } },
    handle: ({ call }) => {
      const last = Number(call.headers['last-event-id'] ?? NaN);
      if (!Number.isSafeInteger(last) || last < 0) return hub.reply(() => []);
      const { events, until } = log.after(last, MISSED_MAX);
      if (until < log.lastSeq) return feedPart(events.map(eventMessage), String(until));
      return hub.reply(() => log.after(last, MISSED_MAX).events.map(eventMessage));
    },
  }),
];
