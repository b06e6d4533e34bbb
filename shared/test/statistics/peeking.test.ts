import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnalysisVariant } from '../../contract/analysis.ts';
import { adjustComparisons, compareVariants } from '../../statistics/comparison.ts';
import { decide } from '../../statistics/decision.ts';
import { randomFrom, variant } from './variants.ts';

const TESTS = 2_000;
const LOOKS = 20;
const VISITORS_A_LOOK = 250;
const RATE = 0.1;
const ALPHA = 0.05;
const SEED = 20170102;

const SPLIT_AS_CONFIGURED = { statistic: 0, degrees_of_freedom: 1, p_value: 1, mismatch: false };

/** Looks at a test of two equal variants: the p-value that holds for one look, and whether the decision names a winner or a loser. */
const look = (control: AnalysisVariant, treatment: AnalysisVariant): { readonly p_value: number; readonly decided: boolean } => {
  const comparisons = adjustComparisons([compareVariants(control, treatment, ALPHA)], 'holm');
  const { state } = decide({ variants: [control, treatment], control, comparisons, srm: SPLIT_AS_CONFIGURED, alpha: ALPHA });
  return { p_value: comparisons[0]?.p_value ?? 1, decided: state === 'winner' || state === 'loser' };
};

const simulate = (): { readonly decided: number; readonly fixed: number; readonly last: readonly number[] } => {
  const random = randomFrom(SEED);
  const conversions = (): number => {
    let sum = 0;
    for (let visitor = 0; visitor < VISITORS_A_LOOK; visitor += 1) if (random() < RATE) sum += 1;
    return sum;
  };
  let [decided, fixed] = [0, 0];
  const last: number[] = [];
  for (let run = 0; run < TESTS; run += 1) {
    let [a, b, wrong, wrong_fixed, p_value] = [0, 0, false, false, 1];
    for (let at = 1; at <= LOOKS; at += 1) {
      a += conversions();
      b += conversions();
      const seen = look(variant('A', at * VISITORS_A_LOOK, a), variant('B', at * VISITORS_A_LOOK, b));
      wrong ||= seen.decided;
      wrong_fixed ||= seen.p_value < ALPHA;
      p_value = seen.p_value;
    }
    decided += wrong ? 1 : 0;
    fixed += wrong_fixed ? 1 : 0;
    last.push(p_value);
  }
  return { decided: decided / TESTS, fixed: fixed / TESTS, last };
};

test(`decide() is wrong in at most 5 % of A/A tests looked at twenty times, and the p-value of a single look far more often (seed ${SEED})`, () => {
  const { decided, fixed, last } = simulate();
  assert.ok(decided <= ALPHA + 2 * Math.sqrt((ALPHA * (1 - ALPHA)) / TESTS), `${100 * decided} % wrong decisions`);
  assert.ok(fixed > 0.15, `only ${100 * fixed} % significant at some look`);
  // Kolmogorov and Smirnov's distance from uniform, at the 0.1 % point; ties of whole counts are well below it.
  const distance = Math.max(...last.toSorted((one, other) => one - other).map((p, rank) => Math.max(p - rank / TESTS, (rank + 1) / TESTS - p)));
  assert.ok(distance < 1.95 / Math.sqrt(TESTS), `A/A p-values are ${distance} from uniform`);
});
