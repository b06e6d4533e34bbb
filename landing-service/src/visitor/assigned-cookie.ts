import { setCookie } from '../../../shared/http/cookies.ts';
import { signed, verified } from '../../../shared/signature.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import { visitorCookieRules } from './visitor-cookie.ts';

/** The cookie that says which variants a visitor was given, so that coming back costs no call. */
export const ASSIGNED_COOKIE = 'assigned';
/** How long its value may be, in bytes; the oldest entries give way. */
export const ASSIGNED_BYTES_MAX = 3_072;

/** One variant that a visitor was given. */
export interface AssignedEntry {
  readonly experiment_id: string;
  readonly variant_id: string;
  /** When, in milliseconds since 1970. */
  readonly at: number;
}

/** The signature covers the visitor, so that the cookie of one is worthless to another. */
const purposeFor = (visitor_id: string): string => `assigned ${visitor_id}`;

const encode = (entries: readonly AssignedEntry[]): string =>
  Buffer.from(JSON.stringify(entries.map(({ experiment_id, variant_id, at }) => [experiment_id, variant_id, at]))).toString('base64url');

const isEntry = (value: unknown): value is readonly [string, string, number] =>
  Array.isArray(value) && value.length === 3 && typeof value[0] === 'string' && typeof value[1] === 'string' && typeof value[2] === 'number';

/** Signs a visitor's assignments, oldest dropped until they fit. */
export const signAssigned = (entries: readonly AssignedEntry[], visitor_id: string, key: SigningKey): string => {
  const newest = entries.toSorted((a, b) => b.at - a.at);
  for (;;) {
    const text = signed(encode(newest), key, purposeFor(visitor_id));
    if (text.length <= ASSIGNED_BYTES_MAX || newest.length === 0) return text;
    newest.pop();
  }
};

/** Reads a visitor's assignments; none for a text that we did not sign for this visitor. */
export const readAssigned = (text: string | undefined, visitor_id: string, key: SigningKey): readonly AssignedEntry[] => {
  if (text === undefined || text.length > ASSIGNED_BYTES_MAX) return [];
  const value = verified(text, key, purposeFor(visitor_id));
  if (value === undefined) return [];
  const list: unknown = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
  return Array.isArray(list) ? list.filter(isEntry).map(([experiment_id, variant_id, at]) => ({ experiment_id, variant_id, at })) : [];
};

/** Writes the cookie of a visitor's assignments. */
export const assignedCookie = (entries: readonly AssignedEntry[], visitor_id: string, key: SigningKey, secure: boolean): string =>
  setCookie(ASSIGNED_COOKIE, signAssigned(entries, visitor_id, key), visitorCookieRules(secure));
