import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../problem.ts';
import { array, json, jsonObject, nullable, object, record } from '../../schema/composites.ts';
import { JSON_DEPTH_MAX, parseJson } from '../../schema/json-limits.ts';
import { parseQuery } from '../../schema/query.ts';
import { boolean, integer, number, oneOf, string, timeOf, timestamp } from '../../schema/scalars.ts';
import { optional, parse } from '../../schema/schema.ts';
import type { Schema } from '../../schema/schema.ts';
import { randomFrom } from '../statistics/variants.ts';

interface Order {
  readonly name: string;
  readonly amount: number;
  readonly at?: number;
  readonly lines: readonly { readonly sku: string }[];
}
const order = object<Order>(
  { name: string({ min: 1, max: 10 }), amount: integer({ min: 1, max: 9 }), at: optional(timestamp()), lines: array(object<{ readonly sku: string }>({ sku: string({ max: 5 }) }), { max: 2 }) },
  { aliases: { title: 'name' } },
);

const faultsOf = (schema: Schema<unknown>, value: unknown): readonly string[] => {
  try {
    parse(schema, value);
    return [];
  } catch (error) {
    assert.ok(error instanceof Problem && error.kind === 'invalid');
    return (error.extras.faults ?? []).map(({ field, message }) => `${field}: ${message}`);
  }
};

test('object() answers the known members and drops the rest', () => {
  assert.deepEqual(parse(order, { name: 'a', amount: 2, extra: 1, lines: [{ sku: 'x', more: 2 }] }), { name: 'a', amount: 2, lines: [{ sku: 'x' }] });
});

test('object() names every fault at once, each with its JSON Pointer', () => {
  assert.deepEqual(faultsOf(order, { name: '', amount: 10.5, at: 'noon', lines: [{ sku: 'x' }, { sku: 4 }] }), [
    '/name: must have 1 to 10 characters',
    '/amount: must be a whole number',
    '/at: must be a time such as 2026-01-31T12:00:00.000Z',
    '/lines/1/sku: must be a string',
  ]);
  assert.deepEqual(faultsOf(order, {}), ['/name: is required', '/amount: is required', '/lines: is required']);
  assert.deepEqual(faultsOf(order, []), [': must be an object']);
});

test('object() reads a member under its other name, the own name first', () => {
  assert.equal(parse(order, { title: 'b', amount: 1, lines: [] }).name, 'b');
  assert.equal(parse(order, { title: 'b', name: 'a', amount: 1, lines: [] }).name, 'a');
});

test('object() takes inherited names for absent', () => {
  const schema = object<{ readonly constructor?: string }>({ constructor: optional(string({ max: 3 })) } as never);
  assert.deepEqual(Object.keys(parse(schema, {})), []);
});

test('record() keeps names such as __proto__ as data', () => {
  const parsed = parse(record(boolean(), { max: 3, key_max: 20 }), JSON.parse('{"__proto__": true, "constructor": false}'));
  assert.deepEqual([...parsed], [['__proto__', true], ['constructor', false]]);
  assert.deepEqual(faultsOf(record(boolean(), { max: 1, key_max: 2 }), { a: true, b: true }), [': must have at most 1 members']);
  assert.deepEqual(faultsOf(record(boolean(), { max: 9, key_max: 2 }), { abc: true }), ['/abc: must have a name of at most 2 characters']);
});

test('string() refuses lone surrogates and NUL', () => {
  assert.deepEqual(faultsOf(string({ max: 9 }), '\ud800'), [': must be well-formed Unicode']);
  assert.deepEqual(faultsOf(string({ max: 9 }), 'a\0b'), [': must not contain NUL']);
});

test('scalars refuse what only looks like them', () => {
  assert.equal(faultsOf(number(), Number.NaN).length, 1);
  assert.equal(faultsOf(number({ min: 0, max: 1 }), 1.5).length, 1);
  assert.equal(faultsOf(integer(), 2 ** 53).length, 1);
  assert.equal(faultsOf(boolean(), 'true').length, 1);
  assert.equal(faultsOf(oneOf(['a', 'b']), 'c').length, 1);
  assert.equal(faultsOf(nullable(integer()), null).length, 0);
  assert.equal(faultsOf(array(integer(), { min: 1, max: 2 }), []).length, 1);
});

