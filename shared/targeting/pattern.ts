import { enableLinearRegExp } from './linear-regexp.ts';
import { PatternRewriter, UnsupportedPattern } from './pattern-rewriter.ts';

/** How long a pattern may be, in UTF-16 units. */
export const PATTERN_LENGTH_MAX = 256;
/** How much of a text a pattern sees, in UTF-16 units. */
export const SUBJECT_LENGTH_MAX = 1_024;

/** A compiled pattern; or why the pattern must be refused (`refused`, words for a person), or that it is none at all (`invalid`). */
export type PatternOutcome = { readonly found: (text: string) => boolean } | { readonly refused: string } | { readonly invalid: true };

/**
 * Compiles a regular expression in JavaScript's syntax so that a search takes time in proportion to the text, whatever pattern and text are:
 * one with at most a single choice is left to V8's fast engine, the others run on its linear one. Texts are cut at 1,024.
 */
export const compilePattern = (source: string, any_case: boolean): PatternOutcome => {
  if (source.length > PATTERN_LENGTH_MAX) return { refused: `must have at most ${PATTERN_LENGTH_MAX} characters` };
  enableLinearRegExp();
  try {
    new RegExp(source);
  } catch {
    return { invalid: true };
  }
  try {
    const rewriter = new PatternRewriter(source, any_case);
    const text = rewriter.rewritten();
    const linear = new RegExp(text, 'l');
    const engine = rewriter.choices <= 1 ? new RegExp(text) : linear;
    return { found: (subject) => engine.test(subject.length > SUBJECT_LENGTH_MAX ? subject.slice(0, SUBJECT_LENGTH_MAX) : subject) };
  } catch (error) {
    // What V8 alone refuses here is too deeply repeated for its linear engine.
    return { refused: error instanceof UnsupportedPattern ? error.message : 'repeats too much' };
  }
};
