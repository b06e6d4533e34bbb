import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidv7 } from '../../shared/uuid.ts';
import { openStores } from './support/open-stores.ts';

test('makeAll() gives numbers to those who are unknown, whatever their ids look like, and to nobody else', () => {
  const stores = openStores();
  const { visitors } = stores;
  const uuid = uuidv7(0);
  const stored = visitors.open('on disk').id;
  visitors.flush();
  visitors.forget();
  const remembered = visitors.open('remembered').id;
  const ids = ['851104', uuid, uuid.toUpperCase(), 'on disk', 'a "quote" \\ and ünï😀', 'remembered', '851104', '1e3', 'null'];
  const made = visitors.makeAll(ids);
  assert.deepEqual(new Set(made.keys()), new Set(['851104', uuid, uuid.toUpperCase(), 'a "quote" \\ and ünï😀', '1e3', 'null']));
  for (const [visitor_id, id] of made) {
    assert.equal(visitors.findId(id), visitor_id);
    assert.equal(visitors.find(visitor_id), id);
  }
  assert.deepEqual([visitors.find('on disk'), visitors.find('remembered')], [stored, remembered]);
  assert.equal(new Set([stored, remembered, ...made.values(), visitors.open('new').id]).size, made.size + 3);
  assert.equal(visitors.makeAll(ids).size, 0);
  stores.database.close();
});
