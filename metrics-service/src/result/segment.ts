import type { WordStore } from '../word/word-store.ts';

/** What visitors are told apart by: as their first visit was. */
export const DIMENSIONS = ['device', 'browser', 'language', 'source'] as const;
/** One of them. */
export type Dimension = (typeof DIMENSIONS)[number];

/** Which visitors are looked at; what is absent lets all pass. A source is what the link or the referrer said, else the channel (`direct`). */
export type Segment = Readonly<Partial<Record<Dimension, string>>>;

const FIRST_VISIT = 'FROM sessions s WHERE s.visitor = assignments.visitor ORDER BY s.start LIMIT 1';

/** SQL for a visitor's value in a dimension, beside a row of `assignments`: text, null where no visit is known. */
export const dimensionSql = (dimension: Dimension): string =>
  dimension === 'source'
    ? `(SELECT coalesce(w.word ->> 1, w.word ->> 0) FROM words w WHERE w.id = (SELECT s.source ${FIRST_VISIT}))`
    : `(SELECT w.word FROM words w WHERE w.id = (SELECT s.${dimension} ${FIRST_VISIT}))`;

/** SQL for the conditions that a segment sets, each beginning with AND; its values are bound by `segmentValues`. */
export const segmentSql = (segment: Segment): string =>
  DIMENSIONS.map((dimension) => {
    if (segment[dimension] === undefined) return '';
    if (dimension === 'source') return ` AND ${dimensionSql(dimension)} = :source`;
    return ` AND (SELECT s.${dimension} ${FIRST_VISIT}) = :${dimension}`;
  }).join('');

/** What a segment's conditions are bound to: numbers of words, and the text of a source. */
export const segmentValues = (segment: Segment, words: WordStore): Readonly<Record<string, number | string>> =>
  Object.fromEntries(DIMENSIONS.flatMap((dimension) => {
    const value = segment[dimension];
    // No word has the number -1: what was never seen is found nowhere.
    return value === undefined ? [] : [[dimension, dimension === 'source' ? value : (words.find(value) ?? -1)]];
  }));
