import assert from 'node:assert/strict';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { storedId } from '../../shared/sqlite/stored-id.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { EventLog } from '../src/event/event-log.ts';
import { APPLICATION_ID, MIGRATIONS } from '../src/schema.ts';
import { openStores } from './support/open-stores.ts';
import { storedEventId, takeId } from './support/take-id.ts';

/** The last version in which each event had a row of its own. */
const ROWS_VERSION = 4;
const EVENTS = 2_500;

test('events of a database in which each had a row are in blocks after the migration', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-rows-'));
  const file = join(folder.path, 'metrics.sqlite');
  const old = openDatabase({ file, application_id: APPLICATION_ID, migrations: MIGRATIONS.slice(0, ROWS_VERSION) });
  old.exec("INSERT INTO words (id, word) VALUES (1, 'click'), (2, 'click:hero'), (3, 'A'); INSERT INTO experiments (id, source) VALUES (1, 'events'); INSERT INTO experiment_names (id, name, experiment) VALUES (1, 'homepage', 1)");
  const addVisitor = old.prepare('INSERT INTO visitors (id, visitor_id) VALUES (?, ?)');
  const visitors = ['user-1', uuidv7()];
  for (const [index, visitor] of visitors.entries()) addVisitor.run(index + 1, storedId(visitor));
  const addEvent = old.prepare('INSERT INTO events (seq, event_id, visitor, type, name, experiment, variant, at, arrived, value, properties, context, imported) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const told = Array.from({ length: EVENTS }, (_, index) => ({
    seq: index * 2 + 1,
    event_id: index % 3 === 0 ? `order-${index}` : uuidv7(),
    visitor_id: visitors[index % 2] as string,
    event_type: 'click',
    event_name: index % 5 === 0 ? 'hero' : null,
    experiment_id: index % 2 === 0 ? 'homepage' : null,
    variant: index % 7 === 0 ? 'A' : null,
    timestamp: new Date(1_780_000_000_000 + index).toISOString(),
    received_at: new Date(1_780_000_000_500 + index).toISOString(),
    value: index % 4 === 0 ? index / 3 : null,
    properties: index % 6 === 0 ? { index } : null,
    context: index % 8 === 0 ? { language: 'de' } : null,
    imported: index % 9 === 0,
  }));
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  old.transaction(() => {
    for (const { seq, event_id, visitor_id, event_name, experiment_id, variant, timestamp, received_at, value, properties, context, imported } of told) {
      addEvent.run(
        seq, storedEventId(event_id), visitors.indexOf(visitor_id) + 1, event_name === null ? null : 2, experiment_id === null ? null : 1, variant === null ? null : 3,
        Date.parse(timestamp), Date.parse(received_at), value, json(properties), json(context), imported ? 1 : 0,
      );
    }
  });
  old.close();

  const stores = openStores(file);
  const log = new EventLog(stores);
  const read: unknown[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await log.page({}, 100, cursor);
    read.unshift(...page.data.toReversed());
    cursor = page.next_cursor;
  }
  assert.deepEqual(read, told);
  assert.ok(!takeId(stores.event_writer.ids, told[1]?.event_id as string));
  assert.ok(!takeId(stores.event_writer.ids, 'order-0'));
  assert.equal(stores.event_writer.attributable(1).length, EVENTS / 2);
  stores.database.close();
});
