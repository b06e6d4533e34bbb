import { invalid } from '../problem.ts';
import { Faults } from './schema.ts';
import type { ObjectSchema, } from './composites.ts';
import type { Schema } from './schema.ts';

/** What URLSearchParams makes of bytes that are no UTF-8. */
const BROKEN = '\ufffd';
const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

const typed = (schema: Schema<unknown>, text: string): unknown => {
  const { type } = schema.json;
  if ((type === 'integer' || type === 'number') && NUMBER.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === '1')) return true;
  if (type === 'boolean' && (text === 'false' || text === '0')) return false;
  return text;
};

/** Reads a query string by the same descriptions as a body; an empty value counts as absent, a repeated name is a fault. */
export const parseQuery = <T>(schema: ObjectSchema<T>, query: URLSearchParams): T => {
  const faults = new Faults();
  const parsed: Record<string, unknown> = {};
  for (const [name, member] of schema.members) {
    const texts = query.getAll(name);
    const [text] = texts;
    if (texts.length > 1) faults.add(name, 'must be given once');
    else if (text?.includes(BROKEN)) faults.add(name, 'must be UTF-8, percent-encoded');
    else if (text !== undefined && text !== '') parsed[name] = member.check(typed(member, text), name, faults);
    else if (!member.optional) faults.add(name, 'is required');
  }
  if (faults.list.length > 0) throw invalid(faults.list);
  return parsed as T;
};
