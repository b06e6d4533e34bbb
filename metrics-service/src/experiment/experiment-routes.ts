import type { KnownExperiment, KnownExperimentsAnswer } from '../../../shared/contract/results.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { cursorOf, PAGE_DEFAULT, PAGE_MAX, readCursor } from '../../../shared/page-cursor.ts';
import { object } from '../../../shared/schema/composites.ts';
import { integer, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { KNOWN_EXPERIMENTS_EXAMPLE, knownExperimentsAnswer } from '../result/result-answers.ts';
import { DEFAULT_METRIC } from '../result/result-reader.ts';
import type { ResultStore } from '../result/result-store.ts';
import { ASSIGNED } from '../rollup/cell-deltas.ts';
import type { WordStore } from '../word/word-store.ts';
import type { ExperimentStore, StoredExperiment } from './experiment-store.ts';

interface PageQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

const QUERY = object<PageQuery>({ limit: optional(integer({ min: 1, max: PAGE_MAX, description: `${PAGE_DEFAULT} unless said.`, example: 20 })), cursor: optional(string({ max: 256, description: 'The `next_cursor` of the page before.' })) });

/** `GET /experiments`: every experiment that there are figures of, those of imports included. */
export const experimentRoutes = (experiments: ExperimentStore, results: ResultStore, words: WordStore): readonly Route[] => {
  const known = ({ id, public_id, definition, source }: StoredExperiment): KnownExperiment => {
    const assigned = results.cells(id).filter((cell) => cell.metric === ASSIGNED && cell.users > 0);
    return {
      experiment_id: public_id,
      key: definition?.key ?? null,
      name: definition?.name ?? public_id,
      status: definition?.status ?? (source === 'import' && assigned.length > 0 ? 'COMPLETED' : 'RUNNING'),
      primary_metric_name: definition?.primary_metric_name ?? DEFAULT_METRIC,
      source,
      variants: definition?.variants.map(({ variant_name }) => variant_name) ?? assigned.map(({ variant }) => words.wordOf(variant)).sort(),
      total_users: assigned.reduce((sum, cell) => sum + cell.users, 0),
    };
  };
  return [
    route('GET /experiments', {
      summary: 'Lists the experiments that there are figures of',
      description: 'Those of ab-service, of imports, and those that events alone have named.',
      access: 'api',
      query: QUERY,
      answers: { 200: { description: 'One page of experiments.', schema: knownExperimentsAnswer, example: KNOWN_EXPERIMENTS_EXAMPLE } },
      handle: ({ query }) => {
        const { limit = PAGE_DEFAULT, cursor } = query;
        const after = cursor === undefined ? 0 : Number(readCursor(cursor, 1)[0]);
        const page = experiments.list(after, limit);
        const last = page.at(-1);
        const answer: KnownExperimentsAnswer = { data: page.map(known), next_cursor: page.length < limit || last === undefined ? null : cursorOf([last.id]) };
        return jsonReply(200, answer, { 'cache-control': 'no-store' });
      },
    }),
  ];
};
