import { array, jsonObject, nullable, object, record } from '../../../shared/schema/composites.ts';
import type { JsonObject, ObjectSchema, Shape } from '../../../shared/schema/composites.ts';
import { boolean, number, oneOf, string, timestamp } from '../../../shared/schema/scalars.ts';
import type { Faults, Schema } from '../../../shared/schema/schema.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { keySchema } from '../key.ts';
import { targetingSchema } from '../targeting-schema.ts';
import type { Targeting } from '../targeting-schema.ts';

/** How many variants an experiment has at most. */
export const VARIANTS_MAX = 20;
/** How many testers an experiment names at most. */
export const FORCED_MAX = 1_000;
/** How far the weights' sum may be from 100. */
export const WEIGHTS_TOLERANCE = 0.01;

/** A variant as a caller sends it; in a change, `variant_id` or else the name says which variant is meant. */
export interface VariantBody {
  readonly variant_id?: string;
  readonly variant_name: string;
  readonly is_control?: boolean;
  readonly traffic_allocation_percent: number;
  readonly configuration_json?: JsonObject;
}

/** What a change may set; times in milliseconds. */
export interface ExperimentChange {
  readonly key?: string;
  readonly name?: string;
  readonly description?: string;
  readonly hypothesis?: string;
  readonly status?: 'DRAFT' | 'RUNNING' | 'PAUSED' | 'COMPLETED';
  readonly page?: string | null;
  readonly primary_metric_name?: string;
  readonly secondary_metric_names?: readonly string[];
  readonly guardrail_metric_names?: readonly string[];
  readonly coverage_percent?: number;
  readonly targeting?: Targeting;
  readonly start_time?: number | null;
  readonly end_time?: number | null;
  readonly winner?: string | null;
  readonly winner_for?: 'new' | 'all';
  readonly group?: string | null;
  readonly forced?: ReadonlyMap<string, string>;
  readonly archived?: boolean;
  readonly variants?: readonly VariantBody[];
}

/** What a new experiment is made of. */
export interface ExperimentBody extends Omit<ExperimentChange, 'name' | 'status' | 'variants' | 'winner' | 'archived'> {
  readonly name: string;
  readonly status?: 'DRAFT' | 'RUNNING';
  readonly variants: readonly VariantBody[];
}

const variantSchema = object<VariantBody>({
  variant_id: optional(string({ min: 1, max: 64, description: 'Which variant is meant, in a change that renames it; given out by us.' })),
  variant_name: string({ min: 1, max: 64, example: 'A' }),
  is_control: optional(boolean({ description: 'The variant that others are compared with, and that visitors outside the experiment see; the first where none says so.' })),
  traffic_allocation_percent: number({ min: 0, max: 100, description: 'Share of the covered visitors; all shares sum to 100. Zero: nobody new.', example: 50 }),
  configuration_json: optional(jsonObject({ bytes_max: 16_384, description: 'Slot values of the page under this variant.', example: { headline: 'Try it today' } })),
});

const checkTogether = (variants: readonly VariantBody[], at: string, faults: Faults): void => {
  const names = new Set<string>();
  let sum = 0;
  variants.forEach((variant, index) => {
    if (names.has(variant.variant_name)) faults.add(`${at}/${index}/variant_name`, 'must be unique in the experiment');
    names.add(variant.variant_name);
    sum += Number(variant.traffic_allocation_percent);
  });
  if (variants.every(({ traffic_allocation_percent }) => Number.isFinite(traffic_allocation_percent)) && Math.abs(sum - 100) > WEIGHTS_TOLERANCE + 1e-9)
    faults.add(at, `must have traffic_allocation_percent that sum to 100, not ${Math.round(sum * 100) / 100}`);
  if (variants.filter(({ is_control }) => is_control === true).length > 1) faults.add(at, 'must have one control');
};

