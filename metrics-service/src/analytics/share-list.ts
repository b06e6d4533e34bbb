import { cursorOf, readCursor } from '../../../shared/page-cursor.ts';

/** One page of a list, and where the next begins. */
export interface SharePage<Share> {
  readonly data: readonly Share[];
  readonly next_cursor: string | null;
}

/**
 * Cuts a page out of a list: the largest first, equal ones by name. The cursor says after which item the page begins, so that figures that grow
 * between two pages may move an item but never lose the thread.
 */
export const sharePage = <Share>(shares: readonly Share[], weightOf: (share: Share) => number, nameOf: (share: Share) => string, limit: number, cursor: string | undefined): SharePage<Share> => {
  const sorted = [...shares].sort((a, b) => weightOf(b) - weightOf(a) || (nameOf(a) < nameOf(b) ? -1 : 1));
  const [weight, name] = cursor === undefined ? [Infinity, ''] : (readCursor(cursor, 2) as readonly [number, string]);
  const begin = sorted.findIndex((share) => weightOf(share) < weight || (weightOf(share) === weight && nameOf(share) > name));
  const data = begin < 0 ? [] : sorted.slice(begin, begin + limit);
  const last = data.at(-1);
  return { data, next_cursor: last === undefined || begin + limit >= sorted.length ? null : cursorOf([weightOf(last), nameOf(last)]) };
};
