import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyse } from '../../shared/statistics/analysis.ts';
import { expectedUsers, phasePeriods } from '../src/result/expected-users.ts';
import { requestOf, resultsOf } from '../src/result/results.ts';
import type { VariantFigures } from '../src/result/results.ts';
import { samplePlan } from '../src/result/sample-plan.ts';
import { seriesOf } from '../src/result/series.ts';
import { variantShares } from '../src/result/variant-shares.ts';
import { definitionOf } from './support/definition-of.ts';

const figures = (variant_name: string, users: number, conversions: number, is_control: boolean = false): VariantFigures => ({ variant_name, is_control, traffic_allocation: 50, users, conversions, revenue_sum: 0, revenue_sum_squares: 0, event_counts: {} });

test('resultsOf() compares the best variant with the control, the control with the runner-up', () => {
  const summary = (...variants: VariantFigures[]): unknown => resultsOf(variants, analyse(requestOf(variants, undefined, false))).summary;
  assert.deepEqual(summary(figures('A', 100, 10, true), figures('B', 100, 15), figures('C', 100, 5)), { best_variant: 'B', absolute_difference: 0.04999999999999999, relative_lift: 0.4999999999999998 });
  assert.deepEqual(summary(figures('A', 100, 20, true), figures('B', 100, 10), figures('C', 100, 5)), { best_variant: 'A', absolute_difference: 0.1, relative_lift: 1 });
  assert.deepEqual(summary(figures('A', 0, 0, true), figures('B', 0, 0)), { best_variant: null, absolute_difference: null, relative_lift: null });
  assert.deepEqual(summary(figures('A', 10, 0, true), figures('B', 10, 1)), { best_variant: 'B', absolute_difference: 0.1, relative_lift: null });
});

test('variantShares() knows the control by its name where nothing else says it', () => {
  const names = (seen: readonly string[]): string => variantShares(null, seen).map(({ variant_name, is_control }) => `${variant_name}${is_control ? '!' : ''}`).join(' ');
  assert.equal(names(['treatment', 'control']), 'control! treatment');
  assert.equal(names(['C', 'B', 'A']), 'A! B C');
  assert.equal(names(['new', 'fresh']), 'fresh! new');
});

test('variantShares() shows a variant that the experiment does not have, without a share', () => {
  assert.deepEqual(variantShares(definitionOf('x'), ['B', 'Z']), [
    { variant_name: 'A', is_control: true, traffic_allocation: 50 },
    { variant_name: 'B', is_control: false, traffic_allocation: 50 },
    { variant_name: 'Z', is_control: false, traffic_allocation: 0 },
  ]);
});

test('expectedUsers() splits the users of each phase by its weights', () => {
  const at = (day: number): string => new Date(Date.UTC(2026, 0, day)).toISOString();
  const phases = [{ start_time: at(1), coverage_percent: 100, weights: { A: 90, B: 10 } }, { start_time: at(3), coverage_percent: 100, weights: { A: 1, B: 1 } }];
  const period = { from: Date.UTC(2026, 0, 2), to: Date.UTC(2026, 0, 13) };
  const days = phasePeriods(phases, period).map(({ from, to }) => (to - from) / 86_400_000);
  assert.deepEqual(expectedUsers(phases, [], days), { A: 0.9 + 5, B: 0.1 + 5 });
  assert.equal(expectedUsers(phases.slice(1), [], days), undefined);
});

test('seriesOf() adds up what happened by stretch, and shows those in which nothing did', () => {
  const series = seriesOf({
    starts: [0, 10, 20],
    variant_names: ['A'],
    assigned: [{ at: 25, variant_name: 'A', users: 1 }, { at: 0, variant_name: 'A', users: 3 }],
    converted: [{ at: 9, variant_name: 'A', users: 1 }, { at: 20, variant_name: 'A', users: 1 }],
    localTime: String,
    interval: (conversions, users) => [conversions, users],
  });
  assert.deepEqual(series.map(({ variants: { A } }) => A), [
    { users: 3, conversions: 1, cumulative_users: 3, cumulative_conversions: 1, cumulative_rate: 1 / 3, cumulative_ci: [1, 3] },
    { users: 0, conversions: 0, cumulative_users: 3, cumulative_conversions: 1, cumulative_rate: 1 / 3, cumulative_ci: [1, 3] },
    { users: 1, conversions: 1, cumulative_users: 4, cumulative_conversions: 2, cumulative_rate: 0.5, cumulative_ci: [2, 4] },
  ]);
});

test('samplePlan() says how long the smallest variant takes to have enough visitors', () => {
  const plan = samplePlan([figures('A', 1_000, 100, true), figures('B', 841, 90)], 0.2, 100);
  assert.deepEqual(plan, { minimum_detectable_effect: 0.2, users_per_variant: 3_841, users_per_day: 100, days_left: 60 });
  assert.equal(samplePlan([figures('A', 1_000, 100, true), figures('B', 841, 90)], 0.2, 0).days_left, null);
  assert.equal(samplePlan([figures('A', 5_000, 500, true), figures('B', 5_000, 500)], 0.2, 0).days_left, 0);
  assert.deepEqual(samplePlan([figures('A', 0, 0, true), figures('B', 0, 0)], 0.2, 5), { minimum_detectable_effect: 0.2, users_per_variant: null, users_per_day: 5, days_left: null });
});
