const HALF_LOG_TWO_PI = 0.9189385332046727;
const EULER_GAMMA = 0.5772156649015329;

/** ζ(k) − 1 for k = 2, 3, …: the coefficients of ln Γ around 2. */
const ZETA_LESS_ONE = [
  0.6449340668482264, 0.20205690315959429, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914, 0.008349277381922827, 0.0040773561979443396, 0.0020083928260822143, 9.945751278180853e-4,
  4.941886041194646e-4, 2.460865533080483e-4, 1.227133475784891e-4, 6.12481350587048e-5, 3.058823630702049e-5, 1.5282259408651871e-5, 7.637197637899762e-6, 3.81729326499984e-6,
  1.908212716553939e-6, 9.539620338727962e-7, 4.769329867878064e-7, 2.384505027277330e-7, 1.192199259653110e-7, 5.960818905125948e-8, 2.980350351465228e-8, 1.490155482836504e-8,
];

/** Coefficients of 1/x, 1/x³, 1/x⁵, … in the remainder of Stirling's formula. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
const STIRLING_FROM = 15;

const remainder = (x: number): number => {
  const square = 1 / (x * x);
  return STIRLING.reduceRight((sum, coefficient) => sum * square + coefficient, 0) / x;
};

/** ln Γ(2 + d) for −0.5 ≤ d ≤ 0.5, exact where it passes through zero. */
const aroundTwo = (d: number): number => d * (ZETA_LESS_ONE.reduceRight((sum, zeta, index) => zeta / (index + 2) - d * sum, 0) * d + 1 - EULER_GAMMA);

/**
 * Answers ln Γ(x) for x > 0, to about 1e-15 of the larger of its value and 1; NaN for x < 0, Infinity at 0.
 * Abramowitz & Stegun 6.1.33 around 1 and 2, 6.1.41 (Stirling) from 15, the recurrence between.
 */
export const logGamma = (x: number): number => {
  if (!(x >= 0)) return Number.NaN;
  if (x < 0.5) return logGamma(x + 1) - Math.log(x);
  if (x < 1.5) return aroundTwo(x - 1) - Math.log1p(x - 1);
  if (x <= 2.5) return aroundTwo(x - 2);
  if (x >= STIRLING_FROM) return x === Infinity ? Infinity : (x - 0.5) * (Math.log(x) - 1) - 0.5 + HALF_LOG_TWO_PI + remainder(x);
  let shifted = x;
  let product = 1;
  for (; shifted > 2.5; shifted -= 1) product *= shifted - 1;
  return aroundTwo(shifted - 2) + Math.log(product);
};

/** Answers what Stirling's formula leaves out of ln Γ(x + 1): the δ(x) of Loader, "Fast and accurate computation of binomial probabilities" (2000). For x > 0. */
export const stirlingError = (x: number): number => (x >= STIRLING_FROM ? remainder(x) : logGamma(x + 1) - (x + 0.5) * Math.log(x) + x - HALF_LOG_TWO_PI);
