import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnalysisRequest, AnalysisVariant, Correction } from '../../contract/analysis.ts';
import { analyse } from '../../statistics/analysis.ts';
import { cuped } from '../../statistics/cuped.ts';
import { varianceOf } from '../../statistics/means.ts';
import { benjaminiHochberg, bonferroni, holm } from '../../statistics/multiple-testing.ts';
import { alwaysValid } from '../../statistics/sequential.ts';
import { splitTest } from '../../statistics/srm.ts';
import { randomFrom } from './variants.ts';

const HARD = [0, 1, 2, 5, 49, 50, 1000, 145_274, 1e9, 1e12, 2 ** 53 - 1, 2 ** 53, 1e100, 1e308, Number.MAX_VALUE, Infinity, -Infinity, Number.NaN, -1, 0.5, 1e-300, 5e-324];

const assertSound = (value: unknown, at: string): void => {
  if (typeof value === 'number') {
    assert.ok(Number.isFinite(value), `${at} is ${value}`);
    if (/(p_value\w*|probability_\w+|expected_loss|rate)$/.test(at)) assert.ok(value >= 0 && value <= 1, `${at} is ${value}`);
  } else if (typeof value === 'object' && value !== null) {
    if (/(ci|interval)$/.test(at)) assert.ok(Array.isArray(value) && value.length === 2 && value[0] <= value[1], `${at} is ${JSON.stringify(value)}`);
    for (const [key, member] of Object.entries(value)) assertSound(member, `${at}.${key}`);
  } else assert.ok(value !== undefined && typeof value !== 'bigint', at);
};

/** Every null of a part must have a reason beside it, but for the parts of the control itself. */
const assertReasoned = (part: object): void => {
  const missing = Object.entries(part).filter(([key, value]) => value === null && !['probability_beats_control', 'adjusted_p_value'].includes(key));
  assert.ok(missing.length === 0 || 'reason' in part, `no reason for ${missing.join()}: ${JSON.stringify(part)}`);
};

const assertAnswer = (request: AnalysisRequest): void => {
  const found = analyse(request);
  assertSound(found, 'analysis');
  assert.ok(/^[^\n]{10,}\.$/.test(found.decision.reason), found.decision.reason);
  assert.equal(found.decision.variant_name !== null, ['winner', 'loser'].includes(found.decision.state));
  const parts = [found.chi_squared, found.srm, ...found.rates, ...found.bayesian, ...found.comparisons.flatMap((one) => [one, one.sequential, one.revenue])];
  for (const part of parts) assertReasoned(part);
};

test('analyse() never throws and never answers NaN, Infinity or a probability outside 0 to 1', () => {
  const seed = Date.now() >>> 0;
  const random = randomFrom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const count = (): number => (random() < 0.5 ? pick(HARD) : Math.floor(10 ** (random() * 7)));
  const one = (index: number): AnalysisVariant => {
    const users = count();
    return {
      variant_name: pick(['A', 'B', '', '__proto__', `v${index}`]), is_control: random() < 0.3, traffic_allocation: random() < 0.7 ? 50 : pick(HARD), users,
      conversions: random() < 0.7 ? Math.floor(users * random() ** 3) : count(),
      ...(random() < 0.5 ? { revenue_sum: pick(HARD), revenue_sum_squares: pick(HARD) } : {}),
    };
  };
  for (let round = 0; round < 3000; round += 1) {
    const request: AnalysisRequest = {
      variants: Array.from({ length: Math.floor(random() * 5) }, (_, index) => one(index)), show_work: random() < 0.5,
      ...(random() < 0.5 ? { alpha: random() < 0.5 ? random() : pick(HARD) } : {}),
      ...(random() < 0.5 ? { correction: pick<Correction>(['holm', 'benjamini-hochberg', 'none']) } : {}),
    };
    try {
      assertAnswer(request);
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}: ${JSON.stringify(request, (_, value: unknown) => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value))}`, { cause: error });
    }
  }
});

test('analyse() answers for every pair of extreme counts and for twenty variants', () => {
  const sizes = [0, 1, 2, 49, 50, 1000, 145_274, 1e9, 2 ** 53 - 1];
  for (const users of sizes)
    for (const other of sizes)
      for (const [share, alpha] of [[0, 0.05], [1e-6, 0.001], [0.5, 0.9], [1, 0.3377]] as const)
        assertAnswer({ alpha, variants: [{ variant_name: 'A', is_control: true, traffic_allocation: 1, users, conversions: Math.floor(users * share) }, { variant_name: 'B', is_control: false, traffic_allocation: 1, users: other, conversions: Math.ceil(other * share) }] });
  const many = Array.from({ length: 20 }, (_, index) => ({ variant_name: `v${index}`, is_control: index === 0, traffic_allocation: 5, users: 145_000 + index, conversions: 17_000 + 10 * index }));
  assertAnswer({ variants: many });
  assert.ok(Math.abs(analyse({ variants: many }).bayesian.reduce((sum, { probability_best }) => sum + (probability_best ?? 0), 0) - 1) < 1e-9);
});

test('splitTest() gives p = 0 when somebody is in a variant of weight zero, and leaves it out when nobody is', () => {
  assert.deepEqual([splitTest([10, 1], [1, 0])?.p_value, splitTest([10, 10, 0], [1, 1, 0])?.degrees_of_freedom], [0, 1]);
  assert.deepEqual([splitTest([10, 10], [0, 0]), splitTest([10, 10], [-1, 2]), splitTest([10, 10], [Infinity, 1]), splitTest([], [])], [null, null, null, null]);
  assert.equal(splitTest([5, 5], [1e308, 1e308])?.p_value, 1);
});

test('holm(), benjaminiHochberg() and bonferroni() leave out what has no p-value', () => {
  for (const [adjust, adjusted] of [[holm, [0.02, null, 0.04]], [benjaminiHochberg, [0.02, null, 0.04]], [bonferroni, [0.02, null, 0.08]]] as const)
    assert.deepEqual(adjust([0.01, null, 0.04]), adjusted);
  assert.deepEqual(holm([Number.NaN, 0.5]), [null, 0.5]);
});

test('alwaysValid() gives p = 0 for effects beyond measure, and null without spread', () => {
  assert.equal(alwaysValid(1e200, 1e-200, 1000, 0.05)?.p_value, 0);
  assert.deepEqual([alwaysValid(0, 0, 10, 0.05), alwaysValid(Number.NaN, 1, 10, 0.05), alwaysValid(0, 1, 0, 0.05), alwaysValid(0, 1, 10, 1)], [null, null, null, null]);
});

test('varianceOf() sees no spread in the rounding of equal values', () => {
  for (const [value, n] of [[0.1, 10], [0.7, 3], [9.99, 10], [3.3, 3]] as const) {
    const values = Array.from({ length: n }, () => value);
    assert.equal(varianceOf({ n, sum: values.reduce((sum, x) => sum + x, 0), sum_squares: values.reduce((sum, x) => sum + x * x, 0) }), 0);
  }
});

test('cuped() changes nothing where the past is constant', () => {
  const sums = (sum_after: number): Parameters<typeof cuped>[0] => ({ n: 10, sum_before: 1, sum_before_squares: 0.1, sum_after, sum_after_squares: sum_after ** 2 / 10 + 9, sum_products: sum_after / 10 });
  const found = cuped(sums(20), sums(30), 0.05);
  assert.deepEqual([found?.theta, found?.difference, found?.control_variance, Math.abs(found?.variance_reduction ?? 1) < 1e-15], [0, 1, 1, true]);
  assert.equal(cuped({ ...sums(1), n: 1 }, sums(2), 0.05), null);
});
