import type { Interval } from '../contract/analysis.ts';

/** At how many visitors the always-valid interval is tightest, roughly; 5,000 as GrowthBook has it. */
export const TUNING = 5_000;

/** An always-valid interval and its p-value: both hold at every look at once. */
export interface AlwaysValid {
  readonly rho: number;
  readonly half_width: number;
  readonly interval: Interval;
  readonly p_value: number;
}

/**
 * Answers the two-sided asymptotic confidence sequence around an estimate with this standard error from so many visitors (all variants
 * compared together), and the p-value: zero lies outside the interval exactly when it is below alpha. Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas,
 * "Time-uniform central limit theory and asymptotic confidence sequences", arXiv 2103.06476v7, equations 9, 155 and 161.
 * Null where the standard error is zero or something is not finite.
 */
export const alwaysValid = (estimate: number, standard_error: number, visitors: number, alpha: number, tuning: number = TUNING): AlwaysValid | null => {
  if (!(visitors > 0 && standard_error > 0 && alpha > 0 && alpha < 1 && tuning > 0)) return null;
  const twice = -2 * Math.log(alpha);
  const square = (twice + Math.log1p(twice)) / tuning;
  const grown = visitors * square;
  // n ρ² + 1 and its logarithm, which is about n ρ² while that is small.
  const logarithm = Math.log1p(grown) / 2;
  const half_width = standard_error * Math.sqrt(((2 * (grown + 1)) / grown) * (logarithm - Math.log(alpha)));
  const exponent = logarithm - ((grown / (grown + 1)) * (estimate / standard_error) ** 2) / 2;
  if (!Number.isFinite(half_width) || Number.isNaN(exponent)) return null;
  return { rho: Math.sqrt(square), half_width, interval: [estimate - half_width, estimate + half_width], p_value: Math.min(1, Math.exp(exponent)) };
};
