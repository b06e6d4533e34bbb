import type { Interval } from '../../../shared/contract/analysis.ts';
import { html } from '../../../shared/html.ts';
import type { Html } from '../../../shared/html.ts';

/** A value with its interval; null where there is none. */
export interface IntervalValue {
  readonly value: number | null;
  readonly interval: Interval | null;
}

/** What all plots of a column share. */
export interface IntervalRange {
  readonly low: number;
  readonly high: number;
}

const MARGIN = 0.08;

/** The range that holds all intervals with a little room, and the reference line where there is one. */
export const intervalRange = (values: readonly IntervalValue[], reference?: number): IntervalRange | undefined => {
  const ends = values.flatMap(({ value, interval }) => [...(interval ?? []), ...(value === null ? [] : [value])]);
  if (ends.length === 0) return undefined;
  const all = reference === undefined ? ends : [...ends, reference];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = (high - low || Math.abs(high) || 1) * MARGIN;
  return { low: low - room, high: high + room };
};

const HEIGHT = 18;

/** A small plot of one interval: whiskers, a bar, and a dot at the value; decoration for the numbers beside it. */
export const intervalPlot = ({ value, interval }: IntervalValue, range: IntervalRange | undefined, reference?: number): Html | undefined => {
  if (range === undefined || value === null || interval === null) return undefined;
  const at = (each: number): string => `${(((each - range.low) / (range.high - range.low)) * 100).toFixed(2)}%`;
  const [low, high] = interval;
  const width = `${(((high - low) / (range.high - range.low)) * 100).toFixed(2)}%`;
  const middle = HEIGHT / 2;
  return html`<svg class="interval-plot" width="100%" height="${HEIGHT}" aria-hidden="true"><line class="interval-axis" x1="0" x2="100%" y1="${middle}" y2="${middle}"/>${
    reference === undefined ? '' : html`<line class="interval-reference" x1="${at(reference)}" x2="${at(reference)}" y1="0" y2="${HEIGHT}"/>`
  }<rect class="interval-bar" x="${at(low)}" width="${width}" y="${middle - 4}" height="8" rx="4"/><circle class="interval-dot" cx="${at(value)}" cy="${middle}" r="4.5"/></svg>`;
};
