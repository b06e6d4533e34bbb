import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betaQuantile, betaUpperQuantile } from '../../statistics/beta-quantile.ts';
import { credibleInterval, posteriors } from '../../statistics/beta.ts';
import { chiSquared } from '../../statistics/chi-squared.ts';
import { rateOf, rateVariance } from '../../statistics/counts.ts';
import type { Counts } from '../../statistics/counts.ts';
import { cuped } from '../../statistics/cuped.ts';
import type { PairedSums } from '../../statistics/cuped.ts';
import { betaTails } from '../../statistics/incomplete-beta.ts';
import { chiSquaredSurvival, gammaTails } from '../../statistics/incomplete-gamma.ts';
import { katzInterval, relativeLift } from '../../statistics/lift.ts';
import type { Lift } from '../../statistics/lift.ts';
import { logGamma } from '../../statistics/log-gamma.ts';
import { varianceOf, welchTest } from '../../statistics/means.ts';
import type { Welch } from '../../statistics/means.ts';
import { benjaminiHochberg, bonferroni, holm } from '../../statistics/multiple-testing.ts';
import { normalCdf, normalQuantile } from '../../statistics/normal.ts';
import { newcombeInterval, twoProportions, wilsonInterval } from '../../statistics/proportions.ts';
import { sampleSize } from '../../statistics/sample-size.ts';
import { alwaysValid } from '../../statistics/sequential.ts';
import { splitTest } from '../../statistics/srm.ts';
import { studentTwoSided } from '../../statistics/student-t.ts';
import { assertCase, referenceCases } from './reference-cases.ts';

interface Pair {
  readonly a: Counts;
  readonly b: Counts;
}

const liftOf = (a: Counts, b: Counts, alpha: number): Lift | null =>
  relativeLift({ mean: rateOf(a), variance: rateVariance(a) }, { mean: rateOf(b), variance: rateVariance(b) }, alpha);

test('special functions match their reference values', () => {
  const functions: Readonly<Record<string, (...values: [number, number, number]) => number>> = {
    lgamma: logGamma,
    gammaP: (a, x) => gammaTails(a, x).lower,
    gammaQ: (a, x) => gammaTails(a, x).upper,
    normalCdf,
    normalQuantile,
    chiSquaredSurvival,
    studentTwoSidedP: studentTwoSided,
    betaI: (a, b, x) => betaTails(a, b, x).lower,
  };
  for (const example of referenceCases<{ fn: string; args: [number, number, number] }>('special-functions')) {
    const { fn, args } = example.input;
    const called = functions[fn];
    assert.ok(called, fn);
    assertCase(example, { value: called(...args) });
  }
});

test('chiSquared() matches its reference values', () => {
  for (const example of referenceCases<{ variants: readonly Counts[] }>('chi-squared')) {
    const found = chiSquared(example.input.variants);
    const yates = found?.yates && { statistic: found.yates.statistic, pValue: found.yates.p_value };
    assertCase(example, found && { statistic: found.statistic, df: found.degrees_of_freedom, pValue: found.p_value, minExpectedCount: found.expected_min, yates });
  }
});

test('wilsonInterval(), betaQuantile() and betaUpperQuantile() match the reference values of proportions', () => {
  for (const example of referenceCases<Counts & { confidenceLevel: number }>('proportion-ci')) {
    const { visitors, conversions, confidenceLevel } = example.input;
    const tail = (1 - confidenceLevel) / 2;
    const clopperPearson = [
      conversions === 0 ? 0 : betaQuantile(tail, conversions, visitors - conversions + 1),
      conversions === visitors ? 1 : betaUpperQuantile(tail, conversions + 1, visitors - conversions),
    ];
    assertCase(example, { rate: rateOf(example.input), wilson: wilsonInterval(example.input, 2 * tail), clopperPearson }, ['waldUnclipped', 'agrestiCoullUnclipped']);
  }
});

test('twoProportions() and newcombeInterval() match their reference values', () => {
  for (const example of referenceCases<Pair & { confidenceLevel: number }>('two-proportion-z')) {
    const { a, b, confidenceLevel } = example.input;
    const alpha = 1 - confidenceLevel;
    const found = twoProportions(a, b, alpha);
    assertCase(example, found && {
      rateA: rateOf(a), rateB: rateOf(b), difference: found.difference, zPooled: found.z, zUnpooled: found.difference / found.standard_error, pValue: found.p_value,
      pValueGreater: found.p_value_greater, standardErrorPooled: found.standard_error_pooled, standardErrorUnpooled: found.standard_error, wald: found.interval,
      newcombe: newcombeInterval(a, b, alpha), wilsonA: wilsonInterval(a, alpha), wilsonB: wilsonInterval(b, alpha),
    });
  }
});

test('relativeLift() and katzInterval() match their reference values', () => {
  for (const example of referenceCases<Pair & { confidenceLevel: number }>('relative-lift')) {
    const { a, b, confidenceLevel } = example.input;
    const found = liftOf(a, b, 1 - confidenceLevel);
    assertCase(example, found && { lift: found.lift, standardError: found.standard_error, delta: found.interval, logRatio: katzInterval(a, b, 1 - confidenceLevel) });
  }
});

const welchFields = (found: Welch): Record<string, unknown> =>
  ({ difference: found.difference, standardError: found.standard_error, t: found.t, df: found.degrees_of_freedom, pValue: found.p_value, low: found.interval[0], high: found.interval[1] });

