import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { IdRuns } from '../src/event/id-runs.ts';
import { APPLICATION_ID, MIGRATIONS } from '../src/schema.ts';
import { GATHERED_MAX, Log, VISITORS } from './support/log.ts';
import { Random } from './support/random.ts';
import { storedEventId } from './support/take-id.ts';

const STEPS = 4_000;
const DAY_MS = 86_400_000;

/** A UUID of some version; one of version 7 says when it was made. */
const uuidOf = (random: Random, version: number, time: number): string => {
  const digits = (count: number): string => Array.from({ length: count }, () => random.below(16).toString(16)).join('');
  const first = version === 7 ? time.toString(16).padStart(12, '0') : digits(12);
  return `${first.slice(0, 8)}-${first.slice(8)}-${version}${digits(3)}-8${digits(3)}-${digits(12)}`;
};

/** Ids as callers give them: made just now mostly, some of them long ago or by a clock that is fast, others at random, a few that are no UUIDs. */
const idOf = (random: Random): string => {
  const now = Date.now();
  const kind = random.below(20);
  if (kind === 0) return `${random.pick(['', '\uFEFF'])}order-ü-${random.below(1e9)}`;
  if (kind === 1) return uuidOf(random, 4, 0);
  if (kind === 2) return uuidOf(random, 7, now - random.below(80) * DAY_MS);
  if (kind === 3) return uuidOf(random, 7, now + random.below(500));
  // Many say the same millisecond.
  return kind < 10 ? uuidv7() : uuidOf(random, 7, now - (now % 50));
};

test('an id is taken once, whatever it says, after any history of erasures, restarts and ids that come again', (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const log = new Log(random);
  for (let step = 1; step <= STEPS; step += 1) {
    const again = random.pick([log.events, log.gone, []]);
    const event_id = random.below(10) === 0 && again.length > 0 ? random.pick(again).event_id : idOf(random);
    const is_known = log.events.some((event) => event.event_id === event_id);
    assert.equal(log.write(event_id, 1 + random.below(VISITORS)), !is_known, event_id);
    if (random.below(100) === 0) log.writeAll(Array.from({ length: GATHERED_MAX * 2 }, () => idOf(random)), 1 + random.below(VISITORS));
    if (random.below(200) === 0) log.erase(1 + random.below(VISITORS));
    if (random.below(500) === 0) log.reopen();
    if (step % 200 === 0) log.checkIds();
  }
  assert.ok(log.runs > 10, `${log.runs} runs`);
  log.database.close();
});

test('an id is taken once also where places of the log are given out again after an erasure and a restart', () => {
  const log = new Log(new Random(1));
  for (let index = 0; index < GATHERED_MAX * 4; index += 1) assert.ok(log.write(uuidv7(), 1));
  log.erase(1);
  log.reopen();
  const event_id = uuidv7();
  assert.ok(log.write(event_id, 2));
  log.reopen();
  assert.ok(!log.write(event_id, 2));
  log.database.close();
});

test('a run that is gone is not in the way of one that lies in its time', () => {
  const database = openDatabase({ file: ':memory:', application_id: APPLICATION_ID, migrations: MIGRATIONS });
  const runs = new IdRuns(database);
  const random = new Random(4);
  const idsOf = (...times: readonly number[]): readonly Uint8Array[] => times.map((time) => storedEventId(uuidOf(random, 7, time)) as Uint8Array);
  const [early, first, last, between] = idsOf(1_000, 2_000, 3_000, 2_500) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  runs.add(early);
  runs.add(Buffer.concat([first, last]));
  for (const id of [first, last]) runs.remove(id);
  runs.flush();
  assert.equal(runs.lastTime(), 1_000);
  runs.add(between);
  assert.deepEqual([early, first, last, between].map((id) => runs.has(id, 0)), [true, false, false, true]);
  assert.equal(runs.lastTime(), 2_500);
  database.close();
});
