import type { Call, Handler, Reply } from '../../../shared/http/call.ts';
import { Problem } from '../../../shared/problem.ts';
import type { Guards } from '../../../shared/http/router.ts';
import type { Door } from '../session/door.ts';
import { isForMachines, passageOf, roleFor } from './gateway-rules.ts';
import type { Passage } from './gateway-rules.ts';
import type { Peers } from './peers.ts';

/** What the gateway works with. */
export interface GatewayNeeds {
  readonly peers: Peers;
  readonly door: Door;
  readonly guards: Guards;
}

/** What is passed on, and nothing else: no cookie, no token, no origin, nothing about the connection. */
const TO_PEER = ['accept', 'content-type', 'content-length', 'if-match', 'if-none-match', 'last-event-id', 'range'];
const TO_CLIENT = ['content-type', 'content-length', 'content-range', 'content-disposition', 'accept-ranges', 'allow', 'cache-control', 'etag', 'last-modified', 'retry-after'];
/** How long another service may take until its answer begins; the body may take as long as it likes. */
const ANSWER_MS = 30_000;

const pass = (peers: Peers, call: Call, { peer, path }: Passage, actor: string): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const headers: Record<string, string> = { 'fairsplit-actor': actor };
    for (const name of TO_PEER) {
      const value = call.headers[name];
      if (typeof value === 'string') headers[name] = value;
    }
    const search = call.query.size > 0 ? `?${call.query}` : '';
    const outgoing = peers[peer].open({ method: call.method, path: path + search, headers });
    const timer = setTimeout(() => outgoing.destroy(new Error('no answer')), ANSWER_MS);
    outgoing.once('error', () => {
      clearTimeout(timer);
      reject(new Problem('overloaded', `${peer} does not answer at present.`, { retry_after_seconds: 1 }));
    });
    outgoing.once('response', (incoming) => {
      clearTimeout(timer);
      const answer: Record<string, string> = {};
      for (const name of TO_CLIENT) {
        const value = incoming.headers[name];
        if (typeof value === 'string') answer[name] = value;
      }
      const empty = call.method === 'HEAD' || incoming.statusCode === 204 || incoming.statusCode === 304;
      if (empty) {
        delete answer['content-length'];
        incoming.resume();
      }
      const { 'content-type': type, ...rest } = answer;
      resolve({ status: incoming.statusCode ?? 502, ...(type === undefined ? {} : { type }), headers: rest, ...(empty ? {} : { body: incoming }) });
    });
    call.input.once('error', () => outgoing.destroy());
    call.input.pipe(outgoing);
  });

/**
 * Lets browsers and machines reach the other services through this one, at `/api/{ab,metrics,landing}/…`: by session and role,
 * or with the API token. Bodies stream both ways.
 */
export const gateway = ({ peers, door, guards }: GatewayNeeds, app: Handler): Handler => (call) => {
  const passage = passageOf(call.path);
  if (passage === undefined) return app(call);
  if (guards.identify(call) === 'api') return pass(peers, call, passage, 'api-token');
  if (isForMachines(passage)) throw new Problem('unauthenticated', 'This takes the API token: Authorization: Bearer <token>.');
  return pass(peers, call, passage, door.require(call, roleFor(call.method, passage)).account);
};
