import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betaQuantile, betaUpperQuantile } from '../../statistics/beta-quantile.ts';
import { deviance } from '../../statistics/deviance.ts';
import { erf, erfc } from '../../statistics/error-function.ts';
import { betaTails } from '../../statistics/incomplete-beta.ts';
import { chiSquaredSurvival, gammaTails } from '../../statistics/incomplete-gamma.ts';
import { logGamma } from '../../statistics/log-gamma.ts';
import { normalCdf, normalQuantile, normalReach, normalSurvival } from '../../statistics/normal.ts';
import { GAUSS_LEGENDRE } from '../../statistics/quadrature.ts';
import { studentReach, studentSurvival, studentTwoSided } from '../../statistics/student-t.ts';

const assertClose = (actual: number, expected: number, relative: number): void =>
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual}, not ${expected}`);

test('logGamma() agrees with factorials and with Γ(½) = √π on every branch', () => {
  let factorial = 0;
  for (let n = 1; n < 60; n += 1) {
    assertClose(logGamma(n + 1), (factorial += Math.log(n)), 4e-15);
    assertClose(logGamma(n + 0.5), logGamma(n - 0.5) + Math.log(n - 0.5), 1e-14);
  }
  assertClose(logGamma(0.5), Math.log(Math.PI) / 2, 1e-15);
  assert.deepEqual([logGamma(0), logGamma(1), logGamma(2), logGamma(Infinity), logGamma(-1)], [Infinity, 0, 0, Infinity, Number.NaN]);
});

test('erfc() and normalSurvival() keep their digits down to 1e-300', () => {
  assertClose(erf(0.5), 0.5204998778130465, 1e-15);
  assertClose(erfc(0.5), 0.4795001221869535, 1e-15);
  assertClose(erfc(-1), 1.842700792949715, 1e-15);
  assertClose(erfc(10), 2.088487583762545e-45, 1e-13);
  assertClose(normalSurvival(37), 5.725571222524577e-300, 1e-12);
  assertClose(normalCdf(-20), 2.7536241186062337e-89, 1e-13);
  assert.equal(normalSurvival(Infinity), 0);
});

test('quantiles undo their distributions from 1e-300 to the middle', () => {
  for (const tail of [1e-300, 1e-100, 1e-20, 1e-8, 0.001, 0.025, 0.07, 0.08, 0.3, 0.5]) {
    assertClose(normalSurvival(-normalQuantile(tail)), tail, 1e-12);
    for (const degrees of [1, 2.3, 30, 998.5, 9_999, 10_001, 1e8, 1e16]) if (degrees > 1 || tail > 1e-150) assertClose(studentTwoSided(studentReach(tail, degrees), degrees), tail, 1e-12);
    for (const [a, b] of [...(tail > 1e-10 ? [[0.1, 3] as const] : []), [1, 1], [1, 1e6], [2, 2], [17490, 127786]] as const) {
      assertClose(betaTails(a, b, betaQuantile(tail, a, b)).lower, tail, 1e-9);
      assertClose(betaTails(b, a, betaQuantile(tail, b, a)).lower, tail, 1e-9);
      if (a !== b && a < 1000) assertClose(betaTails(a, b, betaUpperQuantile(tail, a, b)).upper, tail, 1e-9);
    }
  }
  assertClose(1 - betaQuantile(0.025, 1e13, 1), -Math.log(0.025) / 1e13, 1e-3);
  assertClose(1 - betaUpperQuantile(0.025, 1e13, 1), -Math.log(0.975) / 1e13, 0.05);
  assert.equal(studentReach(1e-300, 1), Infinity);
  assertClose(normalReach(0.05), 1.959963984540054, 1e-15);
});

test('studentTwoSided() joins its two methods without a step', () => {
  for (const t of [0.01, 1, 1.96, 5, 20, 36]) {
    const [below, above] = [studentTwoSided(t, 9_999.999), studentTwoSided(t, 10_000)];
    assert.ok(Math.abs(below / above - 1) < 1e-6 * Math.max(1, t ** 4 / 1e4), `${t}: ${below}, ${above}`);
  }
  assertClose(studentSurvival(-2, 10) + studentSurvival(2, 10), 1, 1e-15);
  assert.equal(studentTwoSided(1e300, 3), 0);
});

test('tails add up to 1, and are NaN where nothing is defined', () => {
  for (const [a, x] of [[0.5, 0.1], [3, 10], [1e6, 1e6 + 50]] as const) {
    const { lower, upper } = gammaTails(a, x);
    assertClose(lower + upper, 1, 1e-15);
  }
  assert.deepEqual(gammaTails(2, Infinity), { lower: 1, upper: 0 });
  assert.deepEqual(betaTails(2, 3, 1), { lower: 1, upper: 0 });
  assert.ok([gammaTails(-1, 1).lower, betaTails(1, 0, 0.5).upper, normalQuantile(1.5), betaQuantile(2, 1, 1), chiSquaredSurvival(1, 0), studentReach(0, 3)].every(Number.isNaN));
  assert.ok(Number.isNaN(deviance(Number.NaN, 1)));
});

test('deviance() does not cancel where its arguments are alike', () => {
  // k (e²/2 − e³/3 + e⁴/4 − …) with m = k (1 + e).
  assertClose(deviance(1e9, 1e9 + 1e4), 0.05 - 1e-6 / 3 + 2.5e-12, 1e-13);
  assertClose(deviance(1e15, 1e15 - 1e8), 5 + 1e-6 / 3, 1e-8);
  assert.deepEqual([deviance(7, 7), deviance(7, 0)], [0, Infinity]);
});

test('GAUSS_LEGENDRE integrates polynomials exactly, and up to every node', () => {
  const { nodes, weights, running } = GAUSS_LEGENDRE;
  const whole = weights.reduce((sum, weight, k) => sum + weight * (nodes[k] ?? 0) ** 30, 0);
  assertClose(whole, 2 / 31, 1e-13);
  for (const [k, x] of nodes.entries()) {
    const part = nodes.reduce((sum, node, l) => sum + (running[k * nodes.length + l] ?? 0) * node ** 7, 0);
    assert.ok(Math.abs(part - (x ** 8 - 1) / 8) < 1e-14);
  }
});
