import { isoTime } from '../../../shared/clock.ts';
import type { LoggedEvent } from '../../../shared/contract/event.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import type { Log } from '../../../shared/log.ts';
import { Problem } from '../../../shared/problem.ts';
import { list, text, time } from '../../../shared/schema/answers.ts';
import { object } from '../../../shared/schema/composites.ts';
import { boolean, integer } from '../../../shared/schema/scalars.ts';
import { LOGGED_EVENT_EXAMPLE, loggedEvent } from '../event/event-answers.ts';
import type { EventLog } from '../event/event-log.ts';
import type { Erased } from '../rollup/reattribution.ts';
import type { AppStores } from '../stores.ts';

/** How many events of a person are shown at once; the count says how many there are. */
const EVENTS_SHOWN_MAX = 10_000;

interface StoredAssignment {
  readonly experiment_id: string;
  readonly variant: string;
  readonly assignment_timestamp: string;
  readonly forced: boolean;
  readonly imported: boolean;
}

interface StoredVisitor {
  readonly visitor_id: string;
  readonly assignments: readonly StoredAssignment[];
  readonly total_events: number;
  readonly events: readonly LoggedEvent[];
}

const VISITOR = object<StoredVisitor>({
  visitor_id: text(),
  assignments: list(object<StoredAssignment>({ experiment_id: text(), variant: text(), assignment_timestamp: time(), forced: boolean({ description: 'Put into the variant by name.' }), imported: boolean() })),
  total_events: integer({ min: 0 }),
  events: list(loggedEvent),
});

const VISITOR_EXAMPLE: StoredVisitor = {
  visitor_id: LOGGED_EVENT_EXAMPLE.visitor_id,
  assignments: [{ experiment_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d10', variant: 'B', assignment_timestamp: '2026-01-05T12:00:00.000Z', forced: false, imported: false }],
  total_events: 1,
  events: [LOGGED_EVENT_EXAMPLE],
};

const ERASED = object<{ readonly visitor_id: string; readonly erased: Erased }>({
  visitor_id: text(),
  erased: object<Erased>({ events: integer({ min: 0 }), assignments: integer({ min: 0 }), sessions: integer({ min: 0, description: 'Visits, which are made of the events.' }) }),
});

const notFound = (): Problem => new Problem('not_found', 'Nothing is stored about a visitor of this id.');

/** `GET` and `DELETE /visitors/{visitor_id}`: what is stored about a person, and its erasure. */
export const visitorRoutes = (stores: Pick<AppStores, 'assignments' | 'experiments' | 'recording' | 'visitors' | 'words'>, events: EventLog, log: Log): readonly Route[] => {
  const { assignments, experiments, recording, visitors, words } = stores;
  return [
    route('GET /visitors/{visitor_id}', {
      summary: 'Shows what is stored about a person',
      description: `Assignments, and up to ${EVENTS_SHOWN_MAX} events; \`total_events\` says how many there are.`,
      access: 'ingest',
      answers: { 200: { description: 'All of it.', schema: VISITOR, example: VISITOR_EXAMPLE }, 404: { description: 'Nothing is stored about a visitor of this id.' } },
      handle: async ({ parameters: { visitor_id } }) => {
        const id = visitors.find(visitor_id);
        if (id === undefined) throw notFound();
        const rows = assignments.ofVisitor(id).map(({ experiment, variant, assigned_at, forced, from_log }) => ({
          experiment_id: experiments.publicIdOf(experiment),
          variant: words.wordOf(variant),
          assignment_timestamp: isoTime(assigned_at),
          forced,
          imported: !from_log,
        }));
        return jsonReply(200, { visitor_id, assignments: rows, ...(await events.ofVisitor(id, EVENTS_SHOWN_MAX)) }, { 'cache-control': 'no-store' });
      },
    }),
    route('DELETE /visitors/{visitor_id}', {
      summary: 'Erases a person from events and every rollup, in one transaction',
      access: 'ingest',
      answers: { 200: { description: 'How much was removed.', schema: ERASED, example: { visitor_id: 'user-1', erased: { events: 12, assignments: 1, sessions: 3 } } }, 404: { description: 'Nothing is stored about a visitor of this id.' } },
      handle: async ({ parameters: { visitor_id } }) => {
        const erased = await recording.eraseVisitor(visitor_id);
        if (erased === undefined) throw notFound();
        log.info('a visitor was erased', { ...erased });
        return jsonReply(200, { visitor_id, erased });
      },
    }),
  ];
};
