import { element } from './element.ts';

/** Beyond this many characters text is shown in one colour: a hundred thousand elements would stall the page. */
const COLOURED_MAX = 60_000;

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Writes a value as JSON with two spaces; short lists of plain values stay on one line. */
export const prettyText = (value: unknown): string =>
  (JSON.stringify(value, null, 2) ?? 'null').replace(/\[\n\s+([^[\]{}]{1,60}?)\n\s+\]/g, (_, inside: string) => `[${inside.replace(/\n\s+/g, ' ')}]`);

/** Colours JSON text. */
export const colouredJson = (text: string): readonly (Node | string)[] => {
  if (text.length > COLOURED_MAX) return [text];
  const nodes: (Node | string)[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, quoted, colon] = match;
    if (match.index > end) nodes.push(text.slice(end, match.index));
    const kind = quoted === undefined ? 'json-value' : colon === undefined ? 'json-text' : 'json-name';
    nodes.push(element('span', { class: kind }, quoted ?? whole));
    if (colon !== undefined) nodes.push(colon);
    end = match.index + whole.length;
  }
  nodes.push(text.slice(end));
  return nodes;
};
