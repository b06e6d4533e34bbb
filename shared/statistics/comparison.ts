import type { AnalysisVariant, Comparison, Correction, RevenueAnalysis, SequentialAnalysis } from '../contract/analysis.ts';
import { arePossible, rateOf, rateVariance } from './counts.ts';
import type { Counts } from './counts.ts';
import { finite, finiteInterval } from './finite.ts';
import { katzInterval, relativeLift } from './lift.ts';
import type { Estimate } from './lift.ts';
import { varianceOf, welchTest } from './means.ts';
import type { Sums } from './means.ts';
import { benjaminiHochberg, holm } from './multiple-testing.ts';
import type { PValues } from './multiple-testing.ts';
import { newcombeInterval, twoProportions } from './proportions.ts';
import { alwaysValid } from './sequential.ts';
import type { AlwaysValid } from './sequential.ts';

/** A variant's visitors and conversions in the words of the formulas. */
export const countsOf = ({ users, conversions }: AnalysisVariant): Counts => ({ visitors: users, conversions });

const estimateOf = (counts: Counts): Estimate => ({ mean: rateOf(counts), variance: rateVariance(counts) });

const sumsOf = ({ users, revenue_sum, revenue_sum_squares }: AnalysisVariant): Sums | null =>
  revenue_sum === undefined || revenue_sum_squares === undefined ? null : { n: users, sum: revenue_sum, sum_squares: revenue_sum_squares };

/** Σx² ≥ (Σx)² / n, but for rounding; false where something is not finite. */
const canBeTrue = ({ n, sum, sum_squares }: Sums): boolean =>
  Number.isFinite(sum) && Number.isFinite(sum_squares) && sum_squares >= 0 && (n === 0 ? sum === 0 : Math.abs(sum) * (Math.abs(sum) / n) <= sum_squares * (1 + 1e-9));

const because = (reason: string | undefined): { reason?: string } => (reason === undefined ? {} : { reason });

/** Why the rates of two variants cannot be compared, or undefined where they can. */
const obstacle = (control: Counts, treatment: Counts): string | undefined => {
  if (![control, treatment].every(arePossible)) return 'The counts are not possible: they must be whole numbers, with no more conversions than visitors.';
  if (control.visitors === 0 || treatment.visitors === 0) return 'One of the two has no visitors yet.';
  const conversions = control.conversions + treatment.conversions;
  if (conversions === 0) return 'Nobody converted yet.';
  return conversions === control.visitors + treatment.visitors ? 'Everybody converted.' : undefined;
};

const always = (control: Counts, treatment: Counts, alpha: number): AlwaysValid | null =>
  alwaysValid(rateOf(treatment) - rateOf(control), Math.sqrt(rateVariance(control) + rateVariance(treatment)), control.visitors + treatment.visitors, alpha);

const sequentialOf = (control: Counts, treatment: Counts, alpha: number): SequentialAnalysis => {
  const found = always(control, treatment, alpha);
  return {
    ci: finiteInterval(found?.interval),
    p_value: finite(found?.p_value),
    adjusted_p_value: null,
    ...because(found === null ? 'Within neither variant do visitors differ, so there is no measure of chance.' : undefined),
  };
};

const revenueOf = (control: Sums | null, treatment: Sums | null, alpha: number): RevenueAnalysis => {
  const nothing = { difference: null, ci: null, t: null, degrees_of_freedom: null, p_value: null };
  if (control === null || treatment === null) return { ...nothing, reason: 'No revenue was given.' };
  if (![control, treatment].every(canBeTrue)) return { ...nothing, reason: 'The sums of revenue cannot be true: the squares must add up to at least the square of the sum by visitor.' };
  const found = welchTest(control, treatment, alpha);
  if (found === null) return { ...nothing, difference: finite(treatment.sum / treatment.n - control.sum / control.n), reason: 'Revenue needs two visitors in each variant and some spread between them.' };
  const ci = finiteInterval(found.interval);
  return { difference: finite(found.difference), ci, t: finite(found.t), degrees_of_freedom: finite(found.degrees_of_freedom), p_value: finite(found.p_value), ...because(ci === null ? 'The sums are beyond what can be calculated with.' : undefined) };
};

