import { Problem } from '../problem.ts';
import type { Handler } from './call.ts';
import { problemReply } from './problem-reply.ts';

const VALID_HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]{1,253})(:\d{1,5})?$/i;

/** A `Host` without its port, lower-case; undefined if it is none. */
export const hostNameOf = (host: string): string | undefined => VALID_HOST.exec(host)?.[1]?.toLowerCase();

/** Refuses (421) a `Host` that is not listed, so that a name somebody else controls cannot be pointed at this service (DNS rebinding); `null` allows every valid one. */
export const requireHost = (hosts: readonly string[] | null, app: Handler): Handler => {
  const allowed = hosts === null ? null : new Set(hosts);
  return (call) => {
    const name = hostNameOf(call.host);
    if (name === undefined) return problemReply(new Problem('malformed', 'The Host header is missing or no host.'));
    if (allowed !== null && !allowed.has(name)) return problemReply(new Problem('misdirected', 'This host name is not served here (ALLOWED_HOSTS lists those that are).'));
    return app(call);
  };
};
