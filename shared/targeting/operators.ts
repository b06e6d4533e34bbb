import { comparisonOf, folded, paddedVersion, textOf, typeOf } from './coerce.ts';
import type { Compilation } from './compilation.ts';

/** Tests one value of a visitor; what is missing comes as null. */
export type ValueTest = (actual: unknown) => boolean;

/** Makes the test of an operator from its operand; `at` is the operand's JSON Pointer. */
export type Operator = (expected: unknown, at: string, compilation: Compilation) => ValueTest;

/** The test that nothing passes: unknown operators, operands of the wrong kind, patterns that are none. */
export const never: ValueTest = () => false;

const compared = (holds: (comparison: number) => boolean): Operator => (expected) => (actual) => holds(comparisonOf(actual, expected));

const versions = (holds: (actual: string, expected: string) => boolean): Operator => (expected) => {
  const padded = paddedVersion(expected);
  return (actual) => holds(paddedVersion(actual), padded);
};

const listed = (any_case: boolean, wanted: boolean): Operator => (expected) => {
  if (!Array.isArray(expected)) return never;
  const fold = any_case ? folded : (value: unknown): unknown => value;
  const members = new Set<unknown>(expected.map(fold));
  return (actual) => (Array.isArray(actual) ? actual.some((item) => members.has(fold(item))) : members.has(fold(actual))) === wanted;
};

const all = (any_case: boolean): Operator => (expected, at, compilation) => {
  if (!Array.isArray(expected)) return never;
  const tests = expected.map((item, index) => compilation.valueTest(item, `${at}/${index}`, any_case));
  return (actual) => Array.isArray(actual) && tests.every((test) => actual.some((item) => test(item ?? null)));
};

const pattern = (any_case: boolean): Operator => (expected, at, compilation) => {
  const found = typeof expected === 'string' ? compilation.pattern(expected, at, any_case) : undefined;
  return found ? (actual) => found(textOf(actual)) : never;
};

/** The operators of the condition language but the logical ones, by name. Source: GrowthBook's SDK documentation ("Build your own SDK", conditions). */
export const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['$eq', (expected) => (actual) => actual === expected],
  ['$ne', (expected) => (actual) => actual !== expected],
  ['$lt', compared((comparison) => comparison < 0)],
  ['$lte', compared((comparison) => comparison <= 0)],
  ['$gt', compared((comparison) => comparison > 0)],
  ['$gte', compared((comparison) => comparison >= 0)],
  ['$veq', versions((actual, expected) => actual === expected)],
  ['$vne', versions((actual, expected) => actual !== expected)],
  ['$vlt', versions((actual, expected) => actual < expected)],
  ['$vlte', versions((actual, expected) => actual <= expected)],
  ['$vgt', versions((actual, expected) => actual > expected)],
  ['$vgte', versions((actual, expected) => actual >= expected)],
  ['$in', listed(false, true)],
  ['$nin', listed(false, false)],
  ['$ini', listed(true, true)],
  ['$nini', listed(true, false)],
  ['$all', all(false)],
  ['$alli', all(true)],
  ['$regex', pattern(false)],
  ['$regexi', pattern(true)],
  ['$exists', (expected) => (actual) => (actual !== null) === Boolean(expected)],
  ['$type', (expected) => (actual) => typeOf(actual) === expected],
  [
    '$not',
    (expected, at, compilation) => {
      const test = compilation.valueTest(expected, at, false);
      return (actual) => !test(actual);
    },
  ],
  [
    '$size',
    (expected, at, compilation) => {
      const test = compilation.valueTest(expected, at, false);
      return (actual) => Array.isArray(actual) && test(actual.length);
    },
  ],
  [
    '$elemMatch',
    (expected, at, compilation) => {
      const test = compilation.elementTest(expected, at);
      return (actual) => Array.isArray(actual) && actual.some((item) => item !== null && item !== undefined && test(item));
    },
  ],
]);
