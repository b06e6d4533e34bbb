import type { Handler, Reply } from './call.ts';

const PREFLIGHT_HEADERS = 'content-type, authorization, x-api-key, if-none-match, if-match, last-event-id';
const EXPOSED = 'etag, retry-after, x-request-id';

const withOrigin = (reply: Reply, origin: string): Reply => ({
  ...reply,
  headers: { ...reply.headers, 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, 'cross-origin-resource-policy': 'cross-origin', vary: 'Origin' },
});

const preflight = (origin: string): Reply =>
  withOrigin({ status: 204, headers: { 'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE', 'access-control-allow-headers': PREFLIGHT_HEADERS, 'access-control-max-age': '600' } }, origin);

/** Lets the pages of the listed origins call: answers their preflights and marks every answer, refusals included, as readable by them. */
export const allowOrigins = (origins: readonly string[], app: Handler): Handler => (call) => {
  const { origin } = call.headers;
  if (origin === undefined || !origins.includes(origin)) return app(call);
  if (call.method === 'OPTIONS' && call.headers['access-control-request-method'] !== undefined) return preflight(origin);
  const reply = app(call);
  return reply instanceof Promise ? reply.then((settled) => withOrigin(settled, origin)) : withOrigin(reply, origin);
};
