import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { Problem } from '../../../shared/problem.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import { RESULTS_EXAMPLE, resultsAnswer } from './result-answers.ts';
import { RESULT_QUERY, resultFilter } from './result-query.ts';
import type { ResultReader } from './result-reader.ts';

/** `GET /experiments/{id}/results`: which variant is better, as far as is known. */
export const resultRoutes = (reader: ResultReader, experiments: ExperimentStore): readonly Route[] => [
  route('GET /experiments/{id}/results', {
    summary: "Answers an experiment's results",
    description: 'The id may be the key. Results rest on assignments alone; events at or after the assignment count, and a visitor converts once.',
    access: 'api',
    query: RESULT_QUERY,
    answers: { 200: { description: 'The results.', schema: resultsAnswer, example: RESULTS_EXAMPLE }, 404: { description: 'No experiment is known by this id or key.' } },
    handle: async ({ parameters, query }) => {
      const filter = resultFilter(query);
      const experiment = experiments.find(parameters.id);
      if (experiment === undefined) throw new Problem('not_found', 'No experiment is known by this id or key.');
      return jsonReply(200, await reader.read(experiment, filter), { 'cache-control': 'no-store' });
    },
  }),
];
