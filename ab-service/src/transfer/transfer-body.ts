import { array, nullable, object, record } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { boolean, integer, number, oneOf, string, timestamp } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { experimentMembers, variantsSchema } from '../experiment/experiment-body.ts';
import type { ExperimentChange } from '../experiment/experiment-body.ts';
import { keySchema } from '../key.ts';
import { toggleMembers } from '../toggle/toggle-body.ts';
import type { ToggleBody } from '../toggle/toggle-body.ts';

/** The number of the format; one that is not known is refused. */
export const TRANSFER_FORMAT = 1;
/** How many experiments, and how many toggles, one document has at most. */
export const TRANSFERRED_MAX = 10_000;

/** A phase of an experiment; time in ms. */
export interface PhaseBody {
  readonly start_time: number;
  readonly coverage_percent: number;
  readonly weights: ReadonlyMap<string, number>;
}

/** An experiment as another installation exported it; times in ms. */
export interface TransferredExperiment extends Omit<ExperimentChange, 'key' | 'name' | 'status' | 'variants'> {
  readonly experiment_id: string;
  readonly key: string;
  readonly name: string;
  readonly status: 'DRAFT' | 'RUNNING' | 'PAUSED' | 'COMPLETED';
  readonly variants: NonNullable<ExperimentChange['variants']>;
  readonly phases?: readonly PhaseBody[];
  readonly created_at?: number;
}

/** A toggle as another installation exported it. */
export interface TransferredToggle extends ToggleBody {
  readonly key: string;
}

/** What one installation gives another. */
export interface TransferBody {
  readonly format: number;
  readonly experiments?: readonly TransferredExperiment[];
  readonly toggles?: readonly TransferredToggle[];
}

const phase = object<PhaseBody>({
  start_time: timestamp(),
  coverage_percent: number({ min: 0, max: 100 }),
  weights: record(number({ min: 0, max: 100 }), { max: 20, key_max: 64 }),
});

const experiment = object<TransferredExperiment>({
  ...experimentMembers,
  experiment_id: string({ min: 1, max: 64, pattern: /^[\w-]+$/, pattern_words: 'must consist of letters, digits, _ and -', description: 'Kept, so that visitors fall into the same buckets.' }),
  key: keySchema('How programs call it.', 'hero-wording'),
  name: string({ min: 1, max: 200 }),
  status: oneOf(['DRAFT', 'RUNNING', 'PAUSED', 'COMPLETED']),
  winner: optional(nullable(string({ min: 1, max: 64 }))),
  archived: optional(boolean()),
  variants: variantsSchema,
  phases: optional(array(phase, { max: 10_000 })),
  created_at: optional(timestamp()),
});

const toggle = object<TransferredToggle>({ ...toggleMembers, key: keySchema('How programs call it.', 'contact_form') });

/** Describes the body of `POST /import`: what `GET /export` answers. */
export const transferBody: ObjectSchema<TransferBody> = object<TransferBody>({
  format: integer({ min: TRANSFER_FORMAT, max: TRANSFER_FORMAT, example: TRANSFER_FORMAT }),
  experiments: optional(array(experiment, { max: TRANSFERRED_MAX, example: [] })),
  toggles: optional(array(toggle, { max: TRANSFERRED_MAX, example: [{ key: 'contact_form', enabled: true }] })),
});
