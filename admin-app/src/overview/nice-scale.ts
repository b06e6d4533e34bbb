/** A range of values with round steps. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Round values within the range, ascending. */
  readonly ticks: readonly number[];
}

const STEPS = [1, 2, 2.5, 5, 10];
/** Against 0.30000000000000004. */
const SLACK = 1e-9;

/** Finds a range with round ends that holds `low` to `high`, in about `count` steps. */
export const niceScale = (low: number, high: number, count: number): Scale => {
  const span = high > low ? high - low : Math.max(Math.abs(high), 1e-6) * 0.2;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = (STEPS.find((each) => each * power >= raw * (1 - SLACK)) ?? 10) * power;
  const first = Math.floor(low / step + SLACK);
  const last = Math.max(first + 1, Math.ceil(high / step - SLACK));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  return { low: ticks[0] ?? low, high: ticks.at(-1) ?? high, ticks };
};
