import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Problem } from '../../problem.ts';
import { conditionOf } from '../../targeting/condition-of.ts';
import { compileCondition, matches } from '../../targeting/condition.ts';

type Json = Record<string, unknown>;

const meets = (condition: Json, attributes: Json): boolean => matches(compileCondition(condition), attributes);

/** Tries a table: condition, attributes that meet it, attributes that do not. */
const check = (rows: readonly (readonly [Json, readonly Json[], readonly Json[]])[]): void => {
  for (const [condition, met, missed] of rows) {
    for (const attributes of met) assert.ok(meets(condition, attributes), `${JSON.stringify(condition)} is met by ${JSON.stringify(attributes)}`);
    for (const attributes of missed) assert.ok(!meets(condition, attributes), `${JSON.stringify(condition)} is not met by ${JSON.stringify(attributes)}`);
  }
};

test('matches() combines conditions with $and, $or, $nor and $not', () => {
  const german = { country: 'DE' };
  const phone = { device: 'mobile' };
  check([
    [{}, [{}, german], []],
    [{ country: 'DE', device: 'mobile' }, [{ ...german, ...phone }], [german, phone]],
    [{ $and: [german, phone] }, [{ ...german, ...phone }], [german, {}]],
    [{ $or: [german, phone] }, [german, phone], [{ country: 'FR' }]],
    [{ $nor: [german, phone] }, [{ country: 'FR' }], [german, phone]],
    [{ $not: german }, [phone, {}], [german]],
    [{ $or: [german, phone], path: '/a' }, [{ ...german, path: '/a' }], [{ ...german, path: '/b' }, { path: '/a' }]],
    [{ $and: [{ $or: [german, { $not: phone }] }] }, [german, { device: 'desktop' }], [{ country: 'FR', device: 'mobile' }]],
    [{ $and: [] }, [{}], []],
    [{ $or: [] }, [{}], []],
    [{ $nor: [] }, [], [{}]],
  ]);
});

test('matches() compares literals as JavaScript does; what is missing is null', () => {
  check([
    [{ a: 'x' }, [{ a: 'x' }, { a: ['x'] }], [{ a: 'X' }, {}, { a: null }]],
    [{ a: '1' }, [{ a: 1 }, { a: '1' }], [{ a: true }]],
    [{ a: 1 }, [{ a: 1 }, { a: '1' }, { a: true }, { a: [1] }], [{ a: 2 }, { a: {} }, {}]],
    [{ a: 0 }, [{ a: 0 }, {}, { a: null }, { a: '' }, { a: [] }], [{ a: 'zero' }]],
    [{ a: true }, [{ a: true }, { a: 1 }, { a: 'false' }, { a: {} }], [{ a: false }, { a: 0 }, { a: '' }, {}]],
    [{ a: false }, [{ a: false }, { a: 0 }, { a: '' }], [{ a: true }, {}, { a: null }]],
    [{ a: null }, [{}, { a: null }], [{ a: 0 }, { a: '' }, { a: false }]],
    [{ a: [1, 'b'] }, [{ a: [1, 'b'] }], [{ a: ['b', 1] }, { a: [1] }, { a: '1,b' }, {}]],
    [{ a: { b: 1 } }, [{ a: { b: 1 } }], [{ a: { b: 1, c: 2 } }, { a: {} }, { a: { b: '1' } }]],
    [{ a: {} }, [{ a: {} }], [{ a: { b: 1 } }, {}, { a: [] }]],
    [{ a: { $gt: 1, b: 2 } }, [{ a: { $gt: 1, b: 2 } }], [{ a: 5 }]],
  ]);
});

test('matches() follows dotted paths through objects and lists, own members only', () => {
  check([
    [{ 'user.plan.name': 'pro' }, [{ user: { plan: { name: 'pro' } } }], [{ user: { plan: 'pro' } }, { user: null }, { user: 7 }, { 'user.plan.name': 'pro' }]],
    [{ 'tags.0': 'a' }, [{ tags: ['a', 'b'] }], [{ tags: ['b', 'a'] }]],
    [{ constructor: { $exists: true } }, [{ constructor: 1 }], [{}]],
    [{ 'a.constructor.name': { $exists: true } }, [], [{ a: {} }]],
    [JSON.parse('{"__proto__": "x"}') as Json, [JSON.parse('{"__proto__": "x"}') as Json], [{}]],
    [{ '__proto__.admin': true }, [], [{}]],
  ]);
});