test('welchTest() matches its reference values', () => {
  interface Given {
    readonly n: number;
    readonly sum: number;
    readonly sumSquares: number;
  }
  for (const example of referenceCases<{ a: Given; b: Given; confidenceLevel: number }>('welch-t')) {
    const [a, b] = [example.input.a, example.input.b].map(({ n, sum, sumSquares }) => ({ n, sum, sum_squares: sumSquares }));
    assert.ok(a && b);
    const found = welchTest(a, b, 1 - example.input.confidenceLevel);
    assertCase(example, found && { ...welchFields(found), meanA: a.sum / a.n, meanB: b.sum / b.n, varianceA: varianceOf(a), varianceB: varianceOf(b) });
  }
});

test('splitTest() matches its reference values', () => {
  for (const example of referenceCases<{ observed: readonly number[]; weights: readonly number[] }>('srm')) {
    const found = splitTest(example.input.observed, example.input.weights);
    assertCase(example, found && { statistic: found.statistic, df: found.degrees_of_freedom, pValue: found.p_value, expected: found.expected });
  }
});

test('sampleSize() matches its reference values by all four formulas', () => {
  for (const example of referenceCases<{ baseline: number; mde: number; mdeType: string; alpha: number; power: number; ratio: number; sides: 1 | 2 }>('sample-size')) {
    const { baseline, mde, mdeType, alpha, power, ratio, sides } = example.input;
    const plan = { control_rate: baseline, treatment_rate: mdeType === 'relative' ? baseline * (1 + mde) : baseline + mde, alpha, power, ratio, sides };
    const sizes = (['pooled', 'unpooled', 'baseline', 'arcsine'] as const).map((method) => sampleSize(plan, method));
    const [pooled, unpooled, evanMiller, arcsine] = sizes.map((exact) => exact && { exact, perVariant: Math.ceil(exact) });
    assertCase(example, sizes.includes(null) ? null : { controlRate: plan.control_rate, treatmentRate: plan.treatment_rate, pooled, unpooled, evanMiller, arcsine });
  }
});

test('holm(), benjaminiHochberg() and bonferroni() match their reference values', () => {
  for (const example of referenceCases<{ pValues: readonly (number | null)[]; alpha: number }>('multiple-testing')) {
    const { pValues, alpha } = example.input;
    const adjusted = { bonferroni: bonferroni(pValues), holm: holm(pValues), benjaminiHochberg: benjaminiHochberg(pValues) };
    const rejected = Object.entries(adjusted).map(([name, values]) => [`reject_${name}`, values.map((p) => p !== null && p <= alpha)]);
    assertCase(example, { ...adjusted, ...Object.fromEntries(rejected) });
  }
});

test('alwaysValid() matches its reference values', () => {
  for (const example of referenceCases<Pair & { differenceType: string; alpha: number; tuningParameter: number }>('sequential')) {
    const { a, b, differenceType, alpha, tuningParameter } = example.input;
    const lift = liftOf(a, b, alpha);
    const [estimate, standardError] =
      differenceType === 'absolute' ? [rateOf(b) - rateOf(a), Math.sqrt(rateVariance(a) + rateVariance(b))] : [lift?.lift ?? Number.NaN, lift?.standard_error ?? Number.NaN];
    const found = alwaysValid(estimate, standardError, a.visitors + b.visitors, alpha, tuningParameter);
    assertCase(example, found && { estimate, standardError, rho: found.rho, halfWidth: found.half_width, low: found.interval[0], high: found.interval[1], pValue: found.p_value });
  }
});

test('cuped() matches its reference values', () => {
  interface Given {
    readonly n: number;
    readonly sumPre: number;
    readonly sumPost: number;
    readonly sumPreSquares: number;
    readonly sumPostSquares: number;
    readonly sumPreTimesPost: number;
  }
  const sums = (given: Given): PairedSums => ({
    n: given.n, sum_before: given.sumPre, sum_after: given.sumPost, sum_before_squares: given.sumPreSquares, sum_after_squares: given.sumPostSquares, sum_products: given.sumPreTimesPost,
  });
  for (const example of referenceCases<{ aggregates: { a: Given; b: Given } }>('cuped')) {
    const [a, b] = [sums(example.input.aggregates.a), sums(example.input.aggregates.b)];
    const unadjusted = welchTest({ n: a.n, sum: a.sum_after, sum_squares: a.sum_after_squares }, { n: b.n, sum: b.sum_after, sum_squares: b.sum_after_squares }, 0.05);
    const [pooled, within] = [cuped(a, b, 0.05), cuped(a, b, 0.05, 'within')].map((found) =>
      found && { ...welchFields(found), theta: found.theta, varianceA: found.control_variance, varianceB: found.treatment_variance, variance_reduction: found.variance_reduction });
    assertCase(example, { unadjusted: unadjusted && welchFields(unadjusted), pooledTheta: pooled, withinGroupTheta: within, varianceReduction: pooled?.variance_reduction });
  }
});

test('posteriors() and credibleInterval() match their reference values', () => {
  for (const example of referenceCases<{ variants: readonly Counts[] }>('bayesian-beta')) {
    const { variants } = example.input;
    const found = posteriors(variants, 0);
    assertCase(example, found && {
      probabilityBest: found.map(({ probability_best }) => probability_best),
      expectedLoss: found.map(({ expected_loss }) => expected_loss),
      posteriorMean: variants.map(({ visitors, conversions }) => (conversions + 1) / (visitors + 2)),
      credibleInterval95: variants.map((counts) => credibleInterval(counts, 0.05)),
    });
  }
});
