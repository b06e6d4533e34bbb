import { hash } from 'node:crypto';

import type { Variant } from './contract/experiment.ts';

/** How many buckets visitors fall into: one is a hundredth of a percent. */
export const BUCKETS = 10_000;

/** The first 8 hexadecimal digits of SHA-256, as an integer. The one-shot hex form is as fast as any other in Node and three times `createHash`. */
const hash32 = (text: string): number => parseInt(hash('sha256', text).slice(0, 8), 16);

/** A visitor's bucket in an experiment, 0 to 9,999: decides the variant. Test vectors: docs/assignment.md. */
export const bucketOf = (visitor_id: string, experiment_id: string): number => hash32(`${visitor_id}:${experiment_id}`) % BUCKETS;

/** A visitor's bucket for taking part in an experiment at all; independent of `bucketOf`, so that coverage moves nobody between variants. */
export const coverageBucketOf = (visitor_id: string, experiment_id: string): number => hash32(`${visitor_id}:${experiment_id}:coverage`) % BUCKETS;

/** A visitor's bucket in a toggle's rollout; a higher percentage keeps everybody whom a lower one had. */
export const rolloutBucketOf = (visitor_id: string, toggle_key: string): number => hash32(`${visitor_id}:${toggle_key}:rollout`) % BUCKETS;

/**
 * How strongly an experiment of an exclusion group draws a visitor, a 32-bit integer; the strongest gets the visitor.
 * Each experiment of n gets 1/n; starting or ending one changes only the visitors that it gains or frees
 * (Thaler and Ravishankar 1998, rendezvous hashing), where slices of a line would move nearly everybody.
 */
export const groupDrawOf = (visitor_id: string, group: string, experiment_id: string): number => hash32(`${visitor_id}:${group}:${experiment_id}:group`);

/** The number of buckets below a percentage: 33.33 → 3,333. */
export const bucketsIn = (percent: number): number => Math.round(percent * 100);

/**
 * The variant that a bucket belongs to: each ends at round(cumulative percent × 100), the last one with a weight at 10,000,
 * so that rounding leaves no gap. Undefined when no variant has a weight.
 */
export const variantFor = (bucket: number, variants: readonly Variant[]): Variant | undefined => {
  let cumulative = 0;
  let last: Variant | undefined;
  for (const variant of variants) {
    if (variant.traffic_allocation_percent <= 0) continue;
    cumulative += variant.traffic_allocation_percent;
    if (bucket < bucketsIn(cumulative)) return variant;
    last = variant;
  }
  return last;
};
