import type { EventsAnswer } from '../../../shared/contract/event.ts';
import { checkEvents } from '../../../shared/event-body.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import type { Call, Reply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { invalid } from '../../../shared/problem.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import { signVisitor, visitorCookie } from '../visitor/visitor-cookie.ts';
import type { Visit } from '../visitor/visit.ts';
import type { EventDoor } from './event-door.ts';
import { TRACKED_BODY } from './tracked-body.ts';
import type { TrackedBody } from './tracked-body.ts';

/** An answer of metrics-service, and for somebody new on a site of one's own the signed id that the tracker brings back next time. */
const withVisitor = <T extends object>(answer: T, visit: Visit, key: SigningKey): T & { readonly visitor?: string } =>
  visit.returning || visit.exclusion !== undefined ? answer : { ...answer, visitor: signVisitor(visit.visitor_id, key) };

const noneValid = (rejected: EventsAnswer['rejected']): Reply => {
  const errors = rejected.flatMap((each) => each.errors).slice(0, 100);
  const body = { type: 'about:blank', title: 'Invalid input', status: 400, detail: 'None of the events is acceptable.', errors, accepted: 0, duplicates: 0, rejected };
  return { status: 400, type: 'application/problem+json', headers: { 'cache-control': 'no-store' }, body: JSON.stringify(body) };
};

/** `POST /events`: the first-party path of the tracker, with the answers of metrics-service. */
export const eventRoutes = (door: EventDoor, key: SigningKey): readonly Route[] => {
  const take = async (call: Call, body: TrackedBody): Promise<Reply> => {
    const { valid, rejected } = checkEvents(body);
    const [first] = valid;
    if (first === undefined) {
      if (body.many) return noneValid(rejected);
      throw invalid(rejected[0]?.errors ?? []);
    }
    const view = door.viewOf(body.view);
    const visit = door.visitOf(call, view, body.visitor);
    const answers = await door.take(call, visit, { events: valid, page: body.page, view, sent_at: body.sent_at });
    const cookies = visit.returning || visit.exclusion !== undefined ? {} : { 'set-cookie': [visitorCookie(visit.visitor_id, key, call.secure)] };
    if (!body.many) return jsonReply(201, withVisitor(answers[0] as object, visit, key), cookies);
    const duplicates = answers.filter(({ duplicate }) => duplicate).length;
    const excluded = answers.filter((answer) => answer.excluded !== undefined).length;
    const answer: EventsAnswer = { accepted: answers.length - duplicates, duplicates, rejected, ...(excluded > 0 ? { excluded } : {}) };
    return jsonReply(200, withVisitor(answer, visit, key), cookies);
  };

  return [
    route('POST /events', {
      summary: 'Takes events of a page; visitor, experiment and variant are what the cookies say',
      access: 'open',
      rate: 'events',
      cost: (body) => body.items.length,
      body: TRACKED_BODY,
      // The Beacon API sends text/plain: the one type that needs no preflight.
      body_types: ['application/json', 'text/plain'],
      handle: ({ call, body }) => take(call, body),
    }),
  ];
};