const list = array(variantSchema, {
  min: 2,
  max: VARIANTS_MAX,
  example: [
    { variant_name: 'A', traffic_allocation_percent: 50 },
    { variant_name: 'B', traffic_allocation_percent: 50, configuration_json: { headline: 'Try it today' } },
  ],
});
/** Describes the variants of an experiment: names unique, weights that sum to 100, one control. */
export const variantsSchema: Schema<readonly VariantBody[]> = {
  json: list.json,
  check: (value, at, faults) => {
    const known = faults.list.length;
    const variants = list.check(value, at, faults);
    const readable = Array.isArray(value) && value.length >= 2 && value.length <= VARIANTS_MAX;
    if (readable && (faults.list.length === known || variants.every((variant) => typeof variant.variant_name === 'string'))) checkTogether(variants, at, faults);
    return variants;
  },
};

const metric = (description: string): Schema<string> =>
  string({ min: 1, max: 193, pattern: /^[^:]{1,64}(:.{1,128})?$/su, pattern_words: 'must be event_type or event_type:event_name', description, example: 'form_submit' });

const metrics = (description: string): Schema<readonly string[]> => array(metric(description), { max: 20, description, example: ['cta_click'] });

/** The members that a new experiment, a change and an imported one have in common. */
export const experimentMembers: Pick<Shape<ExperimentChange>, 'description' | 'hypothesis' | 'page' | 'primary_metric_name' | 'secondary_metric_names' | 'guardrail_metric_names' | 'coverage_percent' | 'targeting' | 'start_time' | 'end_time' | 'winner_for' | 'group' | 'forced'> = {
  description: optional(string({ max: 4_000 })),
  hypothesis: optional(string({ max: 4_000, description: 'What is expected, and why.' })),
  page: optional(nullable(keySchema('The page it shows on; null where it is only asked for through the API.', 'home'))),
  primary_metric_name: optional(metric('What counts as a conversion.')),
  secondary_metric_names: optional(metrics('Metrics to look at besides.')),
  guardrail_metric_names: optional(metrics('Metrics that must not get worse.')),
  coverage_percent: optional(number({ min: 0, max: 100, description: 'Share of all visitors who take part.', example: 100 })),
  targeting: optional(targetingSchema),
  start_time: optional(nullable(timestamp({ description: 'When a draft starts by itself.' }))),
  end_time: optional(nullable(timestamp({ description: 'When it is completed by itself.' }))),
  winner_for: optional(oneOf(['new', 'all'], { description: 'Whom the winner is shown to: visitors without an assignment, or everybody.' })),
  group: optional(nullable(keySchema('Experiments of one group exclude each other.', 'checkout'))),
  forced: optional(record(string({ min: 1, max: 64 }), { max: FORCED_MAX, key_max: 256, description: 'Testers: variant_name by visitor_id; kept out of results.', example: {} })),
};

/** Describes the body of `POST /experiments`. */
export const experimentBody: ObjectSchema<ExperimentBody> = object<ExperimentBody>({
  name: string({ min: 1, max: 200, pattern: /\S/, pattern_words: 'must not be blank', example: 'Hero wording' }),
  ...experimentMembers,
  key: optional(keySchema('How programs call it; made of the name where absent, never changed.', 'hero-wording')),
  status: optional(oneOf(['DRAFT', 'RUNNING'])),
  variants: variantsSchema,
});

/** Describes the body of `PATCH /experiments/{id}`. */
export const experimentChange: ObjectSchema<ExperimentChange> = object<ExperimentChange>({
  name: optional(string({ min: 1, max: 200, pattern: /\S/, pattern_words: 'must not be blank', example: 'Hero wording' })),
  ...experimentMembers,
  key: optional(string({ max: 64, description: 'The present one: keys do not change.' })),
  status: optional(oneOf(['DRAFT', 'RUNNING', 'PAUSED', 'COMPLETED'])),
  winner: optional(nullable(string({ min: 1, max: 64, description: 'The variant_name declared best; needs COMPLETED.' }))),
  archived: optional(boolean({ description: 'Hidden from lists; for experiments that cannot be deleted because they have assignments.' })),
  variants: optional(variantsSchema),
});
