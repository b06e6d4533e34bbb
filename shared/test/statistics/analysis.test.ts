import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparison } from '../../contract/analysis.ts';
import { analyse, analyseTogether } from '../../statistics/analysis.ts';
import type { Counts } from '../../statistics/counts.ts';
import { plannedSample } from '../../statistics/planned-sample.ts';
import { assertCase, readFixture, referenceCases } from './reference-cases.ts';
import { variant } from './variants.ts';

const NAMES = 'ABCDEFGH';

const namedVariants = (counts: readonly Counts[]): ReturnType<typeof variant>[] => counts.map(({ visitors, conversions }, index) => variant(NAMES[index] ?? '', visitors, conversions));

const assertNear = (actual: unknown, expected: unknown): void => {
  if (!Array.isArray(expected)) return assert.ok(typeof actual === 'number' && typeof expected === 'number' && Math.abs(actual - expected) <= 1e-9 + 1e-6 * Math.abs(expected), `${String(actual)}, not ${String(expected)}`);
  assert.ok(Array.isArray(actual));
  expected.forEach((end, index) => assertNear(actual[index], end));
};

test('analyse() gives the published numbers of a real landing-page test', () => {
  const published = readFixture('ab-data-cleaned') as Readonly<Record<string, number>> & { control: Counts & { wilson: number[] }; treatment: Counts & { wilson: number[] } };
  const { control, treatment } = published;
  const found = analyse({ variants: namedVariants([control, treatment]), show_work: true });
  const comparison = found.comparisons[0] as Comparison;
  const work = found.work as { chi_squared: { yates: { statistic: number; p_value: number } }; comparisons: { newcombe_ci: number[]; p_value_greater: number }[] };
  for (const [actual, expected] of [
    [found.rates.map(({ ci }) => ci), [control.wilson, treatment.wilson]],
    [[comparison.absolute_difference, comparison.absolute_difference_ci], [published['difference'], published['difference_interval']]],
    [[comparison.relative_lift, comparison.relative_lift_ci], [published['lift'], published['lift_interval']]],
    [[comparison.z, comparison.p_value, comparison.adjusted_p_value], [published['z'], published['p_value'], published['p_value']]],
    [[comparison.sequential.ci, comparison.sequential.p_value], [published['always_valid_interval'], published['always_valid_p_value']]],
    [[found.chi_squared.statistic, found.chi_squared.p_value, found.srm.p_value], [published['chi_squared'], published['chi_squared_p_value'], published['split_p_value']]],
    [found.bayesian.map(({ expected_loss }) => expected_loss), [published['expected_loss_control'], published['expected_loss_treatment']]],
    [found.bayesian[1]?.probability_beats_control, published['probability_treatment_beats_control']],
    [[work.chi_squared.yates.statistic, work.chi_squared.yates.p_value], [published['yates'], published['yates_p_value']]],
    [[work.comparisons[0]?.newcombe_ci, work.comparisons[0]?.p_value_greater], [published['newcombe_interval'], published['p_value_greater']]],
  ]) assertNear(actual, expected);
  assert.deepEqual([found.chi_squared.significant, found.srm.mismatch, found.bayesian[0]?.probability_beats_control], [false, false, null]);
});

test('analyse() gives the reference values of chi-squared, split, intervals and posteriors', () => {
  for (const example of referenceCases<{ variants: readonly Counts[] }>('chi-squared')) {
    const { statistic, degrees_of_freedom: df, p_value: pValue, significant, reason } = analyse({ variants: namedVariants(example.input.variants) }).chi_squared;
    assertCase(example, statistic === null ? null : { statistic, df, pValue }, ['minExpectedCount', 'yates']);
    assert.ok(statistic === null ? significant === null && reason !== undefined : significant === (pValue !== null && pValue < 0.05));
  }
  for (const example of referenceCases<{ observed: readonly number[]; weights: readonly number[] }>('srm')) {
    const { observed, weights } = example.input;
    const { statistic, degrees_of_freedom: df, p_value: pValue, mismatch } = analyse({ variants: observed.map((users, index) => variant(NAMES[index] ?? '', users, 0, { traffic_allocation: weights[index] ?? 0 })) }).srm;
    assertCase(example, statistic === null ? null : { statistic, df, pValue }, ['expected']);
    assert.equal(mismatch, pValue === null ? null : pValue < 0.001);
  }
  for (const example of referenceCases<{ a: Counts; b: Counts; confidenceLevel: number }>('two-proportion-z')) {
    const found = analyse({ alpha: 1 - example.input.confidenceLevel, variants: namedVariants([example.input.a, example.input.b]) });
    const { z: zPooled, p_value: pValue, absolute_difference: difference, absolute_difference_ci: wald } = found.comparisons[0] as Comparison;
    const fields = ['rateA', 'rateB', 'pValueGreater', 'standardErrorPooled', 'standardErrorUnpooled', 'newcombe', 'zUnpooled'];
    assertCase(example, zPooled === null ? null : { zPooled, pValue, difference, wald, wilsonA: found.rates[0]?.ci, wilsonB: found.rates[1]?.ci }, fields);
  }
  for (const example of referenceCases<{ variants: readonly Counts[] }>('bayesian-beta')) {
    const { bayesian } = analyse({ variants: namedVariants(example.input.variants) });
    const [probabilityBest, expectedLoss, credibleInterval95] = [bayesian.map((one) => one.probability_best), bayesian.map((one) => one.expected_loss), bayesian.map((one) => one.credible_interval)];
    assertCase(example, { probabilityBest, expectedLoss, credibleInterval95 }, ['posteriorMean']);
  }
});

