import type { Goal } from './goal.ts';

/** One thing that was measured, a value a round. */
export interface Figure {
  readonly what: string;
  /** `''` for a ratio. */
  readonly unit: '' | 'ms' | 'MB' | 'bytes';
  readonly values: readonly number[];
  readonly goal?: Goal | undefined;
  /** What else a reader wants to know, in one line. */
  readonly note?: string;
}

/** The middle value; the mean of the two middle ones where their number is even; NaN of none. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
};
