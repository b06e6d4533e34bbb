import type { Call, Caller } from '../../shared/http/call.ts';

/** How an actor may be called; whatever else is sent is cut down to this. */
const NAME = /^[\p{L}\p{N} .@_-]{1,100}$/u;

/** Who acts, for the audit: the account that admin-app names, where the caller holds the API token; else the token itself. */
export const actorOf = (call: Call, caller: Caller): string => {
  const header = call.headers['fairsplit-actor'];
  if (caller !== 'api' || typeof header !== 'string') return `${caller}-token`;
  // Node reads header bytes as Latin-1; names are sent as UTF-8 or percent-encoded.
  const name = decoded(header);
  return NAME.test(name) ? name : 'api-token';
};

const decoded = (header: string): string => {
  try {
    return decodeURIComponent(Buffer.from(header, 'latin1').toString('utf8')).trim();
  } catch {
    return header.trim();
  }
};
