import { betaDensity, betaTails } from './incomplete-beta.ts';
import { normalQuantile } from './normal.ts';

const STEPS_MAX = 200;

/** Improves x by `step`, which answers the next x and whether this one is too high, between bounds that close in: it cannot run away. */
const solve = (start: number, a: number, b: number, step: (x: number) => readonly [next: number, too_high: boolean]): number => {
  const mean = a / (a + b);
  let [low, high] = [0, 1];
  let x = mean + start * Math.sqrt((mean * (b / (a + b))) / (a + b + 1));
  if (!(x > 0 && x < 1)) x = mean;
  for (let count = 0; count < STEPS_MAX; count += 1) {
    const [wished, too_high] = step(x);
    if (Math.abs(wished - x) <= 1e-15 * x) return wished;
    if (too_high) high = x;
    else low = x;
    x = wished > low && wished < high ? wished : (low + high) / 2;
  }
  return x;
};

/** Newton's method on ln p as a function of ln x: the lower tail is a power of x. */
const lower = (probability: number, a: number, b: number): number => {
  const density = betaDensity(a, b);
  return solve(normalQuantile(probability), a, b, (x) => {
    const found = betaTails(a, b, x).lower;
    return [x * Math.exp((Math.log(probability / found) * found) / (x * density(x))), found > probability];
  });
};

/** Newton's method on ln p as a function of x: the upper tail of a beta with few conversions is an exponential of x. */
const upper = (probability: number, a: number, b: number): number => {
  const density = betaDensity(a, b);
  return solve(-normalQuantile(probability), a, b, (x) => {
    const found = betaTails(a, b, x).upper;
    return [x + (Math.log(found / probability) * found) / density(x), found < probability];
  });
};

/** Near 1 numbers lie 1e-16 apart, near 0 as close as one likes: there the other end is looked for, in 1 − x. */
const nearerEnd = (probability: number, a: number, b: number, direct: typeof lower, mirrored: typeof lower): number => {
  if (a <= b) return direct(probability, a, b);
  const y = mirrored(probability, b, a);
  return y < 0.5 ? 1 - y : direct(probability, a, b);
};

const isAsked = (probability: number, a: number, b: number): boolean => a > 0 && b > 0 && probability >= 0 && probability <= 1;

/** Answers the x below which Beta(a, b) falls with this probability, for a, b > 0; NaN outside. */
export const betaQuantile = (probability: number, a: number, b: number): number => {
  if (!isAsked(probability, a, b)) return Number.NaN;
  return probability === 0 || probability === 1 ? probability : nearerEnd(probability, a, b, lower, upper);
};

/** Answers the x above which Beta(a, b) falls with this probability: exact where 1 − probability is not. */
export const betaUpperQuantile = (probability: number, a: number, b: number): number => {
  if (!isAsked(probability, a, b)) return Number.NaN;
  return probability === 0 || probability === 1 ? 1 - probability : nearerEnd(probability, a, b, upper, lower);
};