test('json() and jsonObject() bound the size of what they let through', () => {
  assert.equal(faultsOf(json({ bytes_max: 5 }), 'long text').length, 1);
  assert.equal(faultsOf(jsonObject({ bytes_max: 50 }), [1]).length, 1);
  assert.deepEqual(parse(jsonObject({ bytes_max: 50 }), { a: [1] }), { a: [1] });
});

test('timeOf() reads ISO 8601 and takes UTC where no zone is named', () => {
  assert.equal(timeOf('2017-01-02 13:42:05.378582'), Date.UTC(2017, 0, 2, 13, 42, 5, 378));
  assert.equal(timeOf('2017-01-02T13:42:05+02:00'), Date.UTC(2017, 0, 2, 11, 42, 5));
  assert.equal(timeOf('2017-01-02'), Date.UTC(2017, 0, 2));
  for (const text of ['', 'now', '2017-13-01', '1e3', '2017-01-02T25:00', '12017-01-01', '1969-12-31']) assert.equal(timeOf(text), undefined, text);
});

const SEED = Date.now() >>> 0;

test(`timeOf() reads the usual forms as Date.parse does, and refuses what only looks like them (seed ${SEED})`, () => {
  const random = randomFrom(SEED);
  const below = (max: number, digits: number): string => String(Math.floor(random() * max)).padStart(digits, '0');
  for (let round = 0; round < 50_000; round += 1) {
    const decimals = random() < 0.5 ? `.${below(1_000, 3)}` : `.${below(1e9, 9)}${below(10, 1)}`.slice(0, Math.floor(random() * 12));
    let text = `${below(3_000, 4)}-${below(14, 2)}-${below(33, 2)}${random() < 0.5 ? 'T' : ' '}${below(26, 2)}:${below(62, 2)}:${below(62, 2)}${decimals}${random() < 0.5 ? 'Z' : ''}`;
    if (random() < 0.2) text = text.replace(text.charAt(random() * text.length), ':');
    const time = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,9})?Z?$/.test(text) ? Date.parse(`${text.replace(' ', 'T').replace('Z', '')}Z`) : NaN;
    assert.equal(timeOf(text), time >= 0 && time < Date.UTC(2200) ? time : undefined, text);
  }
  for (let time = 0; time < Date.UTC(2200); time += 43_210_987) assert.equal(timeOf(new Date(time).toISOString()), time);
});

test('parse() never lists more than a hundred faults', () => {
  assert.equal(faultsOf(array(integer(), { max: 1000 }), Array(1000).fill('x')).length, 100);
});

test('parseQuery() reads numbers and switches, takes empty for absent and refuses repetition', () => {
  interface Page { readonly limit?: number; readonly all?: boolean; readonly name: string }
  const schema = object<Page>({ limit: optional(integer({ min: 1, max: 9 })), all: optional(boolean()), name: string({ max: 5 }) });
  assert.deepEqual(parseQuery(schema, new URLSearchParams('limit=3&all=1&name=x&other=y')), { limit: 3, all: true, name: 'x' });
  assert.deepEqual(parseQuery(schema, new URLSearchParams('limit=&name=5')), { name: '5' });
  for (const bad of ['limit=3', 'name=x&name=y', 'name=x&limit=1e1', 'name=x&limit=0', 'name=x&all=maybe'])
    assert.throws(() => parseQuery(schema, new URLSearchParams(bad)), Problem, bad);
});

test('parseQuery() refuses bytes that are no UTF-8: two of them would become one visitor', () => {
  const schema = object<{ visitor_id: string }>({ visitor_id: string({ max: 9 }) });
  for (const bad of ['%ff', 'J%F6rg', '%ED%A0%80', '%c0%af']) assert.throws(() => parseQuery(schema, new URLSearchParams(`visitor_id=${bad}`)), { kind: 'invalid' }, bad);
  assert.deepEqual(parseQuery(schema, new URLSearchParams('visitor_id=J%C3%B6rg')), { visitor_id: 'Jörg' });
});

test('parseJson() refuses what is no JSON, too deep, or named at excessive length, without exhausting the stack', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  assert.deepEqual(parseJson(nested(3)), [[[]]]);
  assert.doesNotThrow(() => parseJson(nested(JSON_DEPTH_MAX)));
  for (const bad of ['', '{', nested(JSON_DEPTH_MAX + 1), nested(200_000), `{"${'k'.repeat(300)}": 1}`]) assert.throws(() => parseJson(bad), Problem);
});
