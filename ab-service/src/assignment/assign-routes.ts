import { isoTime } from '../../../shared/clock.ts';
import { JSON_TYPE } from '../../../shared/http/call.ts';
import type { Caller, Reply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { invalid, Problem } from '../../../shared/problem.ts';
import type { Fault } from '../../../shared/problem.ts';
import { array, object } from '../../../shared/schema/composites.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import { string, timestamp } from '../../../shared/schema/scalars.ts';
import type { Schema } from '../../../shared/schema/schema.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { contextSchema, visitorOf } from '../context.ts';
import type { Definitions } from '../definitions.ts';
import { answerText } from './assigner.ts';
import type { Assigner, AssignmentRequest, Outcome } from './assigner.ts';
import { ASSIGNMENT_EXAMPLE, assignmentAnswer, assignmentsAnswer, USER_ASSIGNMENT_EXAMPLE, userAssignmentAnswer } from './assignment-answers.ts';

/** How many visitors one `POST /assign` may name. */
export const ASSIGNMENTS_MAX = 1_000;
/** The experiment that is meant where none is named. */
export const DEFAULT_EXPERIMENT = 'homepage';

/** What these routes work with. */
export interface AssignNeeds {
  readonly definitions: Definitions;
  readonly assigner: Assigner;
  readonly bot_filter: boolean;
}

interface Item {
  readonly visitor_id: string;
  readonly experiment?: string;
  readonly context?: JsonObject;
  readonly variant_id?: string;
  readonly assignment_timestamp?: number;
}

const NOT_KEPT = { 'cache-control': 'no-store' } as const;
const NOTHING: JsonObject = {};

const visitorSchema: Schema<string> = string({ min: 1, max: 256, description: "The visitor's id, the same on every call.", example: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70' });
const experimentSchema: Schema<string> = string({ min: 1, max: 64, description: 'Id or key of the experiment.', example: DEFAULT_EXPERIMENT });

const itemSchema = object<Item>({
  visitor_id: visitorSchema,
  experiment: optional(experimentSchema),
  context: optional(contextSchema),
  variant_id: optional(string({ min: 1, max: 64, description: 'What the visitor was shown while this service was away; needs a token.' })),
  assignment_timestamp: optional(timestamp({ description: 'When that was; needs a token.' })),
});

const reply = (outcome: Outcome): Reply => ({ status: 200, type: JSON_TYPE, headers: NOT_KEPT, body: answerText(outcome) });

/** The parameters besides the known ones, as attributes. */
const attributesOf = (query: URLSearchParams): JsonObject | undefined => {
  if (query.size <= 2 && query.has('visitor_id') && (query.size === 1 || query.has('experiment'))) return undefined;
  const entries = [...query].filter(([name]) => name !== 'visitor_id' && name !== 'experiment');
  return Object.fromEntries(entries.slice(0, 50).map(([name, value]) => [name.slice(0, 256), value.slice(0, 1_024)]));
};

/** `GET` and `POST /assign`, and `GET /experiments/{id}/assignment/{user_id}`. */
export const assignRoutes = ({ definitions, assigner, bot_filter }: AssignNeeds): readonly Route[] => {
  const requestOf = (item: Item, index: number, caller: Caller, faults: Fault[]): AssignmentRequest | undefined => {
    const at = `/assignments/${index}`;
    const experiment = definitions.findExperiment(item.experiment ?? DEFAULT_EXPERIMENT);
    if (experiment === undefined) {
      faults.push({ field: `${at}/experiment`, message: 'is no experiment that exists' });
      return undefined;
    }
    const { visitor_id, context, variant_id, assignment_timestamp } = item;
    const request = { visitor_id, experiment, ...visitorOf(context, bot_filter) };
    if (variant_id === undefined && assignment_timestamp === undefined) return request;
    if (caller === 'anyone') throw new Problem('unauthenticated', 'Only the holder of a token may say what a visitor was shown.');
    if (variant_id === undefined || assignment_timestamp === undefined) {
      faults.push({ field: `${at}/${variant_id === undefined ? 'variant_id' : 'assignment_timestamp'}`, message: 'is required where the other one is given' });
      return undefined;
    }
    if (experiment.findVariant(variant_id) === undefined) {
      faults.push({ field: `${at}/variant_id`, message: 'is no variant of the experiment' });
      return undefined;
    }
    return { ...request, shown: { variant_id, at: assignment_timestamp } };
  };

  return [
    route('GET /assign', {
      summary: 'Gives a visitor a variant of an experiment',
      description:
        'The first answer is stored before it is given, and never changes. Whoever is not assigned (the experiment does not run, does not cover or does not target the visitor) gets the control with `assignment_timestamp` null.',
      further_query: { description: 'All other parameters are attributes for targeting: `device=mobile&country=DE`.' },
      access: 'open',
      rate: 'assignments',
      query: object<{ visitor_id: string; experiment?: string }>({ visitor_id: visitorSchema, experiment: optional(experimentSchema) }),
      answers: { 200: { description: 'The variant.', schema: assignmentAnswer, example: ASSIGNMENT_EXAMPLE }, 404: { description: 'There is no such experiment.' } },
      handle: ({ call, query: { visitor_id, experiment = DEFAULT_EXPERIMENT } }) => {
        const outcome = assigner.assign({ visitor_id, experiment: definitions.getExperiment(experiment), ...visitorOf(attributesOf(call.query), bot_filter) });
        return outcome instanceof Promise ? outcome.then(reply) : reply(outcome);
      },
    }),
    route('POST /assign', {
      summary: 'Gives many visitors their variants',
      description: 'All in one transaction. With a token an item may carry `variant_id` and `assignment_timestamp`: what the visitor was shown while this service was away. It is stored unless an assignment exists, which wins and is answered.',
      access: 'open',
      rate: 'assignments',
      cost: (body) => body.assignments.length,
      body: object<{ readonly assignments: readonly Item[] }>({ assignments: array(itemSchema, { min: 1, max: ASSIGNMENTS_MAX }) }),
      examples: {
        asked: { summary: 'Ask for two visitors', value: { assignments: [{ visitor_id: 'user-1', experiment: DEFAULT_EXPERIMENT, context: { device: 'mobile' } }, { visitor_id: 'user-2' }] } },
      },
      answers: { 200: { description: 'The variants, in order.', schema: assignmentsAnswer, example: { assignments: [ASSIGNMENT_EXAMPLE] } } },
      handle: async ({ body, caller }) => {
        const faults: Fault[] = [];
        const requests = body.assignments.map((item, index) => requestOf(item, index, caller, faults));
        if (faults.length > 0) throw invalid(faults.slice(0, 100));
        const outcomes = await assigner.assignAll(requests as AssignmentRequest[]);
        return { status: 200, type: JSON_TYPE, headers: NOT_KEPT, body: `{"assignments":[${outcomes.map(answerText).join(',')}]}` };
      },
    }),
    route('GET /experiments/{id}/assignment/{user_id}', {
      summary: "Answers a user's variant; the same on every call",
      description: 'Assigns like `GET /assign` does where the user has no assignment yet.',
      access: 'api',
      answers: { 200: { description: 'The variant.', schema: userAssignmentAnswer, example: USER_ASSIGNMENT_EXAMPLE } },
      handle: async ({ parameters: { id, user_id } }) => {
        if (user_id.length > 256 || !user_id.isWellFormed() || user_id.includes('\0')) throw invalid([{ field: 'user_id', message: 'must have 1 to 256 characters' }]);
        const experiment = definitions.getExperiment(id);
        const { ready, assigned_at } = await assigner.assign({ visitor_id: user_id, experiment, attributes: NOTHING, automation: null });
        const { variant } = ready;
        const answer = {
          experiment_id: experiment.definition.experiment_id,
          user_id,
          variant_id: variant.variant_id,
          variant_name: variant.variant_name,
          assignment_timestamp: assigned_at === null ? null : isoTime(assigned_at),
        };
        return { status: 200, type: JSON_TYPE, headers: NOT_KEPT, body: JSON.stringify(answer) };
      },
    }),
  ];
};
