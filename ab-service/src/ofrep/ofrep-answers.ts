import { anything, list, named, text } from '../../../shared/schema/answers.ts';
import { object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { oneOf } from '../../../shared/schema/scalars.ts';
import type { Schema } from '../../../shared/schema/schema.ts';
import { optional } from '../../../shared/schema/schema.ts';

interface Evaluation {
  readonly key: string;
  readonly reason: string;
  readonly value?: unknown;
  readonly variant: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

interface Failure {
  readonly key?: string;
  readonly errorCode?: string;
  readonly errorDetails: string;
}

/** Describes one evaluation. */
export const evaluationAnswer: ObjectSchema<Evaluation> = object<Evaluation>(
  {
    key: text(),
    reason: oneOf(['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'DEFAULT'], { description: 'Why this value.' }),
    value: optional(anything({ description: "The toggle's value, or the configuration of the variant; absent where the client is to use its own default." })),
    variant: text({ description: '`on` or `off` for a toggle; the name of the variant for an experiment.' }),
    metadata: named(anything()),
  },
  { title: 'Evaluation' },
);

/** Describes a refusal in the words of OFREP. */
export const failureAnswer: ObjectSchema<Failure> = object<Failure>(
  {
    key: optional(text({ description: 'Absent where the whole request is bad.' })),
    errorCode: optional(oneOf(['PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'FLAG_NOT_FOUND', 'GENERAL'])),
    errorDetails: text({ description: 'What is wrong, for a person.' }),
  },
  { title: 'EvaluationFailure' },
);

const evaluationOrFailure: Schema<Evaluation | Failure> = {
  json: { anyOf: [evaluationAnswer.json, failureAnswer.json] },
  check: (value, at, faults) => (typeof value === 'object' && value !== null && 'errorDetails' in value ? failureAnswer.check(value, at, faults) : evaluationAnswer.check(value, at, faults)),
};

interface BulkEvaluation {
  readonly flags: readonly (Evaluation | Failure)[];
  readonly eventStreams?: readonly unknown[];
}

/** Describes the evaluation of everything. */
export const bulkAnswer: ObjectSchema<BulkEvaluation> = object<BulkEvaluation>({
  flags: list(evaluationOrFailure),
  eventStreams: optional(list(anything(), { description: 'Where a client learns that it is to ask again; absent where a token is needed, which a browser cannot send there.' })),
});

/** An evaluation for the reader of the documentation. */
export const EVALUATION_EXAMPLE: Evaluation = { key: 'contact_form', reason: 'STATIC', value: true, variant: 'on', metadata: { kind: 'toggle', updated_at: '2026-01-05T12:00:00.000Z' } };

/** A refusal for the reader of the documentation. */
export const FAILURE_EXAMPLE: Failure = { key: 'contact_from', errorCode: 'FLAG_NOT_FOUND', errorDetails: 'There is no such toggle or experiment.' };
