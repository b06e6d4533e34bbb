import { readForm } from '../../../shared/http/body.ts';
import { emptyReply, seeOther } from '../../../shared/http/call.ts';
import type { Call, Reply } from '../../../shared/http/call.ts';
import type { Peer, PeerCall } from '../../../shared/http/peer.ts';
import { PeerAway } from '../../../shared/http/peer.ts';
import type { Route } from '../../../shared/http/route.ts';
import { Problem } from '../../../shared/problem.ts';
import type { ProblemKind } from '../../../shared/problem.ts';
import type { Door } from '../session/door.ts';
import type { Session } from '../session/session.ts';

/** What the switches work with. */
export interface SwitchRouteNeeds {
  readonly ab: Peer;
  readonly door: Door;
}

const KINDS: ReadonlyMap<number, ProblemKind> = new Map([
  [400, 'malformed'],
  [404, 'not_found'],
  [409, 'conflict'],
  [412, 'stale'],
  [428, 'precondition_required'],
  [507, 'disk_full'],
]);
const STATUSES = ['RUNNING', 'PAUSED'];

/** Tells ab-service in somebody's name; what it refuses is thrown on in its own words. */
const tell = async (ab: Peer, { account }: Session, call: Omit<PeerCall, 'body'>, body: unknown): Promise<void> => {
  const answer = await ab.json({ ...call, body, headers: { ...call.headers, 'fairsplit-actor': account } }).catch((error: unknown) => {
    if (error instanceof PeerAway) throw new Problem('overloaded', 'ab-service is away, so nothing was changed. Try again when it is back.', { retry_after_seconds: 2 });
    throw error;
  });
  if (answer.status < 400) return;
  const detail = (answer.body as { detail?: unknown } | null)?.detail;
  throw new Problem(KINDS.get(answer.status) ?? 'overloaded', typeof detail === 'string' ? detail : `ab-service answered ${answer.status}.`);
};

/** A script wants to know that it is done; a browser wants to be back where it was. */
const done = (call: Call, form: URLSearchParams): Reply => {
  if (!call.headers.accept?.includes('text/html')) return emptyReply();
  const experiment = form.get('experiment');
  return seeOther(experiment === null ? '/' : `/?experiment=${encodeURIComponent(experiment)}`);
};

const wantedState = (form: URLSearchParams): boolean => {
  const enabled = form.get('enabled');
  if (enabled !== 'true' && enabled !== 'false') throw new Problem('invalid', 'Say what the switch should be.', { faults: [{ field: '/enabled', message: 'must be true or false' }] });
  return enabled === 'true';
};

/** The switches of the overview: `POST /toggles/{key}`, `/experiment-switch` and `/experiments/{id}/status`. */
export const switchRoutes = ({ ab, door }: SwitchRouteNeeds): readonly Route[] => [
  door.route('POST /toggles/{key}', {
    summary: 'Switches a toggle',
    role: 'editor',
    handle: async ({ call, parameters }, session) => {
      const form = await readForm(call);
      await tell(ab, session, { method: 'POST', path: '/config' }, { toggles: { [parameters.key]: wantedState(form) } });
      return done(call, form);
    },
  }),
  door.route('POST /experiment-switch', {
    summary: 'Switches all experiments',
    role: 'editor',
    handle: async ({ call }, session) => {
      const form = await readForm(call);
      await tell(ab, session, { method: 'POST', path: '/config' }, { experiment_enabled: wantedState(form) });
      return done(call, form);
    },
  }),
  door.route('POST /experiments/{id}/status', {
    summary: 'Pauses or resumes an experiment',
    role: 'editor',
    handle: async ({ call, parameters }, session) => {
      const form = await readForm(call);
      const status = form.get('status') ?? '';
      const version = form.get('version') ?? '';
      if (!STATUSES.includes(status)) throw new Problem('invalid', 'An experiment is paused or resumed.', { faults: [{ field: '/status', message: `must be one of ${STATUSES.join(', ')}` }] });
      const headers: Record<string, string> = /^\d{1,15}$/.test(version) ? { 'if-match': `"${version}"` } : {};
      await tell(ab, session, { method: 'PATCH', path: `/experiments/${encodeURIComponent(parameters.id)}`, headers }, { status });
      return done(call, form);
    },
  }),
];
