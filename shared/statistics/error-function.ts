import { gammaTails } from './incomplete-gamma.ts';

/** Answers erf(x) = 2/√π ∫₀ˣ e^−t² dt, as the incomplete gamma function P(½, x²) (Abramowitz & Stegun 7.1.1, 6.5.16). */
export const erf = (x: number): number => Math.sign(x) * gammaTails(0.5, x * x).lower;

/** Answers erfc(x) = 1 − erf(x), right to 1e-300 in the upper tail. */
export const erfc = (x: number): number => (x >= 0 ? gammaTails(0.5, x * x).upper : 1 + gammaTails(0.5, x * x).lower);
