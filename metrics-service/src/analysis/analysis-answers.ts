import type { Analysis, BayesianAnalysis, ChiSquaredAnalysis, Comparison, Decision, RateAnalysis, RevenueAnalysis, SampleSize, SequentialAnalysis, SrmAnalysis } from '../../../shared/contract/analysis.ts';
import { anything, interval, list, named, text } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { boolean, number, oneOf } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';

const figure = (description?: string) => nullable(number(), description === undefined ? {} : { description });
const between = (description?: string) => nullable(interval(), description === undefined ? {} : { description });
const judged = (description: string) => nullable(boolean(), { description });
const reason = optional(text({ description: 'Why numbers are null, in a sentence; absent where none is.' }));

const rate = object<RateAnalysis>(
  { variant_name: text(), users: figure(), conversions: figure(), rate: figure('Conversions over users.'), ci: between('Wilson interval.'), reason },
  { title: 'RateAnalysis' },
);

const chiSquared = object<ChiSquaredAnalysis>(
  { statistic: figure(), degrees_of_freedom: figure(), p_value: figure(), significant: judged('Whether the p-value is below alpha.'), reason },
  { title: 'ChiSquaredAnalysis', description: "Pearson's test that all variants convert alike." },
);

const srm = object<SrmAnalysis>(
  { statistic: figure(), degrees_of_freedom: figure(), p_value: figure(), mismatch: judged('Whether the p-value is below 0.001: the split is not what was configured.'), reason },
  { title: 'SrmAnalysis', description: 'The test that visitors were split as configured.' },
);

const sequential = object<SequentialAnalysis>(
  { ci: between(), p_value: figure(), adjusted_p_value: figure('The decision rests on this one.'), reason },
  { title: 'SequentialAnalysis', description: 'Always valid: holds however often one looks.' },
);

const revenue = object<RevenueAnalysis>(
  { difference: figure(), ci: between(), t: figure(), degrees_of_freedom: figure(), p_value: figure(), reason },
  { title: 'RevenueAnalysis', description: "Welch's test of the revenue per visitor." },
);

const comparison = object<Comparison>(
  {
    variant_name: text(),
    control_name: text(),
    absolute_difference: figure('Rate of the variant less that of the control.'),
    absolute_difference_ci: between(),
    relative_lift: figure('Rate of the variant over that of the control, less 1.'),
    relative_lift_ci: between('By the delta method.'),
    z: figure('Two-proportion test, pooled.'),
    p_value: figure(),
    adjusted_p_value: figure('For all comparisons made.'),
    sequential,
    revenue,
    reason,
  },
  { title: 'Comparison' },
);

const bayesian = object<BayesianAnalysis>(
  {
    variant_name: text(),
    probability_best: figure(),
    probability_beats_control: figure('Null for the control itself.'),
    expected_loss: figure('What choosing this variant costs on average, in points of the rate.'),
    credible_interval: between(),
    reason,
  },
  { title: 'BayesianAnalysis', description: 'From Beta(1,1) posteriors.' },
);

const decision = object<Decision>(
  {
    state: oneOf(['invalid', 'wait', 'winner', 'loser', 'no_difference']),
    variant_name: nullable(text(), { description: 'The winner or the loser.' }),
    reason: text({ description: 'Why, and what to do, in a sentence.' }),
  },
  { title: 'Decision' },
);

/** Describes an analysis as it is answered. */
export const analysisAnswer: ObjectSchema<Analysis> = object<Analysis>(
  { rates: list(rate), chi_squared: chiSquared, srm, comparisons: list(comparison), bayesian: list(bayesian), decision, work: optional(named(anything(), { description: 'Every number in between; with `show_work` alone.' })) },
  { title: 'Analysis' },
);

/** Describes how many visitors a test needs. */
export const sampleSizeAnswer: ObjectSchema<SampleSize> = object<SampleSize>({ per_variant: figure('Visitors, rounded up.'), total: figure('For all variants.'), reason });

/** An analysis for the reader of the documentation. */
export const ANALYSIS_EXAMPLE: Analysis = {
  rates: [
    { variant_name: 'A', users: 1_000, conversions: 100, rate: 0.1, ci: [0.0829, 0.1202] },
    { variant_name: 'B', users: 1_010, conversions: 140, rate: 0.1386, ci: [0.1187, 0.1613] },
  ],
  chi_squared: { statistic: 7.1256, degrees_of_freedom: 1, p_value: 0.0076, significant: true },
  srm: { statistic: 0.0498, degrees_of_freedom: 1, p_value: 0.8235, mismatch: false },
  comparisons: [
    {
      variant_name: 'B',
      control_name: 'A',
      absolute_difference: 0.0386,
      absolute_difference_ci: [0.0103, 0.0669],
      relative_lift: 0.3861,
      relative_lift_ci: [0.0517, 0.7206],
      z: 2.6694,
      p_value: 0.0076,
      adjusted_p_value: 0.0076,
      sequential: { ci: [-0.0064, 0.0837], p_value: 0.134, adjusted_p_value: 0.134 },
      revenue: { difference: 0.4752, ci: [-0.1413, 1.0918], t: 1.5116, degrees_of_freedom: 1999.96, p_value: 0.1308 },
    },
  ],
  bayesian: [
    { variant_name: 'A', probability_best: 0.0038, probability_beats_control: null, expected_loss: 0.0385, credible_interval: [0.0829, 0.1202] },
    { variant_name: 'B', probability_best: 0.9962, probability_beats_control: 0.9962, expected_loss: 0, credible_interval: [0.1187, 0.1613] },
  ],
  decision: { state: 'wait', variant_name: null, reason: 'It is not clear yet which is better (B may convert from 0.64 points less to 8.4 points more than A), so let the test run on.' },
};
