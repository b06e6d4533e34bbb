import { betaDensity, betaTails } from './incomplete-beta.ts';
import { normalReach, normalTwoSided } from './normal.ts';

const STEPS_MAX = 200;
/** From here on t and the normal agree to the last digit that matters. */
const DEGREES_NORMAL = 1e15;
/** From here on the continued fraction loses digits that a series in 1/ν keeps. */
const DEGREES_MANY = 10_000;

/** x = ν / (ν + t²) and y = 1 − x, formed so that neither loses digits and t² cannot overflow. */
const argumentsOf = (t: number, degrees_of_freedom: number): readonly [x: number, y: number] => {
  const square = (Math.abs(t) / Math.sqrt(degrees_of_freedom)) ** 2;
  return square === Infinity ? [0, 1] : [1 / (1 + square), square / (1 + square)];
};

/** The standard normal deviate as far out as t is. Hill, "Algorithm 395", Communications of the ACM 13 (1970). */
const normalDeviate = (t: number, degrees_of_freedom: number): number => {
  const a = degrees_of_freedom - 0.5;
  const b = 48 * a * a;
  const y = a * Math.log1p((Math.abs(t) / Math.sqrt(degrees_of_freedom)) ** 2);
  // Beyond every table, where powers of y would overflow.
  if (!(y < 1e6)) return Math.sqrt(y);
  return (((((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b) + y + 3) / b + 1) * Math.sqrt(y);
};

/**
 * Answers the chance that Student's t is at least as far from zero as `t`, on either side; degrees of freedom above 0, fractions too.
 * Abramowitz & Stegun 26.7.1 through the incomplete beta function, Hill's normal deviate from 10,000 degrees on; right to 1e-300.
 */
export const studentTwoSided = (t: number, degrees_of_freedom: number): number => {
  if (degrees_of_freedom >= DEGREES_NORMAL) return normalTwoSided(t);
  if (degrees_of_freedom >= DEGREES_MANY) return normalTwoSided(normalDeviate(t, degrees_of_freedom));
  return betaTails(degrees_of_freedom / 2, 0.5, ...argumentsOf(t, degrees_of_freedom)).lower;
};

/** Answers the chance that Student's t exceeds `t`. */
export const studentSurvival = (t: number, degrees_of_freedom: number): number => {
  const half = studentTwoSided(t, degrees_of_freedom) / 2;
  return t >= 0 ? half : 1 - half;
};

/** Answers how many standard errors an interval of Student's t reaches to either side: the t whose two-sided p-value is alpha, for 0 < alpha < 1; Infinity beyond 1e150. */
export const studentReach = (alpha: number, degrees_of_freedom: number): number => {
  if (!(alpha > 0 && alpha < 1 && degrees_of_freedom > 0)) return Number.NaN;
  let t = normalReach(alpha);
  if (degrees_of_freedom >= DEGREES_NORMAL) return t;
  const density = betaDensity(degrees_of_freedom / 2, 0.5);
  // ln p falls ever more steeply in ln t, so after the first step Newton's method closes in from one side.
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const [x, y] = argumentsOf(t, degrees_of_freedom);
    const p = studentTwoSided(t, degrees_of_freedom);
    if (p === 0) return Infinity;
    const slope = (2 * density(x, y) * x * y) / p;
    const next = t * Math.exp(Math.log(p / alpha) / slope);
    if (Math.abs(next - t) <= 1e-14 * t || next === Infinity) return next;
    t = next;
  }
  return t;
};