test('matches() knows $eq, $ne, $lt, $lte, $gt and $gte', () => {
  check([
    [{ n: { $eq: 5 } }, [{ n: 5 }], [{ n: '5' }, {}]],
    [{ n: { $eq: null } }, [{}, { n: null }], [{ n: 0 }]],
    [{ n: { $ne: 5 } }, [{ n: '5' }, {}, { n: 6 }], [{ n: 5 }]],
    [{ n: { $gt: 5, $lt: 10 } }, [{ n: 8 }, { n: '8' }, { n: [8] }], [{ n: 5 }, { n: 10 }, {}, { n: 'eight' }, { n: {} }]],
    [{ n: { $gte: 5, $lte: 10 } }, [{ n: 5 }, { n: '10' }], [{ n: 4.9 }, { n: 10.1 }, { n: 'eight' }, { n: {} }]],
    [{ n: { $gt: '5', $lt: '10' } }, [{ n: 8 }], [{ n: '8' }, { n: 11 }]],
    [{ n: { $gt: -1, $lt: 1 } }, [{}, { n: null }, { n: false }, { n: '' }], [{ n: true }]],
    [{ w: { $gte: 'b', $lt: 'd' } }, [{ w: 'b' }, { w: 'cz' }], [{ w: 'd' }, { w: 'B' }, { w: 5 }]],
  ]);
});

test('matches() knows $in, $nin, $all and their forms without regard to case', () => {
  check([
    [{ c: { $in: ['DE', 'FR'] } }, [{ c: 'DE' }, { c: ['US', 'FR'] }], [{ c: 'de' }, {}, { c: [] }]],
    [{ c: { $in: [1, null] } }, [{ c: 1 }, {}], [{ c: '1' }]],
    [{ c: { $nin: ['DE'] } }, [{ c: 'FR' }, {}, { c: [] }], [{ c: 'DE' }, { c: ['FR', 'DE'] }]],
    [{ c: { $in: 'DE' } }, [], [{ c: 'DE' }]],
    [{ c: { $nin: 'DE' } }, [], [{ c: 'FR' }]],
    [{ c: { $ini: ['De', 7] } }, [{ c: 'dE' }, { c: ['x', 'DE'] }, { c: 7 }], [{ c: 'D' }, { c: '7' }, {}]],
    [{ c: { $nini: ['De'] } }, [{ c: 'x' }, {}], [{ c: 'DE' }, { c: ['dE'] }]],
    [{ t: { $all: ['a', 'b'] } }, [{ t: ['b', 'c', 'a'] }], [{ t: ['a'] }, { t: 'a' }, {}, { t: ['A', 'b'] }]],
    [{ t: { $all: [] } }, [{ t: [] }], [{ t: 'a' }]],
    [{ t: { $all: [{ $gt: 5 }, 'x'] } }, [{ t: ['x', 6] }], [{ t: ['x', 5] }]],
    [{ t: { $all: 'a' } }, [], [{ t: ['a'] }]],
    [{ t: { $alli: ['A', 'b'] } }, [{ t: ['a', 'B'] }], [{ t: ['a'] }]],
  ]);
});

