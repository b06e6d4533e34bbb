import type { EventsAnswer } from '../../../shared/contract/event.ts';
import { checkEvents, EVENT_BODY } from '../../../shared/event-body.ts';
import type { CheckedEvents } from '../../../shared/event-body.ts';
import type { ValidEvent } from '../../../shared/event-schema.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import type { Reply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { invalid } from '../../../shared/problem.ts';
import type { Fault } from '../../../shared/problem.ts';
import { uuidTime } from '../../../shared/uuid.ts';
import { eventAnswer, eventsAnswer } from './event-answers.ts';
import type { EventIntake } from './event-intake.ts';

/** Refuses an event whose id was minted before what is kept begins: nobody knows any more whether it was counted. */
const refuseOld = (oldest: number) => ({ event_id }: ValidEvent): Fault | undefined =>
  oldest !== 0 && event_id !== undefined && (uuidTime(event_id) ?? oldest) < oldest ? { field: '/event_id', message: 'is older than what is kept (RETENTION_DAYS)' } : undefined;

// Neither waits with what it was given: events that wait for the disk are kept once, in columns.

const takeOne = (intake: EventIntake, { valid, rejected }: CheckedEvents): Promise<Reply> => {
  const [event] = valid;
  if (event === undefined) throw invalid(rejected[0]?.errors ?? []);
  return intake.takeOne(event).then((taken) => jsonReply(201, taken));
};

const noneValid = (rejected: CheckedEvents['rejected']): Reply => {
  const errors = rejected.flatMap((each) => each.errors);
  const body = { type: 'about:blank', title: 'Invalid input', status: 400, detail: 'None of the events is acceptable.', errors: errors.slice(0, 100), accepted: 0, duplicates: 0, rejected };
  return { status: 400, type: 'application/problem+json', headers: { 'cache-control': 'no-store' }, body: JSON.stringify(body) };
};

const takeMany = (intake: EventIntake, { valid, rejected }: CheckedEvents): Reply | Promise<Reply> => {
  if (valid.length === 0) return noneValid(rejected);
  return intake.takeMany(valid).then(({ stored, duplicates, excluded }) => {
    const answer: EventsAnswer = { accepted: stored + excluded, duplicates, rejected, ...(excluded > 0 ? { excluded } : {}) };
    return jsonReply(200, answer);
  });
};

/** `POST /events`: the open path by which events come in. `oldest` is the beginning of the time that is kept. */
export const eventRoutes = (intake: EventIntake, oldest: () => number): readonly Route[] => [
  route('POST /events', {
    summary: 'Takes one event, a list, or {"events": […]}',
    description: 'A 2xx answer means that the events are on disk. The same event_id counts once, so a request may be repeated until it is answered.',
    access: 'open',
    rate: 'events',
    cost: (body) => body.items.length,
    body: EVENT_BODY,
    examples: {
      one: { summary: 'One event', value: { visitor_id: 'user-1', event_type: 'cta_click', event_name: 'hero', experiment_id: 'homepage', variant: 'A' } },
      sale: { summary: 'One with a value and an id of its own', value: { event_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d99', visitor_id: 'user-1', event_type: 'purchase', value: 19.9, properties: { article: 'cap' } } },
      many: { summary: 'Many events', value: { events: [{ visitor_id: 'user-1', event_type: 'page_view' }, { visitor_id: 'user-2', event_type: 'page_view', context: { language: 'de' } }] } },
    },
    answers: {
      201: { description: 'One event was taken.', schema: eventAnswer, example: { event_id: '01980000-0000-7000-8000-000000000000', experiment_id: 'homepage', variant: 'A', duplicate: false } },
      200: { description: 'Many events were looked at; those rejected are listed with their faults.', schema: eventsAnswer, example: { accepted: 2, duplicates: 0, rejected: [] } },
      400: { description: 'No event is acceptable.' },
      503: { description: 'Too many events wait for the disk; Retry-After says when to come back.' },
    },
    handle: ({ body }) => (body.many ? takeMany : takeOne)(intake, checkEvents(body, refuseOld(oldest()))),
  }),
];
