import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface Tolerance {
  readonly rel: number;
  readonly abs: number;
  readonly integers?: number;
  readonly byField?: Readonly<Record<string, { readonly rel: number; readonly abs: number }>>;
}

/** A worked example; `input` is as its file has it. */
export interface ReferenceCase<Input> {
  readonly name: string;
  readonly input: Input;
  readonly expected: Readonly<Record<string, unknown>> & { readonly defined: boolean };
  readonly tolerance: Tolerance;
}

/** Reads a file of `fixtures/`. */
export const readFixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));

/** Reads the worked examples of a method. */
export const referenceCases = <Input>(name: string): readonly ReferenceCase<Input>[] => readFixture(name) as readonly ReferenceCase<Input>[];

const assertNumber = (actual: unknown, expected: number, tolerance: Tolerance, at: string): void => {
  const field = at.split('.').findLast((step) => tolerance.byField?.[step] !== undefined);
  const { rel, abs } = (field === undefined ? undefined : tolerance.byField?.[field]) ?? tolerance;
  const allowed = Math.max(abs, rel * Math.abs(expected), Number.isInteger(expected) ? tolerance.integers ?? 0 : 0);
  assert.ok(typeof actual === 'number' && Math.abs(actual - expected) <= allowed, `${at}: ${String(actual)}, not ${expected} ± ${allowed}`);
};

const assertLike = (actual: unknown, expected: unknown, tolerance: Tolerance, at: string): void => {
  if (typeof expected === 'number') return assertNumber(actual, expected, tolerance, at);
  if (typeof expected !== 'object' || expected === null) return assert.deepEqual(actual, expected, at);
  // An interval is [low, high] with us and {low, high} there.
  const found = Array.isArray(actual) && 'low' in expected ? { low: actual[0], high: actual[1] } : actual;
  assert.ok(typeof found === 'object' && found !== null, `${at}: ${String(found)}`);
  for (const [key, value] of Object.entries(expected)) assertLike((found as Record<string, unknown>)[key], value, tolerance, `${at}.${key}`);
};

/** Compares an answer with a worked example, field by field; `left_out` names fields of the example that nothing of ours answers. */
export const assertCase = <Input>(example: ReferenceCase<Input>, actual: Readonly<Record<string, unknown>> | null, left_out: readonly string[] = []): void => {
  const { defined, ...expected } = example.expected;
  if (!defined) return assert.equal(actual, null, `${example.name} has no answer`);
  const compared = Object.fromEntries(Object.entries(expected).filter(([field]) => !left_out.includes(field)));
  assertLike(actual, compared, example.tolerance, example.name);
};
