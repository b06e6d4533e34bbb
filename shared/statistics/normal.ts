import { erfc } from './error-function.ts';

/** Answers the chance that a standard normal is at most z. */
export const normalCdf = (z: number): number => erfc(-z / Math.SQRT2) / 2;

/** Answers the chance that a standard normal exceeds z; right to 1e-300. */
export const normalSurvival = (z: number): number => erfc(z / Math.SQRT2) / 2;

/** Answers the chance that a standard normal is at least as far from zero as z, on either side. */
export const normalTwoSided = (z: number): number => erfc(Math.abs(z) / Math.SQRT2);

type Coefficients = readonly number[];

const CENTRE: readonly [Coefficients, Coefficients] = [
  [3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727],
  [1, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610],
];
const MIDDLE: readonly [Coefficients, Coefficients] = [
  [1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4],
  [1, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550, 0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9],
];
const FAR: readonly [Coefficients, Coefficients] = [
  [6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230, 0.0265321895265761230930, 0.00124266094738807843860, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
  [1, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525, 7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15],
];

const polynomial = (coefficients: Coefficients, x: number): number => coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

const ratio = ([above, below]: readonly [Coefficients, Coefficients], x: number): number => polynomial(above, x) / polynomial(below, x);

/**
 * Answers the z below which a standard normal falls with this probability; −Infinity at 0, Infinity at 1, NaN outside. For an upper tail
 * take −normalQuantile(tail), which is exact where 1 − tail is not. Wichura, "Algorithm AS 241", Applied Statistics 37 (1988), PPND16: about 16 digits.
 */
export const normalQuantile = (probability: number): number => {
  const centred = probability - 0.5;
  if (Math.abs(centred) <= 0.425) return centred * ratio(CENTRE, 0.180625 - centred * centred);
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  if (probability === 0 || probability === 1) return probability === 0 ? -Infinity : Infinity;
  const root = Math.sqrt(-Math.log(Math.min(probability, 1 - probability)));
  return Math.sign(centred) * (root <= 5 ? ratio(MIDDLE, root - 1.6) : ratio(FAR, root - 5));
};

/** Answers how many standard errors an interval reaches to either side: 1.96 for alpha 0.05. */
export const normalReach = (alpha: number): number => -normalQuantile(alpha / 2);
