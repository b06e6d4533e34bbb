import type { Interval } from '../contract/analysis.ts';
import { studentReach, studentTwoSided } from './student-t.ts';

/** What a mean and its variance are worked out from: how many values, their sum, and the sum of their squares. */
export interface Sums {
  readonly n: number;
  readonly sum: number;
  readonly sum_squares: number;
}

/** The outcome of Welch's test, treatment less control. */
export interface Welch {
  readonly difference: number;
  readonly standard_error: number;
  readonly t: number;
  readonly degrees_of_freedom: number;
  readonly p_value: number;
  readonly interval: Interval;
}

/** Sums carry rounding of about this share; a smaller remainder is no spread but that rounding. */
const ROUNDING = 4 * Number.EPSILON;

/** Answers Σxy − ΣxΣy/n; zero where what is left is only the rounding of the sums. */
export const centredSum = (n: number, sum_x: number, sum_y: number, sum_products: number): number => {
  const subtracted = sum_x * (sum_y / n);
  const centred = sum_products - subtracted;
  return Math.abs(centred) <= ROUNDING * Math.max(Math.abs(sum_products), Math.abs(subtracted)) ? 0 : centred;
};

/** The unbiased variance of the values; never below zero. For n ≥ 2. */
export const varianceOf = ({ n, sum, sum_squares }: Sums): number => Math.max(0, centredSum(n, sum, sum, sum_squares)) / (n - 1);

/** Welch's test on means whose single values have these variances; null where it is undefined. */
export const welchFrom = (difference: number, a: { readonly n: number; readonly variance: number }, b: { readonly n: number; readonly variance: number }, alpha: number): Welch | null => {
  const [partA, partB] = [a.variance / a.n, b.variance / b.n];
  const square = partA + partB;
  if (!(a.n >= 2 && b.n >= 2 && square > 0 && Number.isFinite(square) && Number.isFinite(difference))) return null;
  const [shareA, shareB] = [partA / square, partB / square];
  const degrees_of_freedom = 1 / ((shareA * shareA) / (a.n - 1) + (shareB * shareB) / (b.n - 1));
  const standard_error = Math.sqrt(square);
  const t = difference / standard_error;
  if (!Number.isFinite(t)) return null;
  const half = studentReach(alpha, degrees_of_freedom) * standard_error;
  return { difference, standard_error, t, degrees_of_freedom, p_value: studentTwoSided(t, degrees_of_freedom), interval: [difference - half, difference + half] };
};

/**
 * Tests whether two means are alike without taking the variances to be, from sums alone: Welch, "The generalization of 'Student's' problem
 * when several different population variances are involved", Biometrika 34 (1947). Null with fewer than two values on a side or no spread at all.
 */
export const welchTest = (control: Sums, treatment: Sums, alpha: number): Welch | null =>
  control.n >= 2 && treatment.n >= 2
    ? welchFrom(treatment.sum / treatment.n - control.sum / control.n, { n: control.n, variance: varianceOf(control) }, { n: treatment.n, variance: varianceOf(treatment) }, alpha)
    : null;
