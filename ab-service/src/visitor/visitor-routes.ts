import type { Clock } from '../../../shared/clock.ts';
import { isoTime } from '../../../shared/clock.ts';
import type { AssignmentAnswer } from '../../../shared/contract/experiment.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { list, text, time } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import { boolean, integer } from '../../../shared/schema/scalars.ts';
import type { GroupCommit } from '../../../shared/sqlite/group-commit.ts';
import type { AssignmentStore } from '../assignment/assignment-store.ts';
import type { RecentAssignments } from '../assignment/recent-assignments.ts';
import type { Definitions } from '../definitions.ts';

/** What these routes work with. */
export interface VisitorNeeds {
  readonly definitions: Definitions;
  readonly assignments: AssignmentStore;
  readonly recent: RecentAssignments;
  readonly commits: GroupCommit;
  readonly clock: Clock;
  /** Called after the log has grown. */
  readonly on_stored: () => void;
}

interface StoredAssignment extends Omit<AssignmentAnswer, 'visitor_id' | 'configuration_json' | 'is_new'> {
  readonly forced: boolean;
}

const VISITOR = object<{ readonly visitor_id: string; readonly assignments: readonly StoredAssignment[]; readonly tester_in: readonly string[] }>({
  visitor_id: text(),
  assignments: list(object<StoredAssignment>({ experiment_id: text(), experiment: text({ description: 'Its key.' }), variant_id: text(), variant: text({ description: 'Its name.' }), assignment_timestamp: nullable(time()), forced: boolean({ description: 'Put into the variant by name.' }) })),
  tester_in: list(text(), { description: 'Keys of the experiments that name this visitor as a tester.' }),
});

const VISITOR_EXAMPLE = {
  visitor_id: 'user-1',
  assignments: [{ experiment_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d10', experiment: 'homepage', variant_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d12', variant: 'B', assignment_timestamp: '2026-01-05T12:00:00.000Z', forced: false }],
  tester_in: [],
};

const ERASED = object<{ readonly visitor_id: string; readonly erased: { readonly assignments: number } }>({ visitor_id: text(), erased: object<{ readonly assignments: number }>({ assignments: integer({ min: 0 }) }) });

/** What is stored about a person, and its erasure. */
export const visitorRoutes = ({ definitions, assignments, recent, commits, clock, on_stored }: VisitorNeeds): readonly Route[] => [
  route('GET /visitors/{visitor_id}', {
    summary: 'Shows what is stored about a visitor',
    access: 'ingest',
    answers: { 200: { description: 'All of it; nothing, for a visitor who is not known.', schema: VISITOR, example: VISITOR_EXAMPLE } },
    handle: ({ parameters: { visitor_id } }) =>
      jsonReply(
        200,
        {
          visitor_id,
          assignments: assignments.ofVisitor(visitor_id).flatMap(({ experiment, variant, assigned_at, forced }) => {
            const live = definitions.findExperimentByRow(experiment);
            if (live === undefined) return [];
            const { variant_id, variant_name } = live.variantByRow(variant).variant;
            const { experiment_id, key } = live.definition;
            return [{ experiment_id, experiment: key, variant_id, variant: variant_name, assignment_timestamp: isoTime(assigned_at), forced: forced === 1 }];
          }),
          tester_in: definitions.experiments.filter(({ definition }) => Object.hasOwn(definition.forced ?? {}, visitor_id)).map(({ definition }) => definition.key),
        },
        { 'cache-control': 'no-store' },
      ),
  }),
  route('DELETE /visitors/{visitor_id}', {
    summary: 'Erases a visitor',
    description: 'Deletes the assignments and leaves a tombstone in the log, which tells followers to forget the visitor too.',
    access: 'ingest',
    answers: { 200: { description: 'How much was erased.', schema: ERASED, example: { visitor_id: 'user-1', erased: { assignments: 2 } } } },
    handle: async ({ parameters: { visitor_id } }) => {
      const erased = await commits.run(() => assignments.erase(visitor_id, clock()));
      // After the commit, when no request can put the visitor back that was read before it.
      recent.forget(visitor_id);
      on_stored();
      return jsonReply(200, { visitor_id, erased: { assignments: erased } }, { 'cache-control': 'no-store' });
    },
  }),
];
