import type { Experiment, Phase, Variant } from '../../../shared/contract/experiment.ts';
import { anything, list, named, text, time } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { boolean, integer, number, oneOf } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';

const variant = object<Variant>(
  {
    variant_id: text(),
    variant_name: text(),
    is_control: boolean({ description: 'The one that others are compared with, and that visitors outside the experiment see.' }),
    traffic_allocation_percent: number({ min: 0, max: 100, description: 'Share of the covered visitors; all shares sum to 100.' }),
    configuration_json: named(anything(), { description: 'Slot values of the page under this variant.' }),
  },
  { title: 'Variant' },
);

const phase = object<Phase>(
  {
    start_time: time({ description: "Its end is the next one's start." }),
    coverage_percent: number({ min: 0, max: 100 }),
    weights: named(number({ min: 0, max: 100 }), { description: '`traffic_allocation_percent` by `variant_name`.' }),
  },
  { title: 'Phase', description: 'A stretch of time in which neither weights nor coverage changed.' },
);

/** Describes an experiment as it is answered. */
export const experimentAnswer: ObjectSchema<Experiment> = object<Experiment>(
  {
    experiment_id: text(),
    key: text({ description: 'How programs call it; never changes.' }),
    name: text(),
    description: text(),
    hypothesis: text({ description: 'What is expected, and why.' }),
    status: oneOf(['DRAFT', 'RUNNING', 'PAUSED', 'COMPLETED']),
    page: nullable(text(), { description: 'The page it shows on; null where it is only asked for through the API.' }),
    primary_metric_name: text({ description: 'What counts as a conversion: `event_type` or `event_type:event_name`.' }),
    secondary_metric_names: list(text()),
    guardrail_metric_names: list(text(), { description: 'Metrics that must not get worse.' }),
    coverage_percent: number({ min: 0, max: 100, description: 'Share of all visitors who take part.' }),
    targeting: nullable(named(anything()), { description: 'A condition that visitors must meet; null for everybody.' }),
    start_time: nullable(time(), { description: 'When it started, or will by itself.' }),
    end_time: nullable(time(), { description: 'When it was completed, or will be by itself.' }),
    winner: nullable(text(), { description: 'The `variant_name` declared best.' }),
    winner_for: oneOf(['new', 'all'], { description: 'Whom the winner is shown to: visitors without an assignment, or everybody.' }),
    variants: list(variant),
    phases: list(phase),
    group: optional(nullable(text(), { description: 'Experiments of one group exclude each other.' })),
    forced: optional(named(text(), { description: 'Testers: `variant_name` by `visitor_id`.' })),
    archived: optional(boolean({ description: 'Hidden from lists.' })),
    created_at: time(),
    updated_at: time(),
    version: integer({ min: 1, description: 'Counts changes; sent back as `If-Match`.' }),
  },
  { title: 'Experiment' },
);

/** A page of experiments. */
export interface ExperimentListAnswer {
  readonly data: readonly Experiment[];
  readonly next_cursor: string | null;
}

/** Describes a page of experiments. */
export const experimentListAnswer: ObjectSchema<ExperimentListAnswer> = object<ExperimentListAnswer>({
  data: list(experimentAnswer),
  next_cursor: nullable(text(), { description: 'Sent back as `cursor`; null where nothing follows.' }),
});

/** An experiment for the reader of the documentation. */
export const EXPERIMENT_EXAMPLE: Experiment = {
  experiment_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70',
  key: 'hero-wording',
  name: 'Hero wording',
  description: '',
  hypothesis: 'A promise brings more forms than a description.',
  status: 'RUNNING',
  page: 'home',
  primary_metric_name: 'form_submit',
  secondary_metric_names: ['cta_click'],
  guardrail_metric_names: [],
  coverage_percent: 100,
  targeting: null,
  start_time: '2026-01-05T12:00:00.000Z',
  end_time: null,
  winner: null,
  winner_for: 'new',
  variants: [
    { variant_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d71', variant_name: 'A', is_control: true, traffic_allocation_percent: 50, configuration_json: {} },
    { variant_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d72', variant_name: 'B', is_control: false, traffic_allocation_percent: 50, configuration_json: { headline: 'Try it today' } },
  ],
  phases: [{ start_time: '2026-01-05T12:00:00.000Z', coverage_percent: 100, weights: { A: 50, B: 50 } }],
  group: null,
  forced: {},
  archived: false,
  created_at: '2026-01-04T09:30:00.000Z',
  updated_at: '2026-01-05T12:00:00.000Z',
  version: 2,
};
