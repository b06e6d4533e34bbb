import assert from 'node:assert/strict';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StoredDatabase } from '../../shared/sqlite/stored-database.ts';
import type { Stores } from '../src/stores.ts';
import { isSame } from '../src/verify/difference.ts';
import type { Difference } from '../src/verify/difference.ts';
import { verifyDatabase } from '../src/verify/verify-database.ts';
import type { VerifySummary } from '../src/verify/verify-database.ts';
import { eventRecord } from './support/event-record.ts';
import { History } from './support/history.ts';
import { joinLoose } from './support/join-loose.ts';
import { openStores } from './support/open-stores.ts';
import { Random } from './support/random.ts';

const HISTORIES = 6;
const STEPS = 120;

interface Verdict extends VerifySummary {
  readonly differences: readonly Difference[];
}

/** Verifies a copy of what the stores have. */
const verify = async (stores: Stores, folder: string): Promise<Verdict> => {
  const file = join(folder, 'copy.sqlite');
  await stores.database.backup(file);
  using database = new StoredDatabase(file);
  const differences: Difference[] = [];
  const summary = verifyDatabase(database, { onDifference: (difference) => differences.push(difference), onProgress: () => {} });
  return { ...summary, differences };
};

test('verifyDatabase() finds nothing wrong after any history, with retention and without', async (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-verify-'));
  for (let index = 0; index < HISTORIES; index += 1) {
    const stores = openStores(join(folder.path, `${index}.sqlite`));
    const history = new History(stores, new Random(seed + index));
    const retains = index % 2 === 1;
    for (let step = 1; step <= STEPS; step += 1) {
      await history.step();
      if (retains && step % 20 === 0) await history.retain();
      if (step % 15 === 0) await stores.follower.settle();
    }
    const { events, differences } = await verify(stores, folder.path);
    assert.deepEqual(differences, [], `seed ${seed} history ${index}`);
    assert.ok(events > 0);
    stores.database.close();
  }
});

/** One wrong figure each, and the table that must be named. */
const TAMPERINGS: readonly (readonly [table: string, sql: string])[] = [
  ['stats_cells', 'UPDATE stats_cells SET events = events + 1 WHERE (experiment, variant, type) = (SELECT experiment, variant, type FROM stats_cells LIMIT 1)'],
  ['stats_cells', 'DELETE FROM stats_cells WHERE (experiment, variant, type) = (SELECT experiment, variant, type FROM stats_cells WHERE events > 0 LIMIT 1)'],
  ['result_cells', 'UPDATE result_cells SET users = users - 1 WHERE metric = 0 AND users > 0'],
  ['result_cells', 'UPDATE result_cells SET value_sum = value_sum + 0.5 WHERE metric > 0'],
  ['result_buckets', 'UPDATE result_buckets SET bucket = bucket + 100000'],
  ['exclusions', "INSERT INTO exclusions VALUES (1, 'conflicting', 5) ON CONFLICT DO UPDATE SET visitors = visitors + 5"],
  ['visitors', "UPDATE visitors SET seen = seen || ' 999'"],
  ['visitors', 'UPDATE visitors SET seen = NULL'],
  ['visitors', "UPDATE visitors SET seen = seen || ';999 1 1'"],
  ['visitor_metrics', 'UPDATE visitor_metrics SET first_at = first_at + 1'],
  ['visitor_metrics', 'DELETE FROM visitor_metrics'],
  ['assignments', 'UPDATE assignments SET counted = 1 - counted'],
  ['event_blocks', 'DELETE FROM visitors WHERE id = (SELECT visitor FROM visitor_blocks LIMIT 1)'],
  ['visitor_blocks', 'DELETE FROM visitors WHERE id = (SELECT visitor FROM visitor_blocks LIMIT 1)'],
  ['visitor_blocks', 'DELETE FROM visitor_blocks WHERE visitor = (SELECT visitor FROM visitor_blocks LIMIT 1)'],
  ['visitor_blocks', 'INSERT INTO visitor_blocks SELECT visitor, 1000000 FROM visitor_blocks LIMIT 1'],
  ['visitor_blocks', 'INSERT INTO visitor_blocks SELECT id, (SELECT max(first_seq) FROM event_blocks) FROM visitors WHERE true ON CONFLICT DO NOTHING'],
  ['event_ids', 'DELETE FROM event_ids WHERE event_id = (SELECT event_id FROM event_ids LIMIT 1)'],
  ['event_ids', "INSERT INTO meta (name, value) VALUES ('ids_seq', 1000000) ON CONFLICT DO UPDATE SET value = excluded.value"],
  ['event_ids', "INSERT INTO event_ids VALUES ('of nobody')"],
  ['event_ids', 'INSERT INTO event_id_runs VALUES (1, 2, zeroblob(32))'],
  ['event_ids', 'INSERT INTO loose_events SELECT * FROM event_blocks ORDER BY first_seq LIMIT 1'],
  ['event_blocks', 'UPDATE event_blocks SET events = events + 1'],
  ['event_blocks', 'UPDATE event_blocks SET earliest = earliest - 1'],
  ['event_blocks', 'UPDATE event_blocks SET latest = latest + 1'],
  ['event_blocks', 'UPDATE event_blocks SET last_seq = last_seq + 1'],
  ['loose_events', 'UPDATE loose_events SET latest = latest - 1'],
  ['sessions', 'UPDATE sessions SET views = views + 1'],
  ['sessions', 'UPDATE sessions SET last = last + 1, events = events + 1'],
];