test('matches() knows $exists, $type, $size, $elemMatch and $not on a value', () => {
  check([
    [{ a: { $exists: true } }, [{ a: 0 }, { a: '' }], [{}, { a: null }]],
    [{ a: { $exists: false } }, [{}, { a: null }], [{ a: false }]],
    [{ a: { $type: 'array' } }, [{ a: [] }], [{ a: {} }]],
    [{ a: { $type: 'object' } }, [{ a: {} }], [{ a: [] }, { a: null }]],
    [{ a: { $type: 'null' } }, [{}, { a: null }], [{ a: 0 }]],
    [{ a: { $type: 'string' } }, [{ a: '' }], [{ a: 1 }]],
    [{ a: { $type: 'number' } }, [{ a: 1.5 }], [{ a: '1' }]],
    [{ a: { $type: 'boolean' } }, [{ a: false }], [{ a: 0 }]],
    [{ a: { $size: 2 } }, [{ a: [0, 0] }], [{ a: [0] }, { a: 'ab' }, {}]],
    [{ a: { $size: { $gte: 2, $lt: 4 } } }, [{ a: [1, 2, 3] }], [{ a: [1, 2, 3, 4] }]],
    [{ a: { $elemMatch: { $gt: 5, $lt: 9 } } }, [{ a: [1, 7] }], [{ a: [1, 10] }, { a: 7 }, {}]],
    [{ a: { $elemMatch: { $eq: 0 } } }, [{ a: [0] }], [{ a: [null] }]],
    [{ a: { $elemMatch: { $ne: 1 } } }, [{ a: [1, 2] }, { a: [''] }], [{ a: [null] }, { a: [1] }]],
    [{ a: { $elemMatch: { 'b.c': 1, d: { $regex: '^x' } } } }, [{ a: [{ b: { c: 1 }, d: 'y' }, { b: { c: 1 }, d: 'xy' }] }], [{ a: [{ b: { c: 1 } }, { d: 'x' }] }]],
    [{ a: { $not: { $elemMatch: { $eq: 'b' } } } }, [{ a: ['a'] }, {}], [{ a: ['b'] }]],
    [{ a: { $not: { $regex: '^h' } } }, [{ a: 'w' }], [{ a: 'hi' }]],
    [{ a: { $not: 'x' } }, [{ a: 'y' }, {}], [{ a: 'x' }]],
  ]);
});

test('matches() knows $regex and $regexi; a pattern that is none matches nothing', () => {
  check([
    [{ ua: { $regex: '(Mobile|Tablet)' } }, [{ ua: 'a Mobile b' }], [{ ua: 'mobile' }, { ua: 'Desktop' }]],
    [{ ua: { $regexi: '^mozilla/5' } }, [{ ua: 'MOZILLA/5.0' }], [{ ua: 'x Mozilla/5' }]],
    [{ n: { $regex: '^4\\d$' } }, [{ n: 42 }], [{ n: 52 }]],
    [{ a: { $regex: '^null$' } }, [{}], [{ a: '' }]],
    [{ a: { $regex: '(' } }, [], [{ a: '(' }]],
    [{ a: { $regex: 7 } }, [], [{ a: '7' }]],
    [{ a: { $not: { $regex: '(' } } }, [{ a: 'x' }], []],
  ]);
});

