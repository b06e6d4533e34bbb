import { isDeepStrictEqual } from 'node:util';
import type { Difference } from '../../../shared/contract/change.ts';

/** What changes by itself with every change, and tells a reader nothing. */
const SILENT = new Set(['/updated_at', '/version', '/created_at']);
const DIFFERENCES_MAX = 200;
const WORDS_MAX = 60;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

const membersOf = (value: Readonly<Record<string, unknown>> | readonly unknown[]): Map<string, unknown> => new Map(Object.entries(value));

const step = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const collect = (before: unknown, after: unknown, at: string, found: Difference[]): void => {
  if (found.length >= DIFFERENCES_MAX || SILENT.has(at) || isDeepStrictEqual(before, after)) return;
  const both = (isObject(before) && isObject(after)) || (Array.isArray(before) && Array.isArray(after));
  if (!both) {
    found.push({ field: at, before: before ?? null, after: after ?? null });
    return;
  }
  const old = membersOf(before as Readonly<Record<string, unknown>>);
  const fresh = membersOf(after as Readonly<Record<string, unknown>>);
  for (const name of new Set([...old.keys(), ...fresh.keys()])) collect(old.get(name), fresh.get(name), `${at}/${step(name)}`, found);
};

/** The differences between two definitions, member by member, at most 200; what is new or gone as a whole is one difference for each of its members. */
export const differencesOf = (before: object | null, after: object | null): readonly Difference[] => {
  const found: Difference[] = [];
  collect(before ?? {}, after ?? {}, '', found);
  return found;
};

const worded = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)}…` : text;
};

/** The differences as one sentence for a person: "status: "DRAFT" → "RUNNING"; name: …". */
export const summaryOf = (before: object | null, after: object | null, differences: readonly Difference[]): string => {
  if (before === null) return 'Created.';
  if (after === null) return 'Deleted.';
  if (differences.length === 0) return 'Nothing changed.';
  const words = differences.slice(0, 8).map(({ field, before: old, after: fresh }) => `${field.slice(1)}: ${worded(old)} → ${worded(fresh)}`);
  return `${words.join('; ')}${differences.length > 8 ? `; and ${differences.length - 8} more` : ''}.`;
};
