import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidv7 } from '../../shared/uuid.ts';
import { LOOSE_ROWS_MAX } from '../src/event/event-writer.ts';
import { BLOCK_EVENTS } from '../src/event/full-blocks.ts';
import { Log, shown } from './support/log.ts';
import { Random } from './support/random.ts';

const STEPS = 60;

test('events in blocks are what was written, after any history of works, removals, rollbacks and restarts', (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const log = new Log(random);
  for (let step = 0; step < STEPS; step += 1) {
    log.work(random.pick([0, 1, 3, 40, BLOCK_EVENTS + random.below(BLOCK_EVENTS)]), random.below(5) === 0);
    if (random.below(10) === 0) log.reopen();
    log.check();
  }
  const blocks = log.database.prepare('SELECT count(*) AS full FROM event_blocks').get()?.['full'] as number;
  assert.ok(blocks > 3, `${blocks} full blocks`);
  log.database.close();
});

test('events that come one by one are soon in a few rows, and read the same', () => {
  const log = new Log(new Random(2));
  const ids = Array.from({ length: 300 }, () => uuidv7());
  for (const [index, event_id] of ids.entries()) {
    assert.ok(log.write(event_id, 1 + (index % 3)));
    const rows = log.database.prepare('SELECT count(*) AS rows FROM loose_events').get()?.['rows'] as number;
    assert.ok(rows <= LOOSE_ROWS_MAX, `${rows} rows`);
    if (index % 50 === 0) log.reopen();
  }
  const read = [...log.reader.looseBlocks()].flatMap((block) => shown(log.reader, block));
  assert.deepEqual(read.map(({ event_id }) => event_id), ids);
  log.database.close();
});

test('a block that says it has more events than it has ends a reading, which would go on for ever', () => {
  const log = new Log(new Random(3));
  assert.ok(log.write(uuidv7(), 1));
  log.database.exec('UPDATE loose_events SET last_seq = last_seq + 1');
  assert.throws(() => log.reader.next(1), /damaged/);
  log.database.close();
});
