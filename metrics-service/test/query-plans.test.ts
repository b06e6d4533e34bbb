import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RESULT_CELLS_SQL, scopedVisitorsSql, SLICE_SQL } from '../src/result/result-store.ts';
import { FIRST_VARIANTS_SQL } from '../src/stats/first-variants.ts';
import { STATS_CELLS_SQL } from '../src/stats/stats-store.ts';
import { openStores } from './support/open-stores.ts';

/** The parts of a plan that read stored tables. */
const reads = (sql: string): readonly string[] => {
  const { database } = openStores();
  const values = sql.includes(':') ? [Object.fromEntries([...sql.matchAll(/:(\w+)/g)].map(([, name]) => [name, 1]))] : [1];
  const details = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(values as [number])).map((row) => String(row['detail']));
  database.close();
  return details.filter((detail) => /^(SCAN|SEARCH) (?!\()/.test(detail));
};

test('/stats and unfiltered results read nothing but the cells of one experiment', () => {
  assert.deepEqual(reads(STATS_CELLS_SQL), ['SEARCH stats_cells USING PRIMARY KEY (experiment=?)']);
  assert.deepEqual(reads(RESULT_CELLS_SQL), ['SEARCH result_cells USING PRIMARY KEY (experiment=?)']);
});

test('filtered reads go by an index', () => {
  for (const sql of [FIRST_VARIANTS_SQL, SLICE_SQL, scopedVisitorsSql({}), scopedVisitorsSql({ device: 'mobile', source: 'direct' })]) {
    const found = reads(sql);
    assert.ok(found.length > 0);
    assert.deepEqual(found.filter((detail) => !detail.startsWith('SEARCH') || !/ USING /.test(detail)), []);
  }
});
