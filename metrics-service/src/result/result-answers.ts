import type { Exclusions, KnownExperiment, KnownExperimentsAnswer, MetricResult, ResultsAnswer, SamplePlan, SeriesBucket, SeriesPoint, SplitPart, VariantResult } from '../../../shared/contract/results.ts';
import { interval, list, named, text, time } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { boolean, integer, number, oneOf } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { ANALYSIS_EXAMPLE, analysisAnswer } from '../analysis/analysis-answers.ts';

const STATUS = oneOf(['DRAFT', 'RUNNING', 'PAUSED', 'COMPLETED']);
const rate = (description: string) => nullable(number({ min: 0, max: 1 }), { description });
const count = (description?: string) => integer(description === undefined ? { min: 0 } : { min: 0, description });

const conversions = {
  conversion_rate: rate('Visitors who converted over visitors; null without visitors.'),
  conversion_count: count('Visitors who converted; each counts once.'),
  metrics: object<VariantResult['metrics']>({ total_revenue: number(), revenue_per_user: nullable(number()) }),
};

const variantResult = object<VariantResult>(
  { total_assigned_users: count(), ...conversions, event_counts: named(count(), { description: 'Counted events by type.' }), traffic_allocation: number({ min: 0, max: 100, description: 'Percent.' }) },
  { title: 'VariantResult' },
);

const metricResult = object<MetricResult>(
  { metric_name: text(), role: oneOf(['primary', 'secondary', 'guardrail']), variant_stats: named(object<MetricResult['variant_stats'][string]>(conversions), { description: 'By variant name, control first.' }), analysis: analysisAnswer },
  { title: 'MetricResult' },
);

const plan = object<SamplePlan>(
  {
    minimum_detectable_effect: number({ description: 'Relative: 0.1 is a change by a tenth.' }),
    users_per_variant: nullable(count(), { description: 'That the variant with the smallest share needs.' }),
    users_per_day: number({ min: 0 }),
    days_left: nullable(number({ min: 0 }), { description: '0 where there are enough; null where nothing can be said.' }),
  },
  { title: 'SamplePlan', description: 'How long the test must go on to find an effect of that size.' },
);

const point = object<SeriesPoint>(
  { users: count('Assigned in this stretch.'), conversions: count('First conversions in this stretch.'), cumulative_users: count(), cumulative_conversions: count(), cumulative_rate: rate('Null without users.'), cumulative_ci: nullable(interval(), { description: '95 % Wilson interval.' }) },
  { title: 'SeriesPoint' },
);

const bucket = object<SeriesBucket>(
  { start: time(), local: text({ description: 'The same moment in the time zone that was asked for.' }), variants: named(point, { description: 'By variant name.' }) },
  { title: 'SeriesBucket' },
);

const exclusions = object<Exclusions>(
  { conflicting_assignments: count('Visitors who were assigned to two different variants.'), forced: count('Visitors whose variant was forced upon them.'), bots: count('Events of bots and automation.'), previews: count() },
  { title: 'Exclusions', description: 'Who is left out, and why.' },
);

const splitPart = object<SplitPart>(
  { value: nullable(text(), { description: 'Null for visitors of whom no visit is known.' }), users: named(count(), { description: 'By variant name.' }), statistic: nullable(number({ min: 0 })), p_value: rate('Null where nothing can be tested.'), mismatch: boolean() },
  { title: 'SplitPart', description: 'Whether a part of the visitors was split as configured.' },
);

/** Describes the results of an experiment. */
export const resultsAnswer: ObjectSchema<ResultsAnswer> = object<ResultsAnswer>({
  experiment_id: text(),
  key: nullable(text()),
  name: text(),
  description: text(),
  start_time: nullable(time()),
  end_time: nullable(time()),
  experiment_days_running: number({ min: 0 }),
  status: STATUS,
  total_variants: count(),
  total_events: count('Counted events of assigned visitors.'),
  primary_metric_name: text(),
  total_users_in_experiment: count(),
  global_conversion_rate: rate('Over all variants.'),
  variant_stats: named(variantResult, { description: 'By variant name, control first.' }),
  summary: object<ResultsAnswer['summary']>({ best_variant: nullable(text()), absolute_difference: nullable(number()), relative_lift: nullable(number()) }, { description: 'The variant with the highest rate, against the control (against the runner-up where the control itself leads).' }),
  analysis: analysisAnswer,
  metrics: list(metricResult, { description: 'Each metric of the experiment, the primary one first.' }),
  plan,
  exclusions,
  srm_by: optional(list(splitPart, { description: 'With `srm_by` alone: what fits the weights least first.' })),
  series: optional(list(bucket, { description: 'With `aggregation` alone.' })),
});

/** Results for the reader of the documentation. */
export const RESULTS_EXAMPLE: ResultsAnswer = {
  experiment_id: '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d10',
  key: 'homepage',
  name: 'Homepage Hero Test',
  description: '',
  start_time: '2026-01-05T12:00:00.000Z',
  end_time: null,
  experiment_days_running: 14,
  status: 'RUNNING',
  total_variants: 2,
  total_events: 4_210,
  primary_metric_name: 'form_submit',
  total_users_in_experiment: 2_010,
  global_conversion_rate: 0.1194,
  variant_stats: {
    A: { total_assigned_users: 1_000, conversion_rate: 0.1, conversion_count: 100, event_counts: { page_view: 1_900, form_submit: 104 }, metrics: { total_revenue: 2_000, revenue_per_user: 2 }, traffic_allocation: 50 },
    B: { total_assigned_users: 1_010, conversion_rate: 0.1386, conversion_count: 140, event_counts: { page_view: 2_060, form_submit: 146 }, metrics: { total_revenue: 2_500, revenue_per_user: 2.4752 }, traffic_allocation: 50 },
  },
  summary: { best_variant: 'B', absolute_difference: 0.0386, relative_lift: 0.3861 },
  analysis: ANALYSIS_EXAMPLE,
  metrics: [],
  plan: { minimum_detectable_effect: 0.1, users_per_variant: 14_748, users_per_day: 144, days_left: 191 },
  exclusions: { conflicting_assignments: 0, forced: 1, bots: 37, previews: 0 },
};

/** Describes a page of experiments that there are figures of. */
export const knownExperimentsAnswer: ObjectSchema<KnownExperimentsAnswer> = object<KnownExperimentsAnswer>({
  data: list(
    object<KnownExperiment>(
      {
        experiment_id: text({ description: 'The name that it is known by, where ab-service does not know it.' }),
        key: nullable(text()),
        name: text(),
        status: STATUS,
        primary_metric_name: text(),
        source: oneOf(['ab', 'import', 'events'], { description: 'Where it is known from.' }),
        variants: list(text()),
        total_users: count(),
      },
      { title: 'KnownExperiment' },
    ),
  ),
  next_cursor: nullable(text(), { description: 'Sent back as `cursor`; null where nothing follows.' }),
});

/** Experiments for the reader of the documentation. */
export const KNOWN_EXPERIMENTS_EXAMPLE: KnownExperimentsAnswer = {
  data: [{ experiment_id: RESULTS_EXAMPLE.experiment_id, key: 'homepage', name: 'Homepage Hero Test', status: 'RUNNING', primary_metric_name: 'form_submit', source: 'ab', variants: ['A', 'B'], total_users: 2_010 }],
  next_cursor: null,
};
