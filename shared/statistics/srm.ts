import type { ChiSquared } from './chi-squared.ts';
import { chiSquaredSurvival } from './incomplete-gamma.ts';

/** The outcome of the test of the split; `statistic` is Infinity where somebody is in a variant of weight zero. */
export interface SplitTest extends ChiSquared {
  /** Visitors expected in each variant that was asked about; zero where the weight is. */
  readonly expected: readonly number[];
}

/**
 * Tests whether visitors were split by the weights (sample ratio mismatch): Pearson's goodness of fit, as Fabijan et al., "Diagnosing
 * sample ratio mismatch in online controlled experiments", KDD 2019, recommend. Weights are normalised; a variant of weight zero is left
 * out if nobody is in it, else p = 0. Null without visitors, with one variant, and where weights are all zero, negative or not finite.
 */
export const splitTest = (observed: readonly number[], weights: readonly number[]): SplitTest | null => {
  const visitors = observed.reduce((sum, count) => sum + count, 0);
  // Divided by the largest first: a sum of huge weights would overflow.
  const largest = Math.max(0, ...weights);
  const total = weights.reduce((sum, weight) => sum + weight / largest, 0);
  const cells = observed.map((count, index) => ({ count, expected: visitors * ((weights[index] ?? 0) / largest / total) }));
  const live = cells.filter(({ count, expected }) => count > 0 || expected > 0);
  if (!(visitors > 0 && largest > 0 && weights.every((weight) => weight >= 0 && weight < Infinity)) || live.length < 2) return null;
  const statistic = live.reduce((sum, { count, expected }) => sum + (count - expected) ** 2 / expected, 0);
  const degrees_of_freedom = live.length - 1;
  return { statistic, degrees_of_freedom, p_value: chiSquaredSurvival(statistic, degrees_of_freedom), expected: cells.map(({ expected }) => expected) };
};
