import type { Call } from '../../../shared/http/call.ts';
import { readCookies } from '../../../shared/http/cookies.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import { ASSIGNED_COOKIE, readAssigned } from './assigned-cookie.ts';
import type { AssignedEntry } from './assigned-cookie.ts';
import type { Exclusion, Exclusions } from './exclusion.ts';
import { readVisitor, VISITOR_COOKIE } from './visitor-cookie.ts';

/** Who is here. */
export interface Visit {
  /** A new id for somebody unknown. */
  readonly visitor_id: string;
  /** Whether the visitor brought a cookie of ours. */
  readonly returning: boolean;
  /** The variants that the visitor was given before. */
  readonly entries: readonly AssignedEntry[];
  /** Why this is not counted; undefined when it is. */
  readonly exclusion: Exclusion | undefined;
}

const NAMES = [VISITOR_COOKIE, ASSIGNED_COOKIE];

/** Reads who makes a call; cookies that we did not sign make a new visitor, and one who wants privacy has none. */
export const visitOf = (call: Call, key: SigningKey, exclusions: Exclusions): Visit => {
  const exclusion = exclusions.of(call);
  if (exclusion === 'privacy') return { visitor_id: uuidv7(), returning: false, entries: [], exclusion };
  const cookies = readCookies(call.headers.cookie, NAMES);
  const known = readVisitor(cookies.get(VISITOR_COOKIE), key);
  if (known === undefined) return { visitor_id: uuidv7(), returning: false, entries: [], exclusion };
  return { visitor_id: known, returning: true, entries: readAssigned(cookies.get(ASSIGNED_COOKIE), known, key), exclusion };
};
