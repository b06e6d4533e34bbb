import type { EventsAnswer } from '../../../shared/contract/event.ts';
import { checkEvents, EVENT_BODY } from '../../../shared/event-body.ts';
import type { CheckedEvents } from '../../../shared/event-body.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import type { Reply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { invalid } from '../../../shared/problem.ts';
import type { Fault } from '../../../shared/problem.ts';
import { uuidTime } from '../../../shared/uuid.ts';
import { eventAnswer, eventsAnswer } from './event-answers.ts';
import type { EventIntake } from './event-intake.ts';

/** Whether an id was minted before what is kept begins: nobody knows any more whether it was counted. */
const isTooOld = (event_id: string | undefined, oldest: number): boolean => event_id !== undefined && (uuidTime(event_id) ?? oldest) < oldest;

/** Refuses events whose ids are older than what is kept. */
const withoutOld = ({ valid, rejected }: CheckedEvents, many: boolean, oldest: number): CheckedEvents => {
  const old = oldest === 0 ? [] : valid.filter(({ event }) => isTooOld(event.event_id, oldest));
  if (old.length === 0) return { valid, rejected };
  const errors = (index: number): readonly Fault[] => [{ field: many ? `/${index}/event_id` : '/event_id', message: 'is older than what is kept (RETENTION_DAYS)' }];
  return { valid: valid.filter((each) => !old.includes(each)), rejected: [...rejected, ...old.map(({ index }) => ({ index, errors: errors(index) }))].sort((one, other) => one.index - other.index) };
};

const answerOne = async (intake: EventIntake, { valid, rejected }: CheckedEvents): Promise<Reply> => {
  const [found] = valid;
  if (found === undefined) throw invalid(rejected[0]?.errors ?? []);
  return jsonReply(201, await intake.takeOne(found.event));
};

const answerMany = async (intake: EventIntake, { valid, rejected }: CheckedEvents): Promise<Reply> => {
  if (valid.length === 0) {
    const errors = rejected.flatMap((each) => each.errors);
    const body = { type: 'about:blank', title: 'Invalid input', status: 400, detail: 'None of the events is acceptable.', errors: errors.slice(0, 100), accepted: 0, duplicates: 0, rejected };
    return { status: 400, type: 'application/problem+json', headers: { 'cache-control': 'no-store' }, body: JSON.stringify(body) };
  }
  const { stored, duplicates, excluded } = await intake.takeMany(valid.map(({ event }) => event));
  const answer: EventsAnswer = { accepted: stored + excluded, duplicates, rejected, ...(excluded > 0 ? { excluded } : {}) };
  return jsonReply(200, answer);
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
    handle: ({ body }) => (body.many ? answerMany : answerOne)(intake, withoutOld(checkEvents(body), body.many, oldest())),
  }),
];
