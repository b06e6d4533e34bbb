import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bucketOf, coverageBucketOf, rolloutBucketOf, variantFor } from '../bucket.ts';
import { variantsOf } from './support/experiments.ts';

const VISITORS = 1_000_000;
const SEED = 'seed-7';
const FIRST = '0192f3a4-0000-7000-8000-000000000001';
const SECOND = '0192f3a4-0000-7000-8000-000000000002';

/**
 * What chi-squared exceeds with p = 0.001, by degrees of freedom.
 * Source: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4, upper critical values.
 */
const CRITICAL: ReadonlyMap<number, number> = new Map([[1, 10.828], [2, 13.816], [81, 126.083], [99, 148.23]]);

const bucketsOf = (hash: (visitor_id: string, key: string) => number, key: string): Uint16Array =>
  Uint16Array.from({ length: VISITORS }, (_, index) => hash(`${SEED}-${index}`, key));

const first = bucketsOf(bucketOf, FIRST);
const second = bucketsOf(bucketOf, SECOND);
const coverage = bucketsOf(coverageBucketOf, FIRST);

/** Pearson's chi-squared of counts against expected shares that sum to 1. */
const chiSquared = (counts: readonly number[], shares: readonly number[]): number => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count, index) => sum + (count - total * (shares[index] as number)) ** 2 / (total * (shares[index] as number)), 0);
};

/** Chi-squared of independence of two sequences of small whole numbers. */
const dependence = (a: Uint16Array, b: Uint16Array, cells: number, cellOf: (bucket: number) => number): number => {
  const table = Array.from({ length: cells }, () => new Array<number>(cells).fill(0));
  for (let index = 0; index < VISITORS; index += 1) {
    const row = table[cellOf(a[index] as number)] as number[];
    const column = cellOf(b[index] as number);
    row[column] = (row[column] as number) + 1;
  }
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = rows.map((_, column) => table.reduce((sum, row) => sum + (row[column] as number), 0));
  const shares = rows.flatMap((row) => columns.map((column) => (row * column) / VISITORS ** 2));
  return chiSquared(table.flat(), shares);
};

const assertFits = (statistic: number, degrees: number, what: string): void => {
  const critical = CRITICAL.get(degrees) as number;
  assert.ok(statistic < critical, `${what}: chi-squared ${statistic.toFixed(2)} is beyond ${critical}`);
};

const splits: readonly (readonly number[])[] = [[50, 50], [1, 99], [33.33, 33.33, 33.34]];

for (const [name, buckets] of [['first', first], ['second', second]] as const) {
  for (const weights of splits) {
    test(`variantFor() splits a million visitors ${weights.join(' / ')} in the ${name} experiment (seed ${SEED})`, () => {
      const variants = variantsOf(...weights);
      const variant_at = Array.from({ length: 10_000 }, (_, bucket) => variants.findIndex((variant) => variant === variantFor(bucket, variants)));
      const counts = weights.map(() => 0);
      for (const bucket of buckets) {
        const index = variant_at[bucket] as number;
        counts[index] = (counts[index] as number) + 1;
      }
      assertFits(chiSquared(counts, weights.map((weight) => weight / 100)), weights.length - 1, counts.join(' / '));
    });
  }
}

test(`bucketOf() and coverageBucketOf() spread visitors evenly (seed ${SEED})`, () => {
  for (const [name, buckets] of [['variant', first], ['coverage', coverage]] as const) {
    const counts = new Array<number>(100).fill(0);
    for (const bucket of buckets) counts[Math.floor(bucket / 100)] = (counts[Math.floor(bucket / 100)] as number) + 1;
    assertFits(chiSquared(counts, counts.map(() => 0.01)), 99, name);
  }
});

const half = (bucket: number): number => (bucket < 5_000 ? 0 : 1);
const tenth = (bucket: number): number => Math.floor(bucket / 1_000);

test(`coverageBucketOf() tells nothing of the variant (seed ${SEED})`, () => {
  assertFits(dependence(first, coverage, 2, half), 1, 'halves');
  assertFits(dependence(first, coverage, 10, tenth), 81, 'tenths');
});

test(`bucketOf() in one experiment tells nothing of another (seed ${SEED})`, () => {
  assertFits(dependence(first, second, 2, half), 1, 'halves');
  assertFits(dependence(first, second, 10, tenth), 81, 'tenths');
});

test(`rolloutBucketOf() tells nothing of an experiment of the same name (seed ${SEED})`, () => {
  assertFits(dependence(first, bucketsOf(rolloutBucketOf, FIRST), 10, tenth), 81, 'tenths');
});