test('matches() compares versions by their padded text', () => {
  const ascending = ['0.9.99', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', 'v1.0.0', '1.0.1+build.7', '1.2.0', '1.10.0', '10.0.0', '9999.0.0', '10000.0.0'];
  for (const [index, v] of ascending.entries()) {
    for (const [other_index, other] of ascending.entries()) {
      assert.equal(meets({ v: { $vlt: other } }, { v }), index < other_index, `${v} < ${other}`);
      assert.equal(meets({ v: { $vlte: other } }, { v }), index <= other_index);
      assert.equal(meets({ v: { $vgt: other } }, { v }), index > other_index);
      assert.equal(meets({ v: { $vgte: other } }, { v }), index >= other_index);
      assert.equal(meets({ v: { $veq: other } }, { v }), index === other_index);
      assert.equal(meets({ v: { $vne: other } }, { v }), index !== other_index);
    }
  }
  check([
    [{ v: { $veq: '1.2.3' } }, [{ v: 'v1.2.3' }, { v: '1-2-3' }, { v: '1.2.3+abc' }], [{ v: '1.2.3-rc' }, {}]],
    [{ v: { $veq: '0' } }, [{}, { v: {} }, { v: '' }, { v: 0 }], [{ v: 1 }]],
    [{ v: { $vgte: 12 } }, [{ v: '12.5' }, { v: 13 }], [{ v: '9' }]],
  ]);
});

test('matches() takes a top-level $name that is no logical operator for an attribute, and an unknown operator for unmet', () => {
  check([
    [{ $groups: { $elemMatch: { $eq: 'a' } } }, [{ $groups: ['a'] }], [{}]],
    [{ a: { $near: 1 } }, [], [{ a: 1 }]],
    [{ a: { $gt: 1, $near: 1 } }, [], [{ a: 2 }]],
    [{ a: { $inGroup: 'x' } }, [], [{ a: 'x' }]],
    [{ a: { $notInGroup: 'x' } }, [], [{ a: 'y' }]],
    [{ a: { constructor: 1 } }, [{ a: { constructor: 1 } }], [{ a: {} }]],
  ]);
});

test('matches() never throws', () => {
  const hostile: Json = { toString: 1, valueOf: null, toJSON: 'x' };
  const operators = ['$eq', '$ne', '$lt', '$gte', '$in', '$nini', '$all', '$alli', '$regex', '$regexi', '$exists', '$type', '$size', '$elemMatch', '$not', '$veq', '$vgt', '$odd'];
  const operands: unknown[] = [null, true, 0, 'x', [], [[null]], {}, hostile, { $gt: hostile }];
  let deep: unknown = [];
  for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
  const values: unknown[] = [...operands, deep, undefined, Object.create(null), [undefined], 10n];
  for (const operator of operators) {
    for (const operand of operands) {
      const compiled = compileCondition({ a: { [operator]: operand } });
      for (const a of values) assert.equal(typeof matches(compiled, { a }), 'boolean');
    }
  }
  for (const operand of operands) for (const a of values) assert.equal(typeof meets({ a: operand }, { a }), 'boolean');
});

/** The faults of a condition that is refused. */
const faultsOf = (condition: unknown): readonly string[] => {
  try {
    compileCondition(condition, '/targeting');
  } catch (error) {
    assert.ok(error instanceof Problem && error.kind === 'invalid');
    return (error.extras.faults ?? []).map(({ field, message }) => `${field} ${message}`);
  }
  return [];
};

test('compileCondition() names every fault with its place', () => {
  assert.deepEqual(faultsOf({ $or: [{ 'a/b': { $regex: '(?=x)' } }, { c: { $not: { $regexi: '(x)\\1' } } }], $and: 'x', d: { $regex: 'x'.repeat(257) } }), [
    '/targeting/$or/0/a~1b/$regex must not look around, as (?=…), (?!…), (?<=…) and (?<!…) do',
    '/targeting/$or/1/c/$not/$regexi must not refer back, as \\1 does',
    '/targeting/$and must be a list of conditions',
    '/targeting/d/$regex must have at most 256 characters',
  ]);
  for (const condition of [7, 'x', [], true, undefined]) assert.deepEqual(faultsOf(condition), ['/targeting must be an object']);
});

test('compileCondition() limits depth, size, patterns and $all', () => {
  const nested = (depth: number): Json => (depth === 0 ? { a: 1 } : { $not: nested(depth - 1) });
  assert.deepEqual(faultsOf(nested(15)), []);
  assert.match(faultsOf(nested(16))[0] ?? '', /nested at most 16 deep/);
  assert.match(faultsOf({ a: 'x'.repeat(65_536) })[0] ?? '', /at most 65536 characters/);
  assert.match(faultsOf({ $or: Array.from({ length: 51 }, () => ({ a: { $regex: 'x' } })) })[0] ?? '', /50 patterns/);
  assert.match(faultsOf({ a: { $all: Array(101).fill('x') } })[0] ?? '', /at most 100 values/);
});

test('compileCondition() of null is met by everybody', () => {
  assert.ok(matches(compileCondition(null), {}));
});

test('conditionOf() lets nobody in where a definition does not compile', () => {
  const good = { a: 1 };
  assert.equal(conditionOf(good), conditionOf(good));
  assert.ok(matches(conditionOf(good), { a: 1 }));
  assert.ok(matches(conditionOf(null), {}));
  assert.ok(!matches(conditionOf({ $or: 'x' }), {}));
});
