import type { Interval } from '../contract/analysis.ts';

/** Answers the number, or null where there is none that JSON could carry; −0, which it cannot carry either, is 0. */
export const finite = (value: number | null | undefined): number | null => (typeof value === 'number' && Number.isFinite(value) ? value + 0 : null);

/** Answers the interval, or null where an end of it is missing or infinite. */
export const finiteInterval = (interval: Interval | null | undefined): Interval | null => (interval?.every((end) => Number.isFinite(end)) ? interval : null);
