import type { AnalysisVariant } from '../../contract/analysis.ts';

/** A variant for a test; the first is the control, and all weigh alike. */
export const variant = (variant_name: string, users: number, conversions: number, more: Partial<AnalysisVariant> = {}): AnalysisVariant => ({
  variant_name, is_control: variant_name === 'A', traffic_allocation: 50, users, conversions, ...more,
});

/** A generator of numbers in [0, 1) that a seed repeats (Mulberry32, public domain). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};
