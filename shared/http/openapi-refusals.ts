import type { JsonSchema } from '../schema/schema.ts';
import { BODY_BYTES_MAX } from './body.ts';
import { RATE_LIMITS } from './rate-limit.ts';
import type { Route } from './route.ts';

/** What a route may refuse with, by status, and the headers that come with it. */
export interface RefusalWords {
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Refusals that are the same on every path; they stand once in the document. */
export const REFUSALS_EVERYWHERE: Readonly<Record<number, RefusalWords & { readonly name: string }>> = {
  405: { name: 'MethodNotAllowed', description: 'The path takes other methods.', headers: { Allow: 'The methods that it takes.' } },
  421: { name: 'Misdirected', description: 'The host name that was asked is not served here: `ALLOWED_HOSTS` lists those that are.' },
};

/** Describes an RFC 9457 problem, the one shape of every refusal. */
export const PROBLEM_JSON: JsonSchema = {
  title: 'Problem',
  type: 'object',
  description: 'A refusal, after RFC 9457.',
  properties: {
    type: { type: 'string', description: 'Always `about:blank`: the status says what kind it is.' },
    title: { type: 'string', description: 'The kind, in words.' },
    status: { type: 'integer', description: 'The status code of the answer.' },
    detail: { type: 'string', description: 'What is wrong, and what would be right, for a person.' },
    errors: {
      type: 'array',
      maxItems: 100,
      description: 'Every fault of the input at once.',
      items: {
        title: 'Fault',
        type: 'object',
        properties: {
          field: { type: 'string', description: 'A JSON Pointer into the body (`/variants/0/variant_name`), or the name of a parameter.' },
          message: { type: 'string', description: 'What it must be.' },
        },
        required: ['field', 'message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail'],
};

const limitWords = ({ rate, cost }: Route): string | undefined =>
  rate === undefined ? undefined : `More than ${RATE_LIMITS[rate]} ${rate === 'stats' ? 'questions' : rate} a minute from one address${cost === undefined ? '' : ', each one in the body counted'}; a token lifts this.`;

const tokenWords = ({ access }: Route): string =>
  access === 'open' ? 'The token that was sent is not valid, or this installation wants one on every request.' : 'There is no token, or it is not valid.';

const forbiddenWords = ({ access, origin }: Route): string | undefined => {
  const page = origin === 'any' ? undefined : 'the page that asks is of an origin that `CORS_ORIGINS` does not list';
  if (access === 'open') return page === undefined ? undefined : `T${page.slice(1)}.`;
  return `The token does not allow this${page === undefined ? '' : `, or ${page}`}.`;
};

/** Works out what a route refuses with, from what it asks of a call; what it refuses by itself stands in its `answers`. */
export const refusalsOf = (route: Route): ReadonlyMap<number, RefusalWords> => {
  const { body, reads, query, path, body_bytes_max, body_types } = route;
  const found = new Map<number, RefusalWords>();
  const add = (status: number, description: string | undefined, headers?: RefusalWords['headers']): void => {
    if (description !== undefined) found.set(status, headers === undefined ? { description } : { description, headers });
  };
  const named = path.includes('{');
  const sent = body ?? reads;
  if (sent !== undefined || query !== undefined || named) add(400, `Malformed, or not acceptable${sent === undefined && query === undefined ? '' : ': `errors` names every fault'}.`);
  add(401, tokenWords(route), { 'WWW-Authenticate': '`Bearer`.' });
  add(403, forbiddenWords(route));
  // PUT makes what is not there.
  if (named && route.method !== 'PUT') add(404, 'There is nothing by this name.');
  if (body !== undefined || body_bytes_max !== undefined) add(408, 'The body did not arrive in time.');
  if (body !== undefined || (reads !== undefined && body_bytes_max !== undefined)) add(413, `The body has more than ${(body_bytes_max ?? BODY_BYTES_MAX).toLocaleString('en')} bytes.`);
  if (body !== undefined || (reads !== undefined && body_types !== undefined)) add(415, `The body is not ${(body_types ?? ['application/json']).join(' or ')}.`);
  add(429, limitWords(route), { 'Retry-After': 'Seconds until it is worth asking again.' });
  return found;
};
