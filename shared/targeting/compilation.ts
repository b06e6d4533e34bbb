import type { Faults } from '../schema/schema.ts';
import { pointer } from '../schema/schema.ts';
import { numberOf, textOf } from './coerce.ts';
import type { ValueTest } from './operators.ts';
import { never, OPERATORS } from './operators.ts';
import { compilePattern } from './pattern.ts';

/** How many patterns one condition may have. */
export const PATTERNS_MAX = 50;
/** How many values `$all` and `$alli` may list. */
export const ALL_LENGTH_MAX = 100;

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

const isOperators = (value: Members): boolean => {
  const names = Object.keys(value);
  return names.length > 0 && names.every((name) => name.startsWith('$'));
};

/** Turns one condition into nested tests, and notes what must be refused. Tests may throw on data nested beyond the stack. */
export class Compilation {
  private readonly faults: Faults;
  private patterns = 0;

  constructor(faults: Faults) {
    this.faults = faults;
  }

  /** Tests an object: each member is a logical operator or the dotted path of an attribute. All must hold. */
  conditionTest(condition: unknown, at: string): ValueTest {
    if (!isMembers(condition)) return this.fault(at, 'must be an object');
    return every(Object.entries(condition).map(([name, expected]) => this.memberTest(name, expected, pointer(at, name))));
  }

  /** Tests a value against a literal, which is compared as JavaScript does, or against an object of operators, all of which must hold. */
  valueTest(expected: unknown, at: string, any_case: boolean): ValueTest {
    if (typeof expected === 'string') {
      const lower = expected.toLowerCase();
      return any_case ? (actual) => textOf(actual).toLowerCase() === lower : (actual) => textOf(actual) === expected;
    }
    if (typeof expected === 'number') return (actual) => numberOf(actual) === expected;
    if (typeof expected === 'boolean') return (actual) => actual !== null && Boolean(actual) === expected;
    if (expected === null) return (actual) => actual === null;
    if (!isMembers(expected) || !isOperators(expected)) {
      const text = JSON.stringify(expected);
      return (actual) => JSON.stringify(actual) === text;
    }
    return every(Object.entries(expected).map(([name, operand]) => this.operatorTest(name, operand, pointer(at, name))));
  }

  /** Tests an element of a list: by operators, or as an object with attributes of its own. */
  elementTest(expected: unknown, at: string): ValueTest {
    if (!isMembers(expected)) return never;
    return isOperators(expected) ? this.valueTest(expected, at, false) : this.conditionTest(expected, at);
  }

  /** Compiles a pattern; undefined when it is none (it matches nothing) or must be refused (a fault is noted). */
  pattern(source: string, at: string, any_case: boolean): ((text: string) => boolean) | undefined {
    this.patterns += 1;
    if (this.patterns === PATTERNS_MAX + 1) this.faults.add(at, `is more than the ${PATTERNS_MAX} patterns that a condition may have`);
    if (this.patterns > PATTERNS_MAX) return undefined;
    const outcome = compilePattern(source, any_case);
    if ('refused' in outcome) this.faults.add(at, outcome.refused);
    return 'found' in outcome ? outcome.found : undefined;
  }

  private memberTest(name: string, expected: unknown, at: string): ValueTest {
    if (name === '$not') {
      const test = this.conditionTest(expected, at);
      return (subject) => !test(subject);
    }
    if (LOGICAL.has(name)) {
      if (!Array.isArray(expected)) return this.fault(at, 'must be a list of conditions');
      const tests = expected.map((item, index) => this.conditionTest(item, pointer(at, index)));
      if (name === '$and') return every(tests);
      // An empty list is met, as GrowthBook has it, and so an empty $nor is not.
      const any: ValueTest = (subject) => tests.length === 0 || tests.some((test) => test(subject));
      return name === '$or' ? any : (subject) => !any(subject);
    }
    const test = this.valueTest(expected, at, false);
    const path = name.split('.');
    return (subject) => test(valueAt(subject, path));
  }

  private operatorTest(name: string, operand: unknown, at: string): ValueTest {
    if ((name === '$all' || name === '$alli') && Array.isArray(operand) && operand.length > ALL_LENGTH_MAX) {
      return this.fault(at, `must list at most ${ALL_LENGTH_MAX} values`);
    }
    return OPERATORS.get(name)?.(operand, at, this) ?? never;
  }

  private fault(at: string, message: string): ValueTest {
    this.faults.add(at, message);
    return never;
  }
}

const LOGICAL: ReadonlySet<string> = new Set(['$and', '$or', '$nor', '$not']);

const every = (tests: readonly ValueTest[]): ValueTest => {
  const [only] = tests;
  return tests.length === 1 && only ? only : (subject) => tests.every((test) => test(subject));
};

/** Own members only: what a prototype has is no attribute of a visitor. */
const valueAt = (subject: unknown, path: readonly string[]): unknown => {
  let current = subject;
  for (const name of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, name)) return null;
    current = (current as Members)[name];
  }
  return current ?? null;
};
