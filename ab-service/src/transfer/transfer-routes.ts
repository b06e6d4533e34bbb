import { JSON_TYPE, jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { Problem } from '../../../shared/problem.ts';
import { object } from '../../../shared/schema/composites.ts';
import { oneOf } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import { actorOf } from '../actor.ts';
import type { Edit } from '../change/change-store.ts';
import type { Definitions } from '../definitions.ts';
import { TRANSFER_FORMAT, transferBody } from './transfer-body.ts';
import { OUTCOME_EXAMPLE, outcomeAnswer, TRANSFER_EXAMPLE, transferAnswer } from './transfer-answers.ts';
import { planExperiment, planToggle } from './transfer.ts';
import type { OnConflict, Plan } from './transfer.ts';

/** The most bytes that an imported document has. */
export const TRANSFER_BYTES_MAX = 16_777_216;

interface Entry {
  readonly kind: 'experiment' | 'toggle';
  readonly key: string;
  readonly why?: string;
}

/** What an import did, by what became of each definition. */
class Outcome {
  readonly created: Entry[] = [];
  readonly replaced: Entry[] = [];
  readonly unchanged: Entry[] = [];
  readonly refused: Entry[] = [];
}

/** Definitions as one document, for moving between installations: export, import. Assignments stay where they are. */
export const transferRoutes = (definitions: Definitions): readonly Route[] => {
  const present = (name: string) => {
    const live = definitions.findExperiment(name);
    return live === undefined ? undefined : { definition: live.definition, assigned: live.assigned };
  };

  /** Carries out one plan by itself, so that a definition that cannot be had stops no other. */
  const carryOut = (entry: Entry, plan: () => Plan, actor: string, outcome: Outcome): void => {
    try {
      const made = plan();
      if ('why' in made) outcome.refused.push({ ...entry, why: made.why });
      else {
        definitions.commit(actor, made.edits as readonly Edit[]);
        outcome[made.result].push(entry);
      }
    } catch (error) {
      if (!(error instanceof Problem) || error.kind === 'disk_full' || error.kind === 'overloaded') throw error;
      outcome.refused.push({ ...entry, why: [error.message, ...(error.extras.faults ?? []).map(({ field, message }) => `${field} ${message}`)].join(' ') });
    }
  };

  return [
    route('GET /export', {
      summary: 'Exports all experiments and toggles, for another installation',
      description: 'Definitions with their ids, so that visitors fall into the same buckets there. Assignments are no part of it.',
      access: 'api',
      answers: { 200: { description: 'The document, which `POST /import` takes.', schema: transferAnswer, example: TRANSFER_EXAMPLE, headers: { 'Content-Disposition': 'A name for the file.' } } },
      handle: () => ({
        status: 200,
        type: JSON_TYPE,
        headers: { 'cache-control': 'no-store', 'content-disposition': 'attachment; filename="fairsplit-definitions.json"' },
        body: `{"format":${TRANSFER_FORMAT},"experiments":[${definitions.experiments.map(({ text }) => text).join(',')}],"toggles":${JSON.stringify(definitions.toggles)}}`,
      }),
    }),
    route('POST /import', {
      summary: 'Imports experiments and toggles that another installation exported',
      description:
        'The same document twice changes nothing the second time. What is here already and differs is kept (and named under `refused`), or replaced with `on_conflict=replace`, as far as an experiment\'s life allows: an experiment that has visitors keeps its variants.',
      access: 'api',
      body: transferBody,
      body_bytes_max: TRANSFER_BYTES_MAX,
      query: object<{ on_conflict?: OnConflict }>({ on_conflict: optional(oneOf(['keep', 'replace'], { description: '`keep` unless said.' })) }),
      answers: { 200: { description: 'What became of each definition.', schema: outcomeAnswer, example: OUTCOME_EXAMPLE } },
      handle: ({ body: { experiments = [], toggles = [] }, query: { on_conflict = 'keep' }, call, caller }) => {
        const actor = actorOf(call, caller);
        const outcome = new Outcome();
        const making = () => ({ now: definitions.change_time, mint: () => uuidv7() });
        for (const given of experiments) {
          const { key, experiment_id } = given;
          carryOut({ kind: 'experiment', key }, () => planExperiment(given, present(experiment_id), present(key), on_conflict, making()), actor, outcome);
        }
        for (const given of toggles) carryOut({ kind: 'toggle', key: given.key }, () => planToggle(given, definitions.findToggle(given.key), on_conflict, making()), actor, outcome);
        return jsonReply(200, outcome, { 'cache-control': 'no-store' });
      },
    }),
  ];
};
