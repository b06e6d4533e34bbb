import type { Interval } from '../contract/analysis.ts';
import type { Counts } from './counts.ts';
import { normalReach } from './normal.ts';

/** A mean (or rate) and the variance of that mean, not of a single value. */
export interface Estimate {
  readonly mean: number;
  readonly variance: number;
}

/** A lift, treatment / control − 1, with its standard error and interval. */
export interface Lift {
  readonly lift: number;
  readonly standard_error: number;
  readonly interval: Interval;
}

/**
 * Answers the relative lift with an interval by the delta method, se² = varB/μA² + varA μB²/μA⁴: Deng, Knoblich & Lu, "Applying the delta
 * method in metric analytics", KDD 2018. Null where the control's mean is zero or something is not finite.
 */
export const relativeLift = (control: Estimate, treatment: Estimate, alpha: number): Lift | null => {
  const ratio = treatment.mean / control.mean;
  const standard_error = Math.sqrt(treatment.variance + control.variance * ratio * ratio) / Math.abs(control.mean);
  const half = normalReach(alpha) * standard_error;
  // Of the differences the one without cancellation: the ratio is near 1 when it matters.
  const lift = (treatment.mean - control.mean) / control.mean;
  return control.mean !== 0 && Number.isFinite(lift) && Number.isFinite(half) ? { lift, standard_error, interval: [lift - half, lift + half] } : null;
};

/**
 * Answers the interval of the lift from that of the logarithm of the risk ratio, better than the delta method for few conversions:
 * Katz, Baptista, Azen & Pike, "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34 (1978).
 * Null where a variant has no conversions.
 */
export const katzInterval = (control: Counts, treatment: Counts, alpha: number): Interval | null => {
  if (!(control.conversions > 0 && treatment.conversions > 0)) return null;
  const logarithm = Math.log(treatment.conversions / treatment.visitors) - Math.log(control.conversions / control.visitors);
  const part = ({ visitors, conversions }: Counts): number => (visitors - conversions) / visitors / conversions;
  const half = normalReach(alpha) * Math.sqrt(part(control) + part(treatment));
  return [Math.expm1(logarithm - half), Math.expm1(logarithm + half)];
};
