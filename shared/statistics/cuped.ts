import { centredSum, varianceOf, welchFrom } from './means.ts';
import type { Welch } from './means.ts';

/** Sums over the visitors of one variant: of a metric before the experiment, of the metric in it, of their squares and product. */
export interface PairedSums {
  readonly n: number;
  readonly sum_before: number;
  readonly sum_after: number;
  readonly sum_before_squares: number;
  readonly sum_after_squares: number;
  readonly sum_products: number;
}

/** Welch's test on metrics that were adjusted by what visitors did before. */
export interface Cuped extends Welch {
  readonly theta: number;
  /** Variance of a single adjusted value in each variant. */
  readonly control_variance: number;
  readonly treatment_variance: number;
  /** By how much the squared standard error fell against the unadjusted one: 0.4 saves 40 % of the visitors. */
  readonly variance_reduction: number;
}

/** Where the slope comes from: all visitors together, or each variant around its own means. */
export type ThetaFrom = 'pooled' | 'within';

const covarianceSum = ({ n, sum_before, sum_after, sum_products }: PairedSums): number => centredSum(n, sum_before, sum_after, sum_products);
const beforeSum = ({ n, sum_before, sum_before_squares }: PairedSums): number => Math.max(0, centredSum(n, sum_before, sum_before, sum_before_squares));

const together = (a: PairedSums, b: PairedSums): PairedSums => ({
  n: a.n + b.n,
  sum_before: a.sum_before + b.sum_before,
  sum_after: a.sum_after + b.sum_after,
  sum_before_squares: a.sum_before_squares + b.sum_before_squares,
  sum_after_squares: a.sum_after_squares + b.sum_after_squares,
  sum_products: a.sum_products + b.sum_products,
});

const thetaOf = (control: PairedSums, treatment: PairedSums, from: ThetaFrom): number => {
  const groups = from === 'pooled' ? [together(control, treatment)] : [control, treatment];
  const [products, squares] = [covarianceSum, beforeSum].map((sum) => groups.reduce((total, group) => total + sum(group), 0)) as [number, number];
  return squares > 0 ? products / squares : 0;
};

const adjustedVariance = (sums: PairedSums, theta: number): number => {
  const after = varianceOf({ n: sums.n, sum: sums.sum_after, sum_squares: sums.sum_after_squares });
  const before = beforeSum(sums) / (sums.n - 1);
  return Math.max(0, after - 2 * theta * (covarianceSum(sums) / (sums.n - 1)) + theta * theta * before);
};

/**
 * Tests the difference of two means after taking out what the visitors' past explains: post − θ·pre with θ = cov(pre, post) / var(pre).
 * Deng, Xu, Kohavi & Walker, "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM 2013.
 * Where the past is constant θ is 0 and the result is Welch's own; null where that is undefined.
 */
export const cuped = (control: PairedSums, treatment: PairedSums, alpha: number, from: ThetaFrom = 'pooled'): Cuped | null => {
  if (!(control.n >= 2 && treatment.n >= 2)) return null;
  const theta = thetaOf(control, treatment, from);
  const before = treatment.sum_before / treatment.n - control.sum_before / control.n;
  const difference = treatment.sum_after / treatment.n - control.sum_after / control.n - theta * before;
  const variances = (slope: number): [number, number] => [adjustedVariance(control, slope), adjustedVariance(treatment, slope)];
  const [control_variance, treatment_variance] = variances(theta);
  const [plainA, plainB] = variances(0);
  const welch = welchFrom(difference, { n: control.n, variance: control_variance }, { n: treatment.n, variance: treatment_variance }, alpha);
  if (welch === null) return null;
  const plain = plainA / control.n + plainB / treatment.n;
  return { ...welch, theta, control_variance, treatment_variance, variance_reduction: plain > 0 ? 1 - welch.standard_error ** 2 / plain : 0 };
};
