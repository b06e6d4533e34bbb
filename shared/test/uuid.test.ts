import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createUuidSource, isUuid, uuidTime, uuidv7 } from '../uuid.ts';

const TIME = Date.parse('2026-01-31T12:00:00.000Z');

test('uuidv7() mints version 7 of the RFC variant, with the time in front', () => {
  const id = createUuidSource()(TIME);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(id.length, 36);
  assert.equal(uuidTime(id), TIME);
  // RFC 9562, appendix A.6: 2022-02-22T19:22:22.000Z.
  assert.equal(uuidTime('017F22E2-79B0-7CC3-98C4-DC0C0C07398F'), 1_645_557_742_000);
  assert.equal(createUuidSource((bytes) => void bytes.fill(0xff))(1_645_557_742_000), '017f22e2-79b0-77ff-bfff-ffffffffffff');
});

test('uuidv7() mints ascending ids, also within a millisecond and when the clock steps back', () => {
  const mint = createUuidSource();
  let before = '';
  for (let index = 0; index < 50_000; index += 1) {
    const id = mint(index % 1_000 === 999 ? TIME - 5_000 : TIME + Math.floor(index / 10_000));
    assert.ok(id > before, `${id} after ${before}`);
    before = id;
  }
});

test('uuidv7() borrows the next millisecond when the counter is full', () => {
  const mint = createUuidSource((bytes) => void bytes.fill(0));
  const ids = Array.from({ length: 4_097 }, () => mint(TIME));
  assert.deepEqual(new Set(ids.slice(0, 4_096).map(uuidTime)), new Set([TIME]));
  assert.equal(uuidTime(ids[4_096] as string), TIME + 1);
  assert.equal(uuidTime(mint(TIME)), TIME + 1);
  assert.equal(uuidTime(mint(TIME + 1)), TIME + 1);
  assert.equal(uuidTime(mint(TIME + 2)), TIME + 2);
});

test('uuidv7() never repeats itself and takes the clock where it is given no time', () => {
  const before = Date.now();
  const ids = new Set(Array.from({ length: 20_000 }, () => uuidv7()));
  assert.equal(ids.size, 20_000);
  for (const id of ids) assert.ok((uuidTime(id) ?? 0) >= before);
});

test('uuidv7() survives times that are none', () => {
  const mint = createUuidSource();
  for (const time of [NaN, -1, Infinity, 2 ** 60, 0]) assert.ok(isUuid(mint(time)));
});

test('isUuid() takes UUIDs of any version and nothing else', () => {
  for (const text of ['00000000-0000-0000-0000-000000000000', '017F22E2-79B0-7CC3-98C4-DC0C0C07398F', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6']) assert.ok(isUuid(text));
  for (const text of ['', 'f81d4fae7dec11d0a76500a0c91e6bf6', 'g81d4fae-7dec-11d0-a765-00a0c91e6bf6', '{f81d4fae-7dec-11d0-a765-00a0c91e6b}', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n']) assert.ok(!isUuid(text));
});

test('uuidTime() knows nothing of other versions', () => {
  for (const text of ['f81d4fae-7dec-11d0-a765-00a0c91e6bf6', 'x', '']) assert.equal(uuidTime(text), undefined);
});
