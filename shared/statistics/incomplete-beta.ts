import { deviance } from './deviance.ts';
import type { Tails } from './incomplete-gamma.ts';
import { stirlingError } from './log-gamma.ts';

const TERMS_MAX = 1_000_000;
const TINY = 1e-300;

/** ln of x^a y^b / B(a, b) as a function of x and y = 1 − x; what does not depend on them is worked out once. */
const logKernel = (a: number, b: number): ((x: number, y: number) => number) => {
  const n = a + b;
  const constant = stirlingError(n) - stirlingError(a) - stirlingError(b) + 0.5 * Math.log((a / n) * (b / (2 * Math.PI)));
  return (x, y) => constant - deviance(a, n * x) - deviance(b, n * y);
};

/** Answers the density of Beta(a, b) as a function of x in (0, 1) and y = 1 − x. Loader's saddle point form, so a and b may be in the thousand millions. */
export const betaDensity = (a: number, b: number): ((x: number, y?: number) => number) => {
  const kernel = logKernel(a, b);
  return (x, y = 1 - x) => Math.exp(kernel(x, y)) / (x * y);
};

const fraction = (a: number, b: number, x: number): number => {
  const sum = a + b;
  let c = 1;
  let d = 1 - (sum * x) / (a + 1);
  d = 1 / (Math.abs(d) < TINY ? TINY : d);
  let value = d;
  for (let m = 1; m < TERMS_MAX; m += 1) {
    const twice = 2 * m;
    for (const numerator of [(m * (b - m) * x) / ((a + twice - 1) * (a + twice)), (-(a + m) * (sum + m) * x) / ((a + twice) * (a + twice + 1))]) {
      d = 1 + numerator * d;
      if (Math.abs(d) < TINY) d = TINY;
      c = 1 + numerator / c;
      if (Math.abs(c) < TINY) c = TINY;
      d = 1 / d;
      value *= d * c;
    }
    if (Math.abs(d * c - 1) < 3e-16) return value;
  }
  return Number.NaN;
};

/**
 * Answers the regularised incomplete beta function I_x(a, b) = lower and its complement = upper, for a, b > 0 and 0 ≤ x ≤ 1.
 * `y` is 1 − x where the caller knows it better than the subtraction does. Continued fraction of Abramowitz & Stegun 26.5.8, by
 * Lentz's method as in Numerical Recipes 6.4, on the side where the tail is small; about √(a + b) terms.
 */
export const betaTails = (a: number, b: number, x: number, y: number = 1 - x): Tails => {
  if (!(a > 0 && b > 0 && x >= 0 && y >= 0)) return { lower: Number.NaN, upper: Number.NaN };
  if (x === 0 || y === 0) return x === 0 ? { lower: 0, upper: 1 } : { lower: 1, upper: 0 };
  const kernel = Math.exp(logKernel(a, b)(x, y));
  if (x < (a + 1) / (a + b + 2)) {
    const lower = Math.min(1, (kernel / a) * fraction(a, b, x));
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, (kernel / b) * fraction(b, a, y));
  return { lower: 1 - upper, upper };
};
