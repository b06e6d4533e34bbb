import { setCookie } from '../../../shared/http/cookies.ts';
import type { CookieRules } from '../../../shared/http/cookies.ts';
import { signed, verified } from '../../../shared/signature.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import { isUuid } from '../../../shared/uuid.ts';

/** The cookie that says who a visitor is. */
export const VISITOR_COOKIE = 'visitor_id';
const PURPOSE = 'visitor';
const YEAR_SECONDS = 31_536_000;

/** What all visitors' cookies say: first-party, out of scripts' reach, a year. */
export const visitorCookieRules = (secure: boolean): CookieRules => ({ max_age_seconds: YEAR_SECONDS, same_site: 'Lax', secure });

/** Signs a visitor's id so that nobody can make one up: `uuid.mac`. */
export const signVisitor = (visitor_id: string, key: SigningKey): string => signed(visitor_id, key, PURPOSE);

/** Reads a signed visitor's id; undefined for any that we did not sign. */
export const readVisitor = (text: string | undefined, key: SigningKey): string | undefined => {
  const visitor_id = text === undefined ? undefined : verified(text, key, PURPOSE);
  return visitor_id !== undefined && isUuid(visitor_id) ? visitor_id : undefined;
};

/** Writes the visitor's cookie. */
export const visitorCookie = (visitor_id: string, key: SigningKey, secure: boolean): string => setCookie(VISITOR_COOKIE, signVisitor(visitor_id, key), visitorCookieRules(secure));
