import { invalid } from '../problem.ts';
import { Faults } from '../schema/schema.ts';
import { Compilation } from './compilation.ts';
import type { ValueTest } from './operators.ts';

/** How large a condition may be, in characters of JSON. */
export const CONDITION_LENGTH_MAX = 65_536;
/** How deep objects and lists of a condition may be nested. */
export const CONDITION_DEPTH_MAX = 16;

/** What is known of a visitor: JSON of any kind by name. */
export type Attributes = Readonly<Record<string, unknown>>;

/** A condition ready to be tried on many visitors. */
export interface Compiled {
  readonly test: ValueTest;
}

const isDeeperThan = (value: unknown, depth: number): boolean =>
  typeof value === 'object' && value !== null && (depth === 0 || Object.values(value).some((member) => isDeeperThan(member, depth - 1)));

/**
 * Compiles a condition of the targeting language (docs/targeting.md); null is met by everybody. `at` is its place in the body, for the faults.
 * Throws Problem `invalid` for what cannot be kept: no object, too large or deep, a pattern over 256 characters or with look-around or
 * back-references. An unknown operator or a pattern that is none is kept, and matches nobody.
 */
export const compileCondition = (condition: unknown, at = ''): Compiled => {
  if (condition === null) return { test: () => true };
  const faults = new Faults();
  let test: ValueTest = () => false;
  if (isDeeperThan(condition, CONDITION_DEPTH_MAX)) faults.add(at, `must be nested at most ${CONDITION_DEPTH_MAX} deep`);
  else if ((JSON.stringify(condition) ?? '').length > CONDITION_LENGTH_MAX) faults.add(at, `must have at most ${CONDITION_LENGTH_MAX} characters of JSON`);
  else test = new Compilation(faults).conditionTest(condition, at);
  if (faults.list.length > 0) throw invalid(faults.list);
  return { test };
};

/** Whether a visitor meets a condition. Never throws: data that defeats the test, such as lists nested beyond the stack, does not meet it. */
export const matches = (compiled: Compiled, attributes: Attributes): boolean => {
  try {
    return compiled.test(attributes);
  } catch {
    return false;
  }
};
