import type { Interval } from '../contract/analysis.ts';
import { rateOf, rateVariance } from './counts.ts';
import type { Counts } from './counts.ts';
import { normalReach, normalSurvival, normalTwoSided } from './normal.ts';

/**
 * Answers the interval at 1 − alpha of a conversion rate; null without visitors. Wilson, "Probable inference, the law of succession, and
 * statistical inference", Journal of the American Statistical Association 22 (1927): never outside 0 to 1, sensible for few conversions.
 */
export const wilsonInterval = ({ visitors, conversions }: Counts, alpha: number): Interval | null => {
  if (!(visitors > 0)) return null;
  const reach = normalReach(alpha);
  const square = reach * reach;
  const upper = conversions + square / 2 + reach * Math.sqrt((conversions * (visitors - conversions)) / visitors + square / 4);
  // The low end from the product of both ends, where the difference would cancel.
  const rate = conversions / visitors;
  return [Math.min(rate, (conversions / upper) * rate), Math.min(1, Math.max(rate, upper / (visitors + square)))];
};

/** The outcome of a two-proportion z-test, treatment less control. */
export interface TwoProportions {
  readonly difference: number;
  /** With the pooled variance, which is the true one if both convert alike. */
  readonly z: number;
  readonly p_value: number;
  /** The one-sided chance that treatment is this much ahead by luck alone. */
  readonly p_value_greater: number;
  readonly standard_error_pooled: number;
  readonly standard_error: number;
  /** Wald's interval with the unpooled variance; not clipped. */
  readonly interval: Interval;
}

/**
 * Tests whether two variants convert alike; null where one has no visitors, or nobody or everybody converted in both.
 * Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions" (2003), 3.1: pooled for z, unpooled for the interval.
 */
export const twoProportions = (control: Counts, treatment: Counts, alpha: number): TwoProportions | null => {
  const visitors = control.visitors + treatment.visitors;
  const conversions = control.conversions + treatment.conversions;
  if (!(control.visitors > 0 && treatment.visitors > 0) || conversions === 0 || conversions === visitors) return null;
  const pooled = conversions / visitors;
  const standard_error_pooled = Math.sqrt(pooled * ((visitors - conversions) / visitors) * (1 / control.visitors + 1 / treatment.visitors));
  const standard_error = Math.sqrt(rateVariance(control) + rateVariance(treatment));
  const difference = rateOf(treatment) - rateOf(control);
  const z = difference / standard_error_pooled;
  const half = normalReach(alpha) * standard_error;
  return { difference, z, p_value: normalTwoSided(z), p_value_greater: normalSurvival(z), standard_error_pooled, standard_error, interval: [difference - half, difference + half] };
};

/**
 * Answers the interval of the difference of two rates, treatment less control, built from Wilson's limits: Newcombe, "Interval estimation
 * for the difference between independent proportions", Statistics in Medicine 17 (1998), method 10. Null where one has no visitors.
 */
export const newcombeInterval = (control: Counts, treatment: Counts, alpha: number): Interval | null => {
  const [a, b] = [wilsonInterval(control, alpha), wilsonInterval(treatment, alpha)];
  if (a === null || b === null) return null;
  const [rateA, rateB] = [rateOf(control), rateOf(treatment)];
  return [rateB - rateA - Math.hypot(rateB - b[0], a[1] - rateA), rateB - rateA + Math.hypot(b[1] - rateB, rateA - a[0])];
};
