import { element } from './element.ts';

/** Turns text with `code` in backticks into nodes. */
export const phrases = (text: string): readonly (Node | string)[] =>
  text.split(/(`[^`]+`)/).filter((part) => part !== '').map((part) => (part.length > 2 && part.startsWith('`') ? element('code', {}, part.slice(1, -1)) : part));

/** Turns text into paragraphs: a blank line begins a new one. */
export const paragraphs = (text: string | undefined): readonly HTMLElement[] =>
  (text ?? '').split(/\n{2,}/).filter((part) => part.trim() !== '').map((part) => element('p', {}, phrases(part)));