test('analyse() tests revenue where it is given, and says so where it is not', () => {
  const sums = { revenue_sum: 50, revenue_sum_squares: 300 };
  const [found] = analyse({ variants: [variant('A', 10, 1, sums), variant('B', 20, 2, { revenue_sum: 120, revenue_sum_squares: 800 })] }).comparisons;
  assert.equal(found?.revenue.difference, 1);
  assert.ok(found.revenue.p_value !== null && found.revenue.ci !== null && found.revenue.ci[0] < 1 && found.revenue.ci[1] > 1);
  const [without] = analyse({ variants: [variant('A', 10, 1, sums), variant('B', 20, 2)] }).comparisons;
  assert.deepEqual(without?.revenue, { difference: null, ci: null, t: null, degrees_of_freedom: null, p_value: null, reason: 'No revenue was given.' });
  const [impossible] = analyse({ variants: [variant('A', 10, 1, sums), variant('B', 20, 2, { revenue_sum: 120, revenue_sum_squares: 8 })] }).comparisons;
  assert.match(impossible?.revenue.reason ?? '', /cannot be true/);
});

test('analyse() adjusts by the correction, Holm where none is named', () => {
  const variants = [variant('A', 5000, 500), variant('B', 5000, 560), variant('C', 5000, 570)];
  const [none, usual, holm, rate] = [{ correction: 'none' } as const, {}, { correction: 'holm' } as const, { correction: 'benjamini-hochberg' } as const].map((more) => analyse({ variants, ...more }).comparisons);
  const [b, c] = none?.map(({ p_value }) => p_value ?? 0) ?? [];
  assert.ok(b !== undefined && c !== undefined && c < b);
  assert.deepEqual(none?.map(({ adjusted_p_value }) => adjusted_p_value), [b, c]);
  assert.deepEqual(usual, holm);
  assert.deepEqual(holm?.map(({ adjusted_p_value }) => adjusted_p_value), [Math.max(b, 2 * c), 2 * c]);
  assert.deepEqual(rate?.map(({ adjusted_p_value }) => adjusted_p_value), [b, Math.min(b, 2 * c)]);
});

test('analyseTogether() adjusts across metrics × variants', () => {
  const metric = (conversions: number): { variants: ReturnType<typeof variant>[] } => ({ variants: [variant('A', 5000, 500), variant('B', 5000, conversions)] });
  const found = analyseTogether([metric(570), metric(505), metric(510)]).map(({ comparisons }) => comparisons[0] as Comparison);
  assert.equal(found[0]?.adjusted_p_value, 3 * (found[0]?.p_value ?? 0));
  assert.equal(analyse(metric(570)).comparisons[0]?.adjusted_p_value, found[0]?.p_value);
  assert.deepEqual(analyseTogether([]), []);
});

test('plannedSample() plans as the contract says, and gives a reason where it cannot', () => {
  assert.deepEqual(plannedSample({ baseline_rate: 0.1, minimum_detectable_effect: 0.2 }), { per_variant: 3841, total: 7682 });
  assert.equal(plannedSample({ baseline_rate: 0.1, minimum_detectable_effect: 0.2, variants: 3 }).total, 3 * 3841);
  assert.ok((plannedSample({ baseline_rate: 0.1, minimum_detectable_effect: -0.2 }).per_variant ?? 0) > 3000);
  for (const [baseline_rate, minimum_detectable_effect, more] of [[0.1, 20, {}], [0, 0.2, {}], [0.1, 0, {}], [0.1, 1e-12, {}], [0.1, 0.2, { power: 1 }], [0.1, 0.2, { power: 0.01 }], [Number.NaN, 1, {}]] as const) {
    const found = plannedSample({ baseline_rate, minimum_detectable_effect, ...more });
    assert.ok(found.per_variant === null && found.total === null && found.reason !== undefined, JSON.stringify(found));
  }
});
