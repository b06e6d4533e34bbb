import type { Schema, Words } from './schema.ts';
import { worded } from './schema.ts';

/** Bounds of a string, in UTF-16 units; `pattern` is anchored by its author and comes with words for a person. */
export interface StringRules extends Words {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
  readonly pattern_words?: string;
}

const lengthWords = (min: number, max: number): string => (min > 0 ? `must have ${min} to ${max} characters` : `must have at most ${max} characters`);

/** Describes text; lone surrogates are refused because SQLite and UTF-8 cannot hold them. */
export const string = (rules: StringRules): Schema<string> => {
  const { min = 0, max, pattern, pattern_words } = rules;
  return {
    json: worded({ type: 'string', ...(min > 0 ? { minLength: min } : {}), maxLength: max, ...(pattern ? { pattern: pattern.source } : {}) }, rules),
    check: (value, at, faults) => {
      if (typeof value !== 'string') faults.add(at, 'must be a string');
      else if (value.length < min || value.length > max) faults.add(at, lengthWords(min, max));
      else if (pattern && !pattern.test(value)) faults.add(at, pattern_words ?? `must match ${pattern.source}`);
      else if (!value.isWellFormed()) faults.add(at, 'must be well-formed Unicode');
      else if (value.includes('\0')) faults.add(at, 'must not contain NUL');
      return value as string;
    },
  };
};

/** Bounds of a number, both inclusive. */
export interface NumberRules extends Words {
  readonly min?: number;
  readonly max?: number;
}

const numeric = (rules: NumberRules, type: 'number' | 'integer', fits: (value: unknown) => boolean): Schema<number> => {
  const { min = -Infinity, max = Infinity } = rules;
  const bounds = { ...(rules.min === undefined ? {} : { minimum: min }), ...(rules.max === undefined ? {} : { maximum: max }) };
  const range = rules.min !== undefined && rules.max !== undefined ? `must be from ${min} to ${max}` : rules.min !== undefined ? `must be at least ${min}` : `must be at most ${max}`;
  return {
    json: worded({ type, ...bounds }, rules),
    check: (value, at, faults) => {
      if (!fits(value)) faults.add(at, type === 'integer' ? 'must be a whole number' : 'must be a number');
      else if ((value as number) < min || (value as number) > max) faults.add(at, range);
      return value as number;
    },
  };
};

/** Describes a finite number. */
export const number = (rules: NumberRules = {}): Schema<number> => numeric(rules, 'number', (value) => typeof value === 'number' && Number.isFinite(value));

/** Describes a whole number that a double holds exactly. */
export const integer = (rules: NumberRules = {}): Schema<number> => numeric(rules, 'integer', Number.isSafeInteger);

/** Describes true or false. */
export const boolean = (words: Words = {}): Schema<boolean> => ({
  json: worded({ type: 'boolean' }, words),
  check: (value, at, faults) => {
    if (typeof value !== 'boolean') faults.add(at, 'must be true or false');
    return value as boolean;
  },
});

/** Describes one of a few words. */
export const oneOf = <const T extends string>(allowed: readonly T[], words: Words = {}): Schema<T> => ({
  json: worded({ type: 'string', enum: allowed }, words),
  check: (value, at, faults) => {
    if (!allowed.includes(value as T)) faults.add(at, `must be one of ${allowed.join(', ')}`);
    return value as T;
  },
});

const ISO_TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const TIME_MIN = Date.UTC(1970, 0, 1);
const TIME_MAX = Date.UTC(2200, 0, 1);

/** The days before each month of a year without 29 February, and of it all. */
const DAYS_BEFORE = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];
/** The days from 1 January of the year 0 to 1970. */
const DAYS_BEFORE_1970 = 719_528;

/** The number that digits make; NaN if one is none. */
const digitsOf = (text: string, from: number, to: number): number => {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return value;
};

/** The milliseconds of a second's decimals, from the point to the end; NaN if these are none. */
const millisecondsOf = (text: string, point: number, end: number): number => {
  if (point === end) return 0;
  const digits = end - point - 1;
  if (text[point] !== '.' || digits < 1 || digits > 9) return NaN;
  return Math.floor((digitsOf(text, point + 1, end) * 1_000) / 10 ** digits);
};

/** Reads `2026-01-31T12:00:00.000Z` and what differs only in its decimals or says ` ` and no zone, the forms of nearly all times, in a quarter of the time that others take; NaN leaves it to those, as 29 February. */
const plainTimeOf = (text: string): number => {
  if (text.length < 19 || text[4] !== '-' || text[7] !== '-' || (text[10] !== 'T' && text[10] !== ' ') || text[13] !== ':' || text[16] !== ':') return NaN;
  const [year, month, day] = [digitsOf(text, 0, 4), digitsOf(text, 5, 7), digitsOf(text, 8, 10)];
  const [hour, minute, second] = [digitsOf(text, 11, 13), digitsOf(text, 14, 16), digitsOf(text, 17, 19)];
  if (!(month >= 1 && month <= 12 && hour < 24 && minute < 60 && second < 60)) return NaN;
  const before = DAYS_BEFORE[month - 1] as number;
  if (!(day >= 1 && day <= (DAYS_BEFORE[month] as number) - before)) return NaN;
  // Years with a 29 February that is over by then.
  const leaping = month > 2 ? year : year - 1;
  const leap_days = Math.floor(leaping / 4) - Math.floor(leaping / 100) + Math.floor(leaping / 400) + 1;
  const days = year * 365 + leap_days + before + day - 1 - DAYS_BEFORE_1970;
  return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1_000 + millisecondsOf(text, 19, text.endsWith('Z') ? text.length - 1 : text.length);
};

/** Reads an ISO 8601 time, UTC where it names no zone, as milliseconds since 1970; undefined if it is none. */
export const timeOf = (text: string): number | undefined => {
  let time = plainTimeOf(text);
  if (Number.isNaN(time)) {
    if (!ISO_TIME.test(text)) return undefined;
    const zoned = text.length <= 10 || /(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) ? text : `${text}Z`;
    time = Date.parse(zoned.replace(' ', 'T'));
  }
  return time >= TIME_MIN && time < TIME_MAX ? time : undefined;
};

/** Describes a time: ISO 8601 in, milliseconds since 1970 out. */
export const timestamp = (words: Words = {}): Schema<number> => ({
  json: worded({ type: 'string', format: 'date-time' }, words),
  check: (value, at, faults) => {
    const time = typeof value === 'string' && value.length <= 40 ? timeOf(value) : undefined;
    if (time === undefined) faults.add(at, 'must be a time such as 2026-01-31T12:00:00.000Z');
    return time ?? 0;
  },
});
