import type { SeriesPoint } from '../../../shared/contract/results.ts';
import type { Curve, CurvePoint } from './curve.ts';
import { niceScale } from './nice-scale.ts';
import type { Scale } from './nice-scale.ts';

/** One point of a curve; `x` and `y` in thousandths of the plot, from the left and from the top. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
  /** The end of the stretch of time that it sums up to; milliseconds. */
  readonly at: number;
  readonly figures: SeriesPoint;
}

/** The curve of one variant. */
export interface ChartLine {
  readonly variant_name: string;
  readonly points: readonly ChartPoint[];
  /** SVG path data in a plot of 1,000 by 1,000. */
  readonly line: string;
  readonly band: string;
  /** Where its label stands at the right edge, apart from the others; thousandths from the top. */
  readonly label_y: number;
}

/** A mark on the time axis. */
export interface TimeTick {
  readonly x: number;
  readonly at: number;
  readonly detail: 'day' | 'weekday' | 'clock';
}

/** The geometry of the chart of cumulative conversion rates. */
export interface RateChart {
  readonly lines: readonly ChartLine[];
  readonly scale: Scale;
  /** Thousandths from the top, one for each tick of the scale. */
  readonly tick_ys: readonly number[];
  readonly time_ticks: readonly TimeTick[];
}

const SIZE = 1_000;
const RATE_STEPS = 4;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const TIME_STEPS = [...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS), ...[1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672, 1_344, 2_688, 5_376, 8_736].map((hours) => hours * HOUR_MS)];
const TIME_TICKS_MAX = 7;
/** Intervals begin as wide as the plot: the scale fits those of the later part, and earlier ones leave the plot. */
const FITTED_FROM = 0.3;
/** Least distance of two labels at the edge. */
const LABEL_GAP = 95;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const short = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

interface Known {
  readonly at: number;
  readonly figures: SeriesPoint & { readonly cumulative_rate: number; readonly cumulative_ci: readonly [number, number] };
}

const knownPoints = (points: readonly CurvePoint[], variant_name: string): readonly Known[] =>
  points.flatMap(({ at, variants }) => {
    const figures = variants[variant_name];
    return figures === undefined || figures.cumulative_rate === null || figures.cumulative_ci === null ? [] : [{ at, figures } as Known];
  });

const rateScale = (curves: readonly (readonly Known[])[]): Scale => {
  const fitted = curves.flatMap((curve) => curve.slice(Math.min(curve.length - 1, Math.floor(curve.length * FITTED_FROM))));
  const lows = fitted.map(({ figures }) => figures.cumulative_ci[0]);
  const highs = fitted.map(({ figures }) => figures.cumulative_ci[1]);
  return niceScale(Math.max(0, Math.min(...lows)), Math.min(1, Math.max(...highs)), RATE_STEPS);
};

const timeTicks = (from: number, to: number): readonly TimeTick[] => {
  const step = TIME_STEPS.find((each) => (to - from) / each <= TIME_TICKS_MAX) ?? DAY_MS * 364;
  const first = Math.ceil(from / step) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  const detail = step >= DAY_MS ? 'day' : to - from > DAY_MS ? 'weekday' : 'clock';
  const round = Array.from({ length: count }, (_, index) => first + index * step);
  // Within a minute nothing is round: both ends say when.
  return (round.length > 1 ? round : [from, to]).map((at) => ({ at, x: ((at - from) / (to - from)) * SIZE, detail }));
};

/** Moves labels apart, keeping their order; from the top down, then back up from the edge. */
const spread = (ys: readonly number[]): readonly number[] => {
  const placed: number[] = [];
  for (const y of ys) placed.push(Math.max(y, (placed.at(-1) ?? -Infinity) + LABEL_GAP));
  let limit = SIZE;
  for (let index = placed.length - 1; index >= 0; index -= 1) {
    placed[index] = Math.min(placed[index] as number, limit);
    limit = (placed[index] as number) - LABEL_GAP;
  }
  return placed;
};

const pathOf = (points: readonly ChartPoint[]): Pick<ChartLine, 'line' | 'band'> => {
  const along = (ys: readonly (readonly [number, number])[]): string => ys.map(([x, y]) => `${short(x)} ${short(y)}`).join('L');
  const upper = points.map(({ x, high }) => [x, high] as const);
  const lower = points.map(({ x, low }) => [x, low] as const).toReversed();
  return { line: `M${along(points.map(({ x, y }) => [x, y] as const))}`, band: `M${along([...upper, ...lower])}Z` };
};

/** Works out the chart of cumulative conversion rates with their intervals; undefined while no variant has two points. */
export const rateChart = ({ from, points }: Curve, variant_names: readonly string[]): RateChart | undefined => {
  const to = points.at(-1)?.at ?? from;
  const curves = variant_names.map((name) => ({ variant_name: name, known: knownPoints(points, name) })).filter(({ known }) => known.length > 0);
  if (!curves.some(({ known }) => known.length > 1)) return undefined;
  const scale = rateScale(curves.map(({ known }) => known));
  const yOf = (rate: number): number => SIZE - ((rate - scale.low) / (scale.high - scale.low)) * SIZE;
  const drawn = curves
    .map(({ variant_name, known }) => {
      const points = known.map(({ at, figures }) => {
        const [low, high] = figures.cumulative_ci;
        return { at, figures, x: ((at - from) / (to - from)) * SIZE, y: yOf(figures.cumulative_rate), low: yOf(low), high: yOf(high) };
      });
      return { variant_name, points, end_y: clamp(points.at(-1)?.y ?? 0, 0, SIZE) };
    });
  const by_height = drawn.toSorted((a, b) => a.end_y - b.end_y);
  const labels = spread(by_height.map(({ end_y }) => end_y));
  return {
    lines: drawn.map((line) => ({ variant_name: line.variant_name, points: line.points, ...pathOf(line.points), label_y: labels[by_height.indexOf(line)] ?? 0 })),
    scale,
    tick_ys: scale.ticks.map(yOf),
    time_ticks: timeTicks(from, to),
  };
};
