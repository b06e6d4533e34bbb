import { randomFillSync } from 'node:crypto';
import { HTML_TYPE } from '../../../shared/http/call.ts';
import type { Reply } from '../../../shared/http/call.ts';

const NONCE_BYTES = 16;
const POOL_NONCES = 256;

/** Makes a source of nonces; random bytes are drawn for many at once, as asking for a few costs as much. */
export const createNonceSource = (fill: (bytes: Buffer) => unknown = randomFillSync): (() => string) => {
  const pool = Buffer.alloc(NONCE_BYTES * POOL_NONCES);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      fill(pool);
      used = 0;
    }
    used += NONCE_BYTES;
    return pool.toString('base64', used - NONCE_BYTES, used);
  };
};

/** Makes the random word that lets one answer's own scripts and styles run and no others. */
export const freshNonce: () => string = createNonceSource();

/** Answers with a page. `framed_by` is an origin that may show it in a frame: admin-app's, for previews. */
export const pageReply = (status: number, nonce: string, body: string, cookies: readonly string[], framed_by?: string): Reply => ({
  status,
  type: HTML_TYPE,
  headers: {
    'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ${framed_by ?? "'none'"}`,
    'cache-control': 'private, no-store',
    // Our own pages may know where a visitor came from within the site; other sites learn the origin alone.
    'referrer-policy': 'strict-origin-when-cross-origin',
    ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
  },
  body,
});
