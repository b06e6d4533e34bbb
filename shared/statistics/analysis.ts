import type { Analysis, AnalysisRequest, AnalysisVariant, BayesianAnalysis, ChiSquaredAnalysis, Comparison, RateAnalysis, SrmAnalysis, Work } from '../contract/analysis.ts';
import { credibleInterval, posteriors } from './beta.ts';
import { chiSquared } from './chi-squared.ts';
import { adjustComparisons, compareVariants, comparisonWork, countsOf } from './comparison.ts';
import { arePossible } from './counts.ts';
import { decide } from './decision.ts';
import { finite, finiteInterval } from './finite.ts';
import { wilsonInterval } from './proportions.ts';
import { splitTest } from './srm.ts';

/** The p-value below which visitors count as not split as configured. */
export const SRM_ALARM = 0.001;
const ALPHA = 0.05;
const ALPHA_MIN = 1e-12;
const IMPOSSIBLE = 'The counts are not possible: they must be whole numbers, with no more conversions than visitors.';

const controlOf = (variants: readonly AnalysisVariant[]): AnalysisVariant | undefined => variants.find(({ is_control }) => is_control) ?? variants[0];

const alphaOf = ({ alpha = ALPHA }: AnalysisRequest): number => (alpha >= ALPHA_MIN && alpha < 1 ? alpha : ALPHA);

const allPossible = (variants: readonly AnalysisVariant[]): boolean => variants.every((variant) => arePossible(countsOf(variant)));

const rateAnalysis = (variant: AnalysisVariant, alpha: number): RateAnalysis => {
  const { variant_name, users, conversions } = variant;
  const named = { variant_name, users: finite(users), conversions: finite(conversions) };
  if (!arePossible(countsOf(variant))) return { ...named, rate: null, ci: null, reason: IMPOSSIBLE };
  if (users === 0) return { ...named, rate: null, ci: null, reason: 'No visitors yet.' };
  return { ...named, rate: conversions / users, ci: finiteInterval(wilsonInterval(countsOf(variant), alpha)) };
};

const chiSquaredAnalysis = (variants: readonly AnalysisVariant[], alpha: number): ChiSquaredAnalysis => {
  const nothing = { statistic: null, degrees_of_freedom: null, p_value: null, significant: null };
  if (!allPossible(variants)) return { ...nothing, reason: IMPOSSIBLE };
  const found = chiSquared(variants.map(countsOf));
  if (found !== null) {
    const p_value = finite(found.p_value);
    return { statistic: finite(found.statistic), degrees_of_freedom: found.degrees_of_freedom, p_value, significant: p_value === null ? null : p_value < alpha };
  }
  if (variants.filter(({ users }) => users > 0).length < 2) return { ...nothing, reason: 'Fewer than two variants have visitors.' };
  return { ...nothing, reason: variants.every(({ conversions }) => conversions === 0) ? 'Nobody converted yet.' : 'Everybody converted.' };
};

const srmAnalysis = (variants: readonly AnalysisVariant[]): SrmAnalysis => {
  const nothing = { statistic: null, degrees_of_freedom: null, p_value: null, mismatch: null };
  if (!allPossible(variants)) return { ...nothing, reason: IMPOSSIBLE };
  const weights = variants.map(({ traffic_allocation }) => traffic_allocation);
  const found = splitTest(variants.map(({ users }) => users), weights);
  if (found !== null) {
    const stray = found.statistic === Infinity;
    return {
      statistic: finite(found.statistic), degrees_of_freedom: found.degrees_of_freedom, p_value: finite(found.p_value), mismatch: found.p_value < SRM_ALARM,
      ...(stray ? { reason: 'Visitors are in a variant that should get none.' } : {}),
    };
  }
  if (variants.every(({ users }) => users === 0)) return { ...nothing, reason: 'No visitors yet.' };
  const split = weights.every((weight) => weight >= 0 && weight < Infinity) && weights.some((weight) => weight > 0);
  return { ...nothing, reason: split ? 'There is only one variant to be in.' : 'The traffic allocation is no split: it needs shares that are not negative, and one above zero.' };
};

const bayesianAnalysis = (variants: readonly AnalysisVariant[], control: AnalysisVariant | undefined, alpha: number): readonly BayesianAnalysis[] => {
  const possible = allPossible(variants);
  const found = possible && control !== undefined ? posteriors(variants.map(countsOf), variants.indexOf(control)) : null;
  return variants.map((variant, index) => {
    const posterior = found?.[index];
    return {
      variant_name: variant.variant_name,
      probability_best: finite(posterior?.probability_best),
      probability_beats_control: variant === control ? null : finite(posterior?.probability_beats_control),
      expected_loss: finite(posterior?.expected_loss),
      credible_interval: arePossible(countsOf(variant)) ? finiteInterval(credibleInterval(countsOf(variant), alpha)) : null,
      ...(posterior === undefined ? { reason: possible ? 'The rates are too near to 1 to be told apart by calculation.' : IMPOSSIBLE } : {}),
    };
  });
};

const workOf = ({ variants, correction = 'holm' }: AnalysisRequest, control: AnalysisVariant | undefined, alpha: number): Work => {
  const possible = allPossible(variants);
  const table = possible ? chiSquared(variants.map(countsOf)) : null;
  const split = possible ? splitTest(variants.map(({ users }) => users), variants.map(({ traffic_allocation }) => traffic_allocation)) : null;
  return {
    alpha,
    correction,
    chi_squared: { expected_min: finite(table?.expected_min), yates: table?.yates ?? null },
    srm: { expected: split?.expected.map(finite) ?? null },
    posteriors: variants.map(({ variant_name, users, conversions }) => ({ variant_name, alpha: finite(conversions + 1), beta: finite(users - conversions + 1) })),
    comparisons: control === undefined ? [] : variants.filter((variant) => variant !== control).map((variant) => comparisonWork(control, variant, alpha)),
  };
};

const comparisonsOf = (request: AnalysisRequest): readonly Comparison[] => {
  const control = controlOf(request.variants);
  return control === undefined ? [] : request.variants.filter((variant) => variant !== control).map((variant) => compareVariants(control, variant, alphaOf(request)));
};

/**
 * Analyses several metrics of one experiment as a family: p-values are adjusted across metrics × variants by the first request's
 * correction. In all else each is answered as `analyse` does.
 */
export const analyseTogether = (requests: readonly AnalysisRequest[]): readonly Analysis[] => {
  const found = requests.map(comparisonsOf);
  const adjusted = adjustComparisons(found.flat(), requests[0]?.correction ?? 'holm');
  let taken = 0;
  return requests.map((request, index) => {
    const comparisons = adjusted.slice(taken, (taken += found[index]?.length ?? 0));
    const { variants } = request;
    const [control, alpha, srm] = [controlOf(variants), alphaOf(request), srmAnalysis(variants)];
    return {
      rates: variants.map((variant) => rateAnalysis(variant, alpha)),
      chi_squared: chiSquaredAnalysis(variants, alpha),
      srm,
      comparisons,
      bayesian: bayesianAnalysis(variants, control, alpha),
      decision: decide({ variants, control, comparisons, srm, alpha }),
      ...(request.show_work === true ? { work: workOf(request, control, alpha) } : {}),
    };
  });
};

/**
 * Answers everything that numbers per variant say, as `POST /analysis` does: cheap enough for every refresh of a page. Never throws and
 * never answers NaN; what cannot be said is null with a reason. An alpha that is not between 1e-12 and 1 is taken as 0.05.
 */
export const analyse = (request: AnalysisRequest): Analysis => analyseTogether([request])[0] as Analysis;
