import type { Schema } from '../../shared/schema/schema.ts';
import { string } from '../../shared/schema/scalars.ts';

/** The longest key. */
export const KEY_LENGTH_MAX = 64;

const KEY = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Describes the key of an experiment or toggle, or the name of a page. */
export const keySchema = (description: string, example: string): Schema<string> =>
  string({ min: 1, max: KEY_LENGTH_MAX, pattern: KEY, pattern_words: 'must consist of a-z, 0-9, _ and -, and begin with a letter or digit', description, example });

/** Makes a key of a name: "Größe & Preis" gives `grosse-preis`. Answers `experiment` when nothing of the name can stand in a key. */
export const slugOf = (name: string): string => {
  const plain = name.normalize('NFKD').replaceAll('ß', 'ss').replace(/\p{M}/gu, '').toLowerCase();
  const slug = plain.replace(/[^a-z0-9]+/g, '-').slice(0, KEY_LENGTH_MAX).replace(/^-+|-+$/g, '');
  return slug === '' ? 'experiment' : slug;
};

/** The first of `slug`, `slug-2`, `slug-3` … that is not taken. */
export const freeKey = (slug: string, isTaken: (key: string) => boolean): string => {
  let key = slug;
  for (let number = 2; isTaken(key); number += 1) {
    const suffix = `-${number}`;
    key = slug.slice(0, KEY_LENGTH_MAX - suffix.length) + suffix;
  }
  return key;
};
