import type { Call } from '../../../shared/http/call.ts';
import { readCookies, setCookie } from '../../../shared/http/cookies.ts';
import { Problem } from '../../../shared/problem.ts';
import { SESSION_AGE_MS } from './session.ts';

const NAME = 'fairsplit_session';
const TOKEN = /^[\w-]{43}$/;

/** The origin that a call's own pages have: as the browser sees it, even behind a proxy that tells us nothing. */
export const ownOrigin = (call: Call, admin_url: string): string =>
  new URL(admin_url).host === call.host ? admin_url : `${call.secure ? 'https' : 'http'}://${call.host}`;

/**
 * Throws Problem `forbidden` unless a call that changes something comes from a page of this very origin. SameSite does not tell
 * ports apart, so the page on :8080 sends our cookie too; a browser always names the origin of such a call, and cannot be made to lie.
 */
export const requireOwnOrigin = (call: Call, admin_url: string): void => {
  const site = call.headers['sec-fetch-site'];
  if (call.headers.origin === ownOrigin(call, admin_url) && (site === undefined || site === 'same-origin')) return;
  throw new Problem('forbidden', 'This did not come from a page of this admin. Open the admin by its own address and try again.');
};

const isSecure = (call: Call, admin_url: string): boolean => ownOrigin(call, admin_url).startsWith('https:');

/** Under https the prefix keeps pages of other ports and plain http from planting the cookie. */
const nameFor = (secure: boolean): string => (secure ? `__Host-${NAME}` : NAME);

/** The session's token that a call carries, if any. */
export const sessionToken = (call: Call, admin_url: string): string | undefined => {
  const name = nameFor(isSecure(call, admin_url));
  const token = readCookies(call.headers.cookie, [name]).get(name);
  return token !== undefined && TOKEN.test(token) ? token : undefined;
};

/** The header that hands a session to the browser, or takes it back when `token` is empty. */
export const sessionCookie = (call: Call, admin_url: string, token: string): string => {
  const secure = isSecure(call, admin_url);
  return setCookie(nameFor(secure), token, { max_age_seconds: token === '' ? 0 : SESSION_AGE_MS / 1000, same_site: 'Strict', secure });
};
