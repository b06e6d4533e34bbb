import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { bucketOf, coverageBucketOf, groupDrawOf, rolloutBucketOf, variantFor } from '../bucket.ts';
import { variantsOf } from './support/experiments.ts';

/** Rows of the tables in docs/assignment.md whose cells are this many, without their marks. */
const tableRows = (cells: number): string[][] =>
  readFileSync(new URL('../../docs/assignment.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim().replaceAll('`', '')))
    .filter((row) => row.length === cells);

test('bucketOf(), coverageBucketOf() and rolloutBucketOf() give the published test vectors', () => {
  const rows = tableRows(5);
  assert.equal(rows.length, 14);
  for (const [visitor_id = '', key = '', bucket, coverage, rollout] of rows) {
    assert.equal(bucketOf(visitor_id, key), Number(bucket));
    assert.equal(coverageBucketOf(visitor_id, key), Number(coverage));
    assert.equal(rolloutBucketOf(visitor_id, key), Number(rollout));
  }
});

test('groupDrawOf() gives the published test vectors', () => {
  const rows = tableRows(4);
  assert.equal(rows.length, 6);
  for (const [visitor_id = '', group = '', experiment_id = '', draw] of rows) assert.equal(groupDrawOf(visitor_id, group, experiment_id), Number(draw));
});

/** The buckets at which another variant begins. */
const boundaries = (...weights: readonly number[]): readonly string[] => {
  const variants = variantsOf(...weights);
  const found: string[] = [];
  let before: string | undefined;
  for (let bucket = 0; bucket < 10_000; bucket += 1) {
    const name = variantFor(bucket, variants)?.variant_name;
    if (name !== before) found.push(`${name} ${bucket}`);
    before = name;
  }
  return found;
};

test('variantFor() ends each variant at the rounded cumulative percent, and the last with a weight at 10,000', () => {
  assert.deepEqual(boundaries(50, 50), ['A 0', 'B 5000']);
  assert.deepEqual(boundaries(1, 99), ['A 0', 'B 100']);
  assert.deepEqual(boundaries(33.33, 33.33, 33.34), ['A 0', 'B 3333', 'C 6666']);
  assert.deepEqual(boundaries(33.333, 33.333, 33.333), ['A 0', 'B 3333', 'C 6667']);
  assert.deepEqual(boundaries(0.1, 0.2, 99.7), ['A 0', 'B 10', 'C 30']);
  assert.deepEqual(boundaries(33.3, 33.3, 33.395), ['A 0', 'B 3330', 'C 6660']);
});

test('variantFor() gives a variant without weight to nobody', () => {
  assert.deepEqual(boundaries(0, 100), ['B 0']);
  assert.deepEqual(boundaries(100, 0), ['A 0']);
  assert.deepEqual(boundaries(50, 0, 49.995, 0), ['A 0', 'C 5000']);
  assert.equal(variantFor(0, variantsOf(0, 0)), undefined);
  assert.equal(variantFor(0, []), undefined);
});

test('variantFor() keeps everybody whose share only grows', () => {
  for (let bucket = 0; bucket < 10_000; bucket += 7) {
    if (variantFor(bucket, variantsOf(20, 80))?.variant_name === 'A') assert.equal(variantFor(bucket, variantsOf(50, 50))?.variant_name, 'A');
  }
});
