import { setFlagsFromString } from 'node:v8';

/**
 * Turns on V8's linear-time engine for regular expressions in this process: the flag `l` demands it, and an ordinary pattern that
 * backtracks excessively falls back to it. To be called before the first pattern is made, for a pattern that already ran
 * keeps its engine; `compilePattern` calls it too. Calling it again changes nothing.
 */
export const enableLinearRegExp = (): void => {
  setFlagsFromString('--enable-experimental-regexp-engine');
  setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
};
