import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnalysisVariant, Decision } from '../../contract/analysis.ts';
import { analyse } from '../../statistics/analysis.ts';
import { variant } from './variants.ts';

const decided = (...variants: readonly AnalysisVariant[]): Decision => analyse({ variants }).decision;

test('decide() finds a winner, a loser, and says what to do', () => {
  assert.deepEqual(decided(variant('A', 5000, 500), variant('B', 5000, 700)), {
    state: 'winner', variant_name: 'B', reason: 'B converts better than A (14% against 10%), which chance does not explain, so end the test and show B to everyone.',
  });
  assert.deepEqual(decided(variant('A', 5000, 500), variant('B', 5000, 300)), {
    state: 'loser', variant_name: 'B', reason: 'B converts worse than A (6% against 10%), which chance does not explain, so end the test and keep A.',
  });
  assert.match(decided(variant('A', 5000, 500), variant('B', 5000, 300), variant('C', 5000, 500)).reason, /take B out and let the others run on/);
});

test('decide() takes the best of several winners and the worst of several losers', () => {
  assert.equal(decided(variant('A', 5000, 500), variant('B', 5000, 700), variant('C', 5000, 800), variant('D', 5000, 300)).variant_name, 'C');
  assert.equal(decided(variant('A', 5000, 500), variant('B', 5000, 250), variant('C', 5000, 300)).variant_name, 'B');
});

test('decide() asks more of each variant the more there are', () => {
  const [a, b] = [variant('A', 20_000, 2000), variant('B', 20_000, 2220)];
  const rest = ['C', 'D', 'E', 'F', 'G', 'H'].map((name) => variant(name, 20_000, 2000));
  assert.equal(decided(a, b).state, 'winner');
  assert.equal(decided(a, b, ...rest).state, 'wait');
  assert.equal(analyse({ variants: [a, b, ...rest], correction: 'none' }).decision.state, 'winner');
});

test('decide() waits until every variant has 50 visitors and 5 conversions', () => {
  assert.equal(decided(variant('A', 49, 0), variant('B', 49, 49)).reason, 'A has 49 of at least 50 visitors, so let the test run on.');
  assert.equal(decided(variant('A', 60, 4), variant('B', 60, 60)).reason, 'A has 4 of at least 5 conversions, so let the test run on.');
  assert.equal(decided(variant('A', 60, 5), variant('B', 60, 60)).state, 'winner');
  assert.equal(decided(variant('A', 0, 0), variant('B', 0, 0)).state, 'wait');
});

test('decide() says how far apart the variants may still be while that is open', () => {
  assert.deepEqual(decided(variant('A', 500, 50), variant('B', 500, 60)), {
    state: 'wait', variant_name: null, reason: 'It is not clear yet which is better (B may convert from 4.7 points less to 8.7 points more than A), so let the test run on.',
  });
  assert.match(decided(variant('A', 100, 100), variant('B', 100, 100)).reason, /choose a metric that can tell them apart/);
});

test('decide() says "no difference" only when all intervals lie within 5 % of the rate of the control', () => {
  assert.equal(decided(variant('A', 40_000, 4000), variant('B', 40_000, 4000)).state, 'wait');
  for (const conversions of [12_850, 13_150]) assert.equal(decided(variant('A', 130_000, 13_000), variant('B', 130_000, conversions)).state, 'wait');
  const even = decided(variant('A', 400_000, 40_000), variant('B', 400_000, 40_100));
  assert.deepEqual(even, { state: 'no_difference', variant_name: null, reason: 'B converts like A to within 5% of its rate, so end the test and keep whichever you prefer.' });
  assert.match(decided(variant('A', 400_000, 40_000), variant('B', 400_000, 40_100), variant('C', 400_000, 40_000)).reason, /^Every other variant converts like A/);
});

test('decide() trusts nothing when visitors were not split as configured', () => {
  const skewed = decided(variant('A', 5000, 500), variant('B', 6000, 900));
  assert.equal(skewed.state, 'invalid');
  assert.match(skewed.reason, /sample ratio mismatch, p = 1\.5e-21/);
  assert.match(decided(variant('A', 5000, 500), variant('B', 60_000, 900)).reason, /p < 1e-300/);
  assert.equal(decided(variant('A', 5000, 500), variant('B', 6000, 900, { traffic_allocation: 60 })).state, 'winner');
  assert.match(decided(variant('A', 5000, 500), variant('B', 5000, 900), variant('C', 1, 0, { traffic_allocation: 0 })).reason, /Visitors are in C, which should get none/);
  assert.equal(decided(variant('A', 5000, 500), variant('B', 5000, 700), variant('C', 0, 0, { traffic_allocation: 0 })).state, 'winner');
});

test('decide() answers "invalid" for numbers that cannot be true and for a variant alone', () => {
  for (const variants of [[variant('A', 10, 20), variant('B', 100, 10)], [variant('A', 100, 10), variant('B', 100.5, 10)], [variant('A', 100, -1), variant('B', 100, 10)], [variant('A', 100, 10)], []])
    assert.equal(decided(...variants).state, 'invalid');
});

test('decide() waits for a control of weight zero that has nobody in it', () => {
  const control = variant('A', 0, 0, { traffic_allocation: 0 });
  assert.equal(decided(control, variant('B', 500, 50), variant('C', 500, 50)).reason, 'A has 0 of at least 50 visitors, so let the test run on.');
});
