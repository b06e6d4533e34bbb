import { Problem } from '../problem.ts';

/** How deep a body may be nested. */
export const JSON_DEPTH_MAX = 32;
/** How long a member's name may be, in UTF-16 units. */
export const JSON_KEY_MAX = 256;

const withinLimits = (value: unknown, depth: number): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= JSON_DEPTH_MAX) return false;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && !withinLimits(item, depth + 1)) return false;
    return true;
  }
  for (const key in value) {
    if (key.length > JSON_KEY_MAX) return false;
    const member = (value as Record<string, unknown>)[key];
    if (typeof member === 'object' && !withinLimits(member, depth + 1)) return false;
  }
  return true;
};

/** Parses JSON that a stranger sent; throws Problem `malformed` when it is none, is nested too deep or has huge names. */
export const parseJson = (text: string): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('malformed', text === '' ? 'The body is empty; JSON was expected.' : 'The body is not JSON.');
  }
  if (!withinLimits(value, 0)) throw new Problem('malformed', `The JSON is nested deeper than ${JSON_DEPTH_MAX} or has a name longer than ${JSON_KEY_MAX}.`);
  return value;
};
