import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupCommit } from '../../shared/sqlite/group-commit.ts';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { Outbox } from '../src/outbox/outbox.ts';
import type { OutboxLimits } from '../src/outbox/outbox.ts';
import { OutboxStore } from '../src/outbox/outbox-store.ts';
import type { OutboxItem } from '../src/outbox/outbox-store.ts';
import { LANDING_SCHEMA } from '../src/schema.ts';

const item = (item_id: string, body = '{}'): OutboxItem => ({ destination: 'metrics', item_id, visitor_id: 'v', body, created_at: 0 });

const open = (limits?: OutboxLimits) => {
  const database = openDatabase({ file: ':memory:', ...LANDING_SCHEMA });
  const outbox = (): Outbox => new Outbox(new OutboxStore(database), new GroupCommit(database), limits);
  return { database, outbox };
};

test('add() keeps an id once, also after it was delivered', async () => {
  const outbox = open().outbox();
  assert.deepEqual(await outbox.add([item('1'), item('2'), item('1')]), [true, true, false]);
  assert.deepEqual(await outbox.add([item('2'), item('3')]), [false, true]);
  assert.deepEqual(await outbox.add([{ ...item('1'), destination: 'ab' }]), [true]);
  await outbox.remove(outbox.first('metrics', 10));
  assert.deepEqual([await outbox.add([item('1')]), outbox.size.rows], [[false], 1]);
});

test('add() keeps nothing when what is written with it fails', async () => {
  const { database, outbox } = open();
  const one = outbox();
  await assert.rejects(
    one.add([item('1')], () => {
      throw new Error('no');
    }),
    /no/,
  );
  assert.deepEqual([one.size, one.first('metrics', 10)], [{ rows: 0, bytes: 0 }, []]);
  assert.deepEqual(await one.add([item('1')]), [true]);
  assert.deepEqual(new OutboxStore(database).size(), { rows: 1, bytes: 2 });
});

test('the bounds hold for rows and bytes, for many at once, and over a restart', async () => {
  const { outbox } = open({ rows_max: 10, bytes_max: 100 });
  const one = outbox();
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, number) => one.add([item(String(number))])));
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 10);
  await assert.rejects(one.add([item('x')]), { kind: 'overloaded' });
  const next = outbox();
  assert.deepEqual(next.size, { rows: 10, bytes: 20 });
  assert.equal(await next.remove(next.first('metrics', 5)), 5);
  await assert.rejects(next.add([item('x', `"${'é'.repeat(50)}"`)]), { kind: 'overloaded' });
  assert.deepEqual(await next.add([item('x', `"${'é'.repeat(44)}"`)]), [true]);
  assert.deepEqual(next.size, { rows: 6, bytes: 100 });
});

test('remove() counts what was still there, once', async () => {
  const outbox = open().outbox();
  await outbox.add([item('1'), item('2')]);
  const items = outbox.first('metrics', 10);
  assert.deepEqual(await Promise.all([outbox.remove(items), outbox.remove(items)]), [2, 0]);
  assert.deepEqual(outbox.size, { rows: 0, bytes: 0 });
});
