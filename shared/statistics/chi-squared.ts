import type { Counts } from './counts.ts';
import { chiSquaredSurvival } from './incomplete-gamma.ts';

/** The outcome of a chi-squared test. */
export interface ChiSquared {
  readonly statistic: number;
  readonly degrees_of_freedom: number;
  readonly p_value: number;
}

/** The outcome for a table, with the least expected count (below 5 the p-value is rough) and, for two variants, Yates' correction. */
export interface ChiSquaredTable extends ChiSquared {
  readonly expected_min: number;
  readonly yates: Pick<ChiSquared, 'statistic' | 'p_value'> | null;
}

/**
 * Tests whether all variants convert alike: Pearson's chi-squared (Philosophical Magazine 50, 1900) on converted and not converted by
 * variant. Variants without visitors are left out; null with fewer than two left, and where nobody or everybody converted.
 */
export const chiSquared = (variants: readonly Counts[]): ChiSquaredTable | null => {
  const live = variants.filter(({ visitors }) => visitors > 0);
  const visitors = live.reduce((sum, variant) => sum + variant.visitors, 0);
  const conversions = live.reduce((sum, variant) => sum + variant.conversions, 0);
  if (live.length < 2 || conversions === 0 || conversions === visitors) return null;
  const share = conversions / visitors;
  const least = Math.min(share, 1 - share);
  // Both cells of a variant miss by the same count; 1/E + 1/(n − E) = 1/(n p q).
  const sum = (correction: number): number =>
    live.reduce((total, variant) => {
      const miss = Math.abs(variant.conversions - variant.visitors * share);
      return total + (miss - Math.min(correction, miss)) ** 2 / (variant.visitors * share * (1 - share));
    }, 0);
  const degrees_of_freedom = live.length - 1;
  const [statistic, corrected] = [sum(0), sum(0.5)];
  return {
    statistic,
    degrees_of_freedom,
    p_value: chiSquaredSurvival(statistic, degrees_of_freedom),
    expected_min: Math.min(...live.map((variant) => variant.visitors * least)),
    yates: live.length === 2 ? { statistic: corrected, p_value: chiSquaredSurvival(corrected, 1) } : null,
  };
};
