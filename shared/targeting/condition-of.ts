import type { Compiled } from './condition.ts';
import { compileCondition } from './condition.ts';

const nobody: Compiled = { test: () => false };
const everybody: Compiled = compileCondition(null);
const compiled = new WeakMap<object, Compiled>();

/**
 * The compiled form of a condition from a stored definition, compiled once per object (which must not change afterwards).
 * What does not compile, as a definition from elsewhere may not, is met by nobody. Never throws.
 */
export const conditionOf = (targeting: Readonly<Record<string, unknown>> | null): Compiled => {
  if (targeting === null) return everybody;
  const known = compiled.get(targeting);
  if (known) return known;
  let made = nobody;
  try {
    made = compileCondition(targeting);
  } catch {
    // Refused when it is saved; here it only must not let anybody in, nor stop the page.
  }
  compiled.set(targeting, made);
  return made;
};
