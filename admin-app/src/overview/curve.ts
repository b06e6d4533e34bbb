import type { ResultsAnswer, SeriesBucket, SeriesPoint } from '../../../shared/contract/results.ts';
import { wilsonInterval } from '../../../shared/statistics/proportions.ts';

/** What was known of every variant at one moment. */
export interface CurvePoint {
  readonly at: number;
  readonly variants: Readonly<Record<string, SeriesPoint>>;
}

/** The moments that a chart shows, and where its time begins. */
export interface Curve {
  readonly from: number;
  readonly points: readonly CurvePoint[];
}

const HOUR_MS = 3_600_000;
const ALPHA = 0.05;
/** How many moments a trail keeps; when there are more, every other old one goes. */
const TRAIL_MAX = 240;
/** A series this long needs no trail: a curve of hours says it all. */
const SERIES_ENOUGH = 12;

const pointNow = (users: number, conversions: number, before: SeriesPoint | undefined): SeriesPoint => {
  const [low = 0, high = 1] = wilsonInterval({ visitors: users, conversions }, ALPHA) ?? [];
  return {
    users: users - (before?.cumulative_users ?? 0),
    conversions: conversions - (before?.cumulative_conversions ?? 0),
    cumulative_users: users,
    cumulative_conversions: conversions,
    cumulative_rate: users === 0 ? null : conversions / users,
    cumulative_ci: users === 0 ? null : [low, high],
  };
};

/** Adds what is known now to what was seen before, so that a young experiment has a curve while it is looked at, long before its second hour. */
export const extendTrail = (trail: readonly CurvePoint[], answer: ResultsAnswer, at: number): readonly CurvePoint[] => {
  if (answer.total_users_in_experiment === 0) return trail;
  const before = trail.at(-1)?.variants ?? {};
  const variants = Object.entries(answer.variant_stats).map(([name, stats]) => [name, pointNow(stats.total_assigned_users, stats.conversion_count, before[name])] as const);
  const kept = trail.length < TRAIL_MAX ? trail : trail.filter((_, index) => index % 2 === 0 || index > TRAIL_MAX / 2);
  return [...kept, { at, variants: Object.fromEntries(variants) }];
};

/** Joins the series, each stretch at its end, with the trail of what was seen since; undefined while there is neither. */
export const curveOf = (series: readonly SeriesBucket[], trail: readonly CurvePoint[], now: number): Curve | undefined => {
  const starts = series.map(({ start }) => Date.parse(start));
  const length = (starts[1] ?? (starts[0] ?? 0) + HOUR_MS) - (starts[0] ?? 0);
  const stretches = series.map(({ variants }, index) => {
    const start = starts[index] ?? now;
    return { at: Math.max(start + 1, Math.min(starts[index + 1] ?? start + length, now)), variants };
  });
  const seen_from = series.length < SERIES_ENOUGH && trail.length > 1 ? (trail[0]?.at ?? Infinity) : Infinity;
  const before = stretches.filter(({ at }) => at < seen_from);
  const points = seen_from === Infinity ? stretches : [...before, ...trail];
  const from = before.length === 0 ? points[0]?.at : starts[0];
  return from === undefined ? undefined : { from, points };
};
