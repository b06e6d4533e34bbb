import type { Interval } from '../contract/analysis.ts';
import type { Schema, Words } from './schema.ts';
import { array, isObject } from './composites.ts';
import type { ListRules } from './composites.ts';
import { timeOf } from './scalars.ts';
import { pointer, worded } from './schema.ts';

/** Describes text that we answer, of any length. */
export const text = (words: Words = {}): Schema<string> => ({
  json: worded({ type: 'string' }, words),
  check: (value, at, faults) => {
    if (typeof value !== 'string') faults.add(at, 'must be a string');
    return value as string;
  },
});

/** Describes a time as we answer it, text on both sides: ISO 8601, UTC, milliseconds. */
export const time = (words: Words = {}): Schema<string> => ({
  json: worded({ type: 'string', format: 'date-time' }, words),
  check: (value, at, faults) => {
    if (typeof value !== 'string' || timeOf(value) === undefined) faults.add(at, 'must be a time');
    return value as string;
  },
});

/** Describes anything that JSON can say. */
export const anything = (words: Words = {}): Schema<unknown> => ({ json: worded({}, words), check: (value) => value });

/** Describes a list that we answer, of any length unless `rules` say otherwise. */
export const list = <T>(item: Schema<T>, rules: Partial<ListRules> = {}): Schema<readonly T[]> => {
  const { json, check } = array(item, { ...rules, max: rules.max ?? Number.MAX_SAFE_INTEGER });
  const { maxItems, ...unbounded } = json;
  return { json: rules.max === undefined ? unbounded : { ...unbounded, maxItems }, check };
};

/** Describes an object that we answer, whose members are alike and have any names. */
export const named = <T>(item: Schema<T>, words: Words = {}): Schema<Readonly<Record<string, T>>> => ({
  json: worded({ type: 'object', additionalProperties: item.json }, words),
  check: (value, at, faults) => {
    if (!isObject(value)) faults.add(at, 'must be an object');
    else for (const [name, member] of Object.entries(value)) item.check(member, pointer(at, name), faults);
    return value as Readonly<Record<string, T>>;
  },
});

/** Describes low and high end of an interval. */
export const interval = (words: Words = {}): Schema<Interval> => ({
  json: worded({ type: 'array', prefixItems: [{ type: 'number' }, { type: 'number' }], minItems: 2, maxItems: 2 }, words),
  check: (value, at, faults) => {
    if (!Array.isArray(value) || value.length !== 2 || value.some((end) => typeof end !== 'number')) faults.add(at, 'must be two numbers');
    return value as unknown as Interval;
  },
});
