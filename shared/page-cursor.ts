import { Problem } from './problem.ts';

/** The most items that a page of a list may have. */
export const PAGE_MAX = 1_000;
/** How many it has where the caller does not say. */
export const PAGE_DEFAULT = 100;

/** Writes the place where the next page begins as an opaque text. */
export const cursorOf = (place: readonly (string | number)[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** Reads a cursor that we wrote; throws Problem `invalid` for any other text. */
export const readCursor = (cursor: string, length: number): readonly (string | number)[] => {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(place) && place.length === length && place.every((part) => typeof part === 'string' || typeof part === 'number')) return place;
  } catch {
    // Not JSON: falls through to the refusal below.
  }
  throw new Problem('invalid', 'The cursor is not one that was given out.', { faults: [{ field: 'cursor', message: 'is not one that was given out' }] });
};
