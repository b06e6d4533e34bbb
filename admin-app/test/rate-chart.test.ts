import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curveOf, extendTrail } from '../src/overview/curve.ts';
import type { CurvePoint } from '../src/overview/curve.ts';
import { intervalPlot, intervalRange } from '../src/overview/interval-plot.ts';
import { niceScale } from '../src/overview/nice-scale.ts';
import { rateChart } from '../src/overview/rate-chart.ts';
import type { ChartPoint } from '../src/overview/rate-chart.ts';
import { sampleResults } from './support/sample-results.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 0, 10);

const chartOf = (counts: Record<string, readonly [number, number]>, buckets: number, now: number) => {
  const { series = [] } = sampleResults({ counts, buckets, start: START });
  const curve = curveOf(series, [], now);
  return curve === undefined ? undefined : rateChart(curve, Object.keys(counts));
};

test('niceScale() has round ends around the values', () => {
  assert.deepEqual(niceScale(0.088, 0.148, 4), { low: 0.08, high: 0.16, ticks: [0.08, 0.1, 0.12, 0.14, 0.16] });
  assert.deepEqual(niceScale(0, 1, 4).ticks, [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(niceScale(0.1, 0.3, 4).ticks, [0.1, 0.15, 0.2, 0.25, 0.3]);
});

test('niceScale() holds any range in a handful of steps', () => {
  for (let round = 0; round < 2_000; round += 1) {
    const low = ((round * 7919) % 1000) / 1000;
    const high = low + 10 ** (-6 + (round % 7));
    const { ticks, ...scale } = niceScale(low, high, 4);
    assert.ok(scale.low <= low + 1e-9 && scale.high >= high - 1e-9, `${low} to ${high} in ${JSON.stringify(scale)}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 7, `${ticks.length} ticks for ${low} to ${high}`);
  }
  assert.ok(niceScale(0, 0, 4).high > 0);
  assert.ok(niceScale(0.2, 0.2, 4).ticks.length >= 2);
});

test('rateChart() ends every curve at now, inside the plot, where its rate is', () => {
  const now = START + 47.5 * HOUR_MS;
  const chart = chartOf({ A: [1000, 100], B: [1000, 150] }, 48, now);
  assert.ok(chart);
  for (const [index, rate] of [0.1, 0.15].entries()) {
    const end: ChartPoint | undefined = chart.lines[index]?.points.at(-1);
    assert.equal(end?.x, 1_000);
    assert.equal(end?.at, now);
    assert.ok(Math.abs((end?.y ?? 0) - (1_000 - ((rate - chart.scale.low) / (chart.scale.high - chart.scale.low)) * 1_000)) < 1e-9);
    assert.ok((end?.high ?? 0) < (end?.y ?? 0) && (end?.y ?? 0) < (end?.low ?? 0));
  }
  assert.deepEqual([chart.tick_ys[0], chart.tick_ys.at(-1)], [1_000, 0]);
});

test('rateChart() fits the later intervals and lets the wide ones of the first hours leave the plot', () => {
  const chart = chartOf({ A: [10_000, 1_000], B: [10_000, 1_100] }, 48, START + 48 * HOUR_MS);
  for (const { points } of chart?.lines ?? []) {
    const [first, last] = [points[0], points.at(-1)];
    assert.ok(first && last && (first.high < 0 || first.low > 1_000), 'the first interval leaves the plot');
    assert.ok(last.high >= 0 && last.low <= 1_000, 'the last one does not');
  }
});

test('rateChart() draws nothing of a single point, and nothing of nobody', () => {
  assert.equal(chartOf({ A: [10, 1], B: [10, 2] }, 1, START + HOUR_MS), undefined);
  assert.equal(curveOf([], [], START), undefined);
  assert.equal(rateChart({ from: START, points: [] }, ['A', 'B']), undefined);
  assert.ok(chartOf({ A: [10, 1], B: [10, 2] }, 2, START + 2 * HOUR_MS));
});

test('rateChart() keeps labels of equal rates apart and inside', () => {
  const chart = chartOf({ A: [1000, 100], B: [1000, 100], C: [1000, 100], D: [1000, 100] }, 24, START + 24 * HOUR_MS);
  const ys = (chart?.lines ?? []).map(({ label_y }) => label_y).toSorted((a, b) => a - b);
  assert.equal(ys.length, 4);
  for (let index = 1; index < ys.length; index += 1) assert.ok((ys[index] as number) - (ys[index - 1] as number) >= 94.9);
  assert.ok((ys.at(-1) as number) <= 1_000);
});

test('rateChart() marks round times, few enough to read', () => {
  for (const buckets of [3, 10, 48, 200]) {
    const chart = chartOf({ A: [1000, 100], B: [1000, 150] }, buckets, START + buckets * HOUR_MS);
    const ticks = chart?.time_ticks ?? [];
    assert.ok(ticks.length >= 2 && ticks.length <= 8, `${ticks.length} marks in ${buckets} hours`);
    for (const { at, x } of ticks) assert.ok(at % (HOUR_MS / 2) === 0 && x >= 0 && x <= 1_000);
  }
});

test('intervalPlot() places the interval within the range that all share', () => {
  const values = [{ value: 0.1, interval: [0.08, 0.12] as const }, { value: 0.2, interval: [0.18, 0.22] as const }];
  const range = intervalRange(values);
  assert.ok(range && range.low < 0.08 && range.high > 0.22);
  const [first, second] = values.map((value) => Number(/cx="([\d.]+)%"/.exec(intervalPlot(value, range)?.text ?? '')?.[1]));
  assert.ok(first !== undefined && second !== undefined && first < second && first > 0 && second < 100);
  assert.equal(intervalPlot({ value: null, interval: null }, range), undefined);
  assert.equal(intervalRange([{ value: null, interval: null }]), undefined);
  const zero = intervalRange([{ value: 0.3, interval: [0.2, 0.4] }], 0);
  assert.ok(zero && zero.low < 0);
});

test('extendTrail() gives a young experiment a curve out of what was seen', () => {
  let trail: readonly CurvePoint[] = [];
  for (let users = 0; users <= 40; users += 1) trail = extendTrail(trail, sampleResults({ counts: { A: [users, users >> 2], B: [users, users >> 1] } }), START + users * 1_000);
  assert.equal(trail.length, 40);
  assert.equal(trail.reduce((sum, { variants }) => sum + (variants['A']?.users ?? 0), 0), 40);
  const { series = [] } = sampleResults({ counts: { A: [40, 10], B: [40, 20] }, buckets: 1, start: START });
  const curve = curveOf(series, trail, START + 40_000);
  assert.deepEqual([curve?.from, curve?.points.length], [START + 1_000, 40]);
  const chart = rateChart(curve ?? assert.fail(), ['A', 'B']);
  assert.deepEqual(chart?.lines.map(({ points }) => points.at(-1)?.figures.cumulative_rate), [0.25, 0.5]);
});

test('extendTrail() keeps a bounded number of moments, the newest whole', () => {
  let trail: readonly CurvePoint[] = [];
  for (let users = 1; users <= 2_000; users += 1) trail = extendTrail(trail, sampleResults({ counts: { A: [users, 1], B: [users, 1] }, buckets: 1 }), START + users);
  assert.ok(trail.length <= 240, String(trail.length));
  assert.deepEqual(trail.slice(-50).map(({ at }) => at - START), Array.from({ length: 50 }, (_, index) => 1_951 + index));
  assert.deepEqual(trail.map(({ at }) => at), trail.map(({ at }) => at).toSorted((a, b) => a - b));
});

test('curveOf() puts what was seen after the hours before, and leaves it out where hours say it all', () => {
  const answer = sampleResults({ counts: { A: [1_000, 100], B: [1_000, 150] }, buckets: 4, start: START });
  const trail = [3.2, 3.4, 3.6].map((hours) => extendTrail([], answer, START + hours * HOUR_MS)[0] ?? assert.fail());
  const curve = curveOf(answer.series ?? [], trail, START + 3.6 * HOUR_MS);
  assert.deepEqual(curve?.points.map(({ at }) => (at - START) / HOUR_MS), [1, 2, 3, 3.2, 3.4, 3.6]);
  assert.equal(curve?.from, START);
  const long = sampleResults({ counts: { A: [1_000, 100], B: [1_000, 150] }, buckets: 24, start: START });
  assert.equal(curveOf(long.series ?? [], trail, START + 24 * HOUR_MS)?.points.length, 24);
});
