import type { Experiment } from '../../../shared/contract/experiment.ts';
import { emptyReply, JSON_TYPE } from '../../../shared/http/call.ts';
import type { Reply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { AnswerWords, Route } from '../../../shared/http/route.ts';
import { PAGE_DEFAULT, PAGE_MAX } from '../../../shared/page-cursor.ts';
import { object } from '../../../shared/schema/composites.ts';
import { boolean, integer, oneOf, string, timestamp } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import { actorOf } from '../actor.ts';
import type { Definitions } from '../definitions.ts';
import { freeKey, keySchema, slugOf } from '../key.ts';
import { changeExperiment, duplicateExperiment } from './change-experiment.ts';
import { EXPERIMENT_EXAMPLE, experimentAnswer, experimentListAnswer } from './experiment-answers.ts';
import { experimentBody, experimentChange } from './experiment-body.ts';
import { listExperiments } from './experiment-list.ts';
import type { ExperimentFilter } from './experiment-list.ts';
import { createExperiment } from './experiment.ts';
import { requireVersion, versionTag } from './if-match.ts';
import type { LiveExperiment } from './live-experiment.ts';

const NOT_KEPT = { 'cache-control': 'no-store' } as const;

const TWO_VARIANTS = [
  { variant_name: 'A', traffic_allocation_percent: 50 },
  { variant_name: 'B', traffic_allocation_percent: 50, configuration_json: { headline: 'Try it today' } },
];
const IF_MATCH = { 'If-Match': { description: 'The version that is meant, as its `ETag` says; another one is 412.', example: '"3"' } };
const STALE = { description: 'It has another version than `If-Match` says: read it again, and repeat the change on that.' };
const answered = (description: string): AnswerWords => ({ description, schema: experimentAnswer, example: EXPERIMENT_EXAMPLE, headers: { ETag: 'Its version, for `If-Match`.' } });

const filterSchema = object<ExperimentFilter>({
  status: optional(oneOf(['DRAFT', 'RUNNING', 'PAUSED', 'COMPLETED'], { description: 'Those in this state alone.' })),
  page: optional(string({ max: 64, description: 'Those that show on this page.', example: 'home' })),
  group: optional(string({ max: 64, description: 'Those of this group.', example: 'checkout' })),
  search: optional(string({ max: 200, description: 'Words that name, key, description or hypothesis have, all of them.', example: 'hero' })),
  archived: optional(boolean({ description: 'The archived ones instead of the others.' })),
  updated_after: optional(timestamp({ description: 'Those changed after this time alone, archived ones included, oldest change first.', example: '2026-01-01T00:00:00.000Z' })),
  limit: optional(integer({ min: 1, max: PAGE_MAX, description: `${PAGE_DEFAULT} unless said.`, example: 20 })),
  cursor: optional(string({ max: 200, description: 'The `next_cursor` of the page before.' })),
});

const reply = (status: number, { definition, text }: LiveExperiment): Reply => ({
  status,
  type: JSON_TYPE,
  headers: { ...NOT_KEPT, etag: versionTag(definition.version), ...(status === 201 ? { location: `/experiments/${definition.experiment_id}` } : {}) },
  body: text,
});

/** Experiments: create, list, read, change, delete, duplicate. */
export const experimentRoutes = (definitions: Definitions): readonly Route[] => {
  const making = () => ({ now: definitions.change_time, mint: () => uuidv7() });
  const freeSlug = (name: string): string => freeKey(slugOf(name), (key) => definitions.isTaken(key));
  const add = (actor: string, after: Experiment): Reply => {
    definitions.commit(actor, [{ kind: 'experiment', key: after.key, before: null, after }]);
    return reply(201, definitions.getExperiment(after.experiment_id));
  };

  return [
    route('POST /experiments', {
      summary: 'Creates an experiment',
      description: 'Needs a name and two or more variants whose `traffic_allocation_percent` sum to 100. It is a DRAFT unless RUNNING is asked for.',
      access: 'api',
      body: experimentBody,
      examples: {
        small: { summary: 'A draft that tests a headline', value: { name: 'Hero wording', page: 'home', variants: TWO_VARIANTS } },
        whole: {
          summary: 'With targeting, coverage and guardrails',
          value: { name: 'Shorter form', key: 'shorter-form', hypothesis: 'Fewer fields, more forms.', page: 'home', primary_metric_name: 'form_submit', secondary_metric_names: ['cta_click'], guardrail_metric_names: ['engagement'], coverage_percent: 50, targeting: { device: 'mobile', country: { $in: ['DE', 'AT'] } }, group: 'form', forced: { 'tester-1': 'B' }, variants: TWO_VARIANTS },
        },
      },
      answers: { 201: { ...answered('The new experiment.'), headers: { ETag: 'Its version, for `If-Match`.', Location: 'Where it is.' } }, 409: { description: 'The key is taken, or another experiment runs on the page.' } },
      handle: ({ body, call, caller }) => add(actorOf(call, caller), createExperiment(body, body.key ?? freeSlug(body.name), making())),
    }),
    route('GET /experiments', {
      summary: 'Lists experiments',
      access: 'api',
      description: 'Newest first; archived ones only where they are asked for.',
      query: filterSchema,
      answers: { 200: { description: 'One page of experiments.', schema: experimentListAnswer, example: { data: [EXPERIMENT_EXAMPLE], next_cursor: null } } },
      handle: ({ query }) => {
        const { data, next_cursor } = listExperiments(definitions.experiments, query);
        return { status: 200, type: JSON_TYPE, headers: NOT_KEPT, body: `{"data":[${data.map(({ text }) => text).join(',')}],"next_cursor":${JSON.stringify(next_cursor)}}` };
      },
    }),
    route('GET /experiments/{id}', {
      summary: 'Reads an experiment, by id or key',
      access: 'api',
      answers: { 200: answered('The experiment.') },
      handle: ({ parameters: { id } }) => reply(200, definitions.getExperiment(id)),
    }),
    route('PATCH /experiments/{id}', {
      summary: 'Changes an experiment: what is sent, and nothing else',
      description:
        'Lifecycle: DRAFT → RUNNING ⇄ PAUSED → COMPLETED, by status. Weights and coverage of a running experiment open a phase. Variants are sent whole; after the first assignment none can be added, removed or renamed. `If-Match` keeps you from overwriting what somebody else changed.',
      access: 'api',
      headers: IF_MATCH,
      body: experimentChange,
      examples: {
        words: { summary: 'Describe it', value: { description: 'Does a promise bring more forms?' } },
        weights: { summary: 'Shift the weights', value: { variants: [{ variant_name: 'A', traffic_allocation_percent: 20 }, { variant_name: 'B', traffic_allocation_percent: 80 }] } },
        pause: { summary: 'Pause it', value: { status: 'PAUSED' } },
        end: { summary: 'End it with a winner', value: { status: 'COMPLETED', winner: 'B', winner_for: 'all' } },
      },
      answers: { 200: answered('The experiment as it is now.'), 409: { description: 'Its state does not allow this; `detail` says why, and what would.' }, 412: STALE },
      handle: ({ parameters: { id }, body, call, caller }) => {
        const { definition, assigned } = definitions.getExperiment(id);
        requireVersion(call.headers['if-match'], definition.version);
        const after = changeExperiment(definition, body, { ...making(), assigned });
        definitions.commit(actorOf(call, caller), [{ kind: 'experiment', key: definition.key, before: definition, after }]);
        return reply(200, definitions.getExperiment(definition.experiment_id));
      },
    }),
    route('DELETE /experiments/{id}', {
      summary: 'Deletes an experiment that nobody was assigned in',
      description: 'With assignments it is 409: archive it instead (`PATCH` with `archived: true`).',
      access: 'api',
      headers: IF_MATCH,
      answers: { 204: { description: 'It is gone.' }, 409: { description: 'Visitors were assigned in it.' }, 412: STALE },
      handle: ({ parameters: { id }, call, caller }) => {
        const { definition } = definitions.getExperiment(id);
        requireVersion(call.headers['if-match'], definition.version);
        definitions.commit(actorOf(call, caller), [{ kind: 'experiment', key: definition.key, before: definition, after: null }]);
        return emptyReply();
      },
    }),
    route('POST /experiments/{id}/duplicates', {
      summary: 'Makes a draft like this experiment',
      access: 'api',
      answers: { 201: { ...answered('The draft.'), headers: { ETag: 'Its version, for `If-Match`.', Location: 'Where it is.' } }, 409: { description: 'The key is taken.' } },
      body_optional: true,
      body: object<{ name?: string; key?: string }>({ name: optional(string({ min: 1, max: 200, description: 'That of the other one with "(copy)" where absent.', example: 'Hero wording, again' })), key: optional(keySchema('Made of the name where absent.', 'hero-wording-2')) }),
      handle: ({ parameters: { id }, body, call, caller }) => {
        const { definition } = definitions.getExperiment(id);
        const name = body.name ?? `${definition.name.slice(0, 193)} (copy)`;
        return add(actorOf(call, caller), duplicateExperiment(definition, name, body.key ?? freeSlug(name), making()));
      },
    }),
  ];
};