/** Compares a variant with the control; p-values are not adjusted yet. What cannot be said is null, with the reason beside it. */
export const compareVariants = (control: AnalysisVariant, treatment: AnalysisVariant, alpha: number): Comparison => {
  const [a, b] = [countsOf(control), countsOf(treatment)];
  const reason = obstacle(a, b);
  const test = reason === undefined ? twoProportions(a, b, alpha) : null;
  const lift = reason === undefined ? relativeLift(estimateOf(a), estimateOf(b), alpha) : null;
  const undefined_lift = reason === undefined && lift === null ? 'The control has no conversions, so there is no lift over it.' : reason;
  const possible = [a, b].every(arePossible);
  return {
    variant_name: treatment.variant_name,
    control_name: control.variant_name,
    absolute_difference: possible ? finite(rateOf(b) - rateOf(a)) : null,
    absolute_difference_ci: finiteInterval(test?.interval),
    relative_lift: finite(lift?.lift),
    relative_lift_ci: finiteInterval(lift?.interval),
    z: finite(test?.z),
    p_value: finite(test?.p_value),
    adjusted_p_value: null,
    sequential: reason === undefined ? sequentialOf(a, b, alpha) : { ci: null, p_value: null, adjusted_p_value: null, reason },
    revenue: possible ? revenueOf(sumsOf(control), sumsOf(treatment), alpha) : revenueOf(null, null, alpha),
    ...because(undefined_lift),
  };
};

/** The rules by which p-values of several comparisons are adjusted. */
const CORRECTIONS: Readonly<Record<Correction, (p_values: PValues) => PValues>> = {
  holm,
  'benjamini-hochberg': benjaminiHochberg,
  none: (p_values) => p_values,
};

/** Adjusts the p-values of all comparisons of a family together: those that hold at one look, and the always-valid ones, apart. */
export const adjustComparisons = (comparisons: readonly Comparison[], correction: Correction): readonly Comparison[] => {
  const adjust = CORRECTIONS[correction];
  const once = adjust(comparisons.map(({ p_value }) => p_value));
  const at_any_time = adjust(comparisons.map(({ sequential }) => sequential.p_value));
  return comparisons.map((comparison, index) => ({
    ...comparison,
    adjusted_p_value: once[index] ?? null,
    sequential: { ...comparison.sequential, adjusted_p_value: at_any_time[index] ?? null },
  }));
};

/** Answers the numbers between the counts and a comparison, other intervals among them, for those who check by hand. */
export const comparisonWork = (control: AnalysisVariant, treatment: AnalysisVariant, alpha: number): Readonly<Record<string, unknown>> => {
  const [a, b] = [countsOf(control), countsOf(treatment)];
  const usable = obstacle(a, b) === undefined;
  const test = usable ? twoProportions(a, b, alpha) : null;
  const found = usable ? always(a, b, alpha) : null;
  const revenue = [control, treatment].map((variant) => {
    const sums = sumsOf(variant);
    return { mean: sums && finite(sums.sum / sums.n), variance: sums && finite(varianceOf(sums)) };
  });
  return {
    variant_name: treatment.variant_name,
    standard_error: finite(test?.standard_error),
    standard_error_pooled: finite(test?.standard_error_pooled),
    p_value_greater: finite(test?.p_value_greater),
    newcombe_ci: usable ? finiteInterval(newcombeInterval(a, b, alpha)) : null,
    lift_standard_error: usable ? finite(relativeLift(estimateOf(a), estimateOf(b), alpha)?.standard_error) : null,
    lift_log_ratio_ci: usable ? finiteInterval(katzInterval(a, b, alpha)) : null,
    sequential: { users: finite(a.visitors + b.visitors), rho: finite(found?.rho), half_width: finite(found?.half_width) },
    revenue: { control: revenue[0], variant: revenue[1] },
  };
};
