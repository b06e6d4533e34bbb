import { deviance } from './deviance.ts';
import { logGamma, stirlingError } from './log-gamma.ts';

/** How many terms are added at most; beyond a = 1e9 the sums would not have settled, and both tails are NaN there. */
const TERMS_MAX = 1_000_000;
const TINY = 1e-300;

/** Both tails of a distribution; each is right to its own last digits, however small. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/** x^a e^−x / Γ(a + 1). */
const kernel = (a: number, x: number): number =>
  a < 10 ? Math.exp(a * Math.log(x) - x - logGamma(a + 1)) : Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a);

const series = (a: number, x: number): number => {
  let term = 1;
  let sum = 1;
  for (let n = 1; n < TERMS_MAX; n += 1) {
    term *= x / (a + n);
    sum += term;
    if (term < sum * 1e-17) return sum;
  }
  return Number.NaN;
};

const fraction = (a: number, x: number): number => {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < TERMS_MAX; n += 1) {
    const numerator = -n * (n - a);
    b += 2;
    d = numerator * d + b;
    if (Math.abs(d) < TINY) d = TINY;
    c = b + numerator / c;
    if (Math.abs(c) < TINY) c = TINY;
    d = 1 / d;
    value *= d * c;
    if (Math.abs(d * c - 1) < 2e-16) return value;
  }
  return Number.NaN;
};

/**
 * Answers the regularised incomplete gamma functions P(a, x) = lower and Q(a, x) = upper, for a > 0 and x ≥ 0.
 * Series below the mean and continued fraction above it (Abramowitz & Stegun 6.5.29, 6.5.31), so that a small tail is never 1 − the other.
 */
export const gammaTails = (a: number, x: number): Tails => {
  if (!(a > 0 && x >= 0)) return { lower: Number.NaN, upper: Number.NaN };
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Infinity) return { lower: 1, upper: 0 };
  if (x < a + 1) {
    const lower = Math.min(1, kernel(a, x) * series(a, x));
    return { lower, upper: 1 - lower };
  }
  const height = kernel(a, x);
  const upper = height === 0 ? 0 : Math.min(1, height * a * fraction(a, x));
  return { lower: 1 - upper, upper };
};

/** Answers the chance that chi-squared with these degrees of freedom exceeds a value. */
export const chiSquaredSurvival = (value: number, degrees_of_freedom: number): number => gammaTails(degrees_of_freedom / 2, value / 2).upper;
