import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { object } from '../../../shared/schema/composites.ts';
import { string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import type { Definitions } from '../definitions.ts';
import { EXCLUSIONS_EXAMPLE, exclusionsAnswer } from './assignment-answers.ts';
import type { AssignmentStore } from './assignment-store.ts';
import type { Exclusions } from './exclusions.ts';

/** `GET /exclusions`. */
export const exclusionRoutes = (definitions: Definitions, assignments: AssignmentStore, exclusions: Exclusions): readonly Route[] => [
  route('GET /exclusions', {
    summary: 'Says who was left out of an experiment, and why',
    description: 'Requests by programs (crawlers, previews, prefetches, declared automation), by reason: they got the control and were not stored. Testers are visitors who were put into a variant by name. Numbers only: nothing about one person.',
    access: 'open',
    rate: 'stats',
    query: object<{ experiment?: string }>({ experiment: optional(string({ min: 1, max: 64, description: 'Id or key; all experiments where absent, drafts for holders of a token alone.', example: 'homepage' })) }),
    answers: { 200: { description: 'The counts.', schema: exclusionsAnswer, example: EXCLUSIONS_EXAMPLE }, 404: { description: 'There is no such experiment.' } },
    handle: ({ caller, query: { experiment } }) => {
      // What is still being prepared is nobody's business.
      const listed = caller === 'anyone' ? definitions.experiments.filter(({ definition }) => definition.status !== 'DRAFT') : definitions.experiments;
      const wanted = experiment === undefined ? listed : [definitions.getExperiment(experiment)];
      const data = wanted.map(({ row, definition }) => {
        const requests = Object.fromEntries([...exclusions.of(definition.experiment_id)].sort());
        const visitors = Object.keys(definition.forced ?? {});
        return {
          experiment_id: definition.experiment_id,
          experiment: definition.key,
          requests,
          total_requests: Object.values(requests).reduce((sum, count) => sum + count, 0),
          testers: visitors.filter((visitor_id) => assignments.find(visitor_id, row) !== undefined).length,
        };
      });
      return jsonReply(200, { data }, { 'cache-control': 'no-store' });
    },
  }),
];