test('verifyDatabase() reports each figure that is stored otherwise than it is counted', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-verify-'));
  for (const [index, [table, sql]] of TAMPERINGS.entries()) {
    const stores = openStores(join(folder.path, `${index}.sqlite`));
    const history = new History(stores, new Random(7));
    for (let step = 0; step < 40; step += 1) await history.step();
    // One visitor's events lie in a full block, another's do not; and ids that are UUIDs are stored otherwise.
    for (const visitor_id of ['early', 'late']) {
      if (visitor_id === 'late') await joinLoose(stores);
      await stores.writer.run(() => eventRecord(stores, { visitor_id, event_type: 'page_view' }, history.now));
    }
    await stores.follower.settle();
    stores.database.exec(sql);
    const { differences } = await verify(stores, folder.path);
    assert.ok(differences.some((difference) => difference.table === table), `${sql}: ${JSON.stringify(differences)}`);
    stores.database.close();
  }
});

test('verifyDatabase() reports an id that two of the newest events have', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-verify-'));
  const stores = openStores(join(folder.path, 'metrics.sqlite'));
  const event_id = '01950000-0000-7000-8000-000000000001';
  await stores.writer.run(() => eventRecord(stores, { event_id, visitor_id: 'v', event_type: 'page_view' }));
  const columns = 'events, earliest, latest, facts, ids, texts';
  stores.database.exec(`INSERT INTO loose_events (first_seq, last_seq, ${columns}) SELECT first_seq + 1, last_seq + 1, ${columns} FROM loose_events`);
  const { differences } = await verify(stores, folder.path);
  const reported = differences.filter(({ table }) => table === 'event_ids');
  assert.deepEqual(reported, [{ table: 'event_ids', place: event_id, figure: 'events that have it', stored: 1, counted: 2 }]);
  stores.database.close();
});

test('verifyDatabase() looks for ids in runs as well', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-verify-'));
  const stores = openStores(join(folder.path, 'metrics.sqlite'));
  const event_ids = ['01950000-0000-7000-8000-000000000001', '01950000-0000-7000-8000-000000000002', '01950000-0001-7000-8000-000000000001'];
  for (const event_id of event_ids) await stores.writer.run(() => eventRecord(stores, { event_id, visitor_id: 'v', event_type: 'page_view' }));
  stores.database.exec("INSERT INTO meta (name, value) VALUES ('ids_seq', 3) ON CONFLICT DO UPDATE SET value = excluded.value");
  const missing = event_ids.map((event_id) => ({ table: 'event_ids', place: event_id, figure: 'rows', stored: 0, counted: 1 }));
  assert.deepEqual((await verify(stores, folder.path)).differences, missing);
  const ids = Buffer.from(event_ids.join('').replaceAll('-', ''), 'hex');
  stores.database.prepare('INSERT INTO event_id_runs VALUES (?, ?, ?)').run(0x019500000000, 0x019500000001, ids);
  assert.deepEqual((await verify(stores, folder.path)).differences, []);
  stores.database.close();
});

test('isSame() takes sums of fractions as equal in their first digits, and whole numbers exactly', () => {
  assert.ok(isSame(0.1 + 0.2, 0.3));
  assert.ok(isSame(1e12 + 0.1, 1e12 + 0.3));
  assert.ok(!isSame(1e12, 1e12 + 1));
  assert.ok(!isSame(0.5, 0.4));
});
