import { Problem } from '../../../shared/problem.ts';
import type { Role } from '../account/account.ts';
import type { PeerName } from './peers.ts';

const PREFIX = /^\/api\/(ab|metrics|landing)(\/.*)$/;
/** What an editor may change: experiments, toggles, the switch over all experiments. */
const EDITORS = /^\/(experiments|api\/toggles|config)(\/|$)/;
/** These compute and change nothing. */
const CALCULATIONS = /^\/(analysis|sample-size)$/;

/** Whole databases, with what signs and unlocks: for the machine that keeps backups, never for a browser. */
const MACHINES_ONLY = /^\/backup(\/|$)/;

/** Where a call to the gateway goes. */
export interface Passage {
  readonly peer: PeerName;
  readonly path: string;
}

const recode = (segment: string): string => {
  let text: string;
  try {
    text = decodeURIComponent(segment);
  } catch {
    throw new Problem('malformed', 'The path is not valid percent-encoded UTF-8.');
  }
  if (text === '.' || text === '..') throw new Problem('malformed', 'The path must not climb.');
  return encodeURIComponent(text);
};

/** Reads `/api/{ab,metrics,landing}/…`; undefined for any other path. The rest is decoded and encoded anew, so that both services read it alike. */
export const passageOf = (path: string): Passage | undefined => {
  const [, peer, rest = ''] = PREFIX.exec(path) ?? [];
  return peer === undefined ? undefined : { peer: peer as PeerName, path: rest.split('/').map(recode).join('/') };
};

/** Answers whether only the API token opens a path, and no session. */
export const isForMachines = ({ path }: Passage): boolean => MACHINES_ONLY.test(path);

/** The role that a call through the gateway takes. */
export const roleFor = (method: string, { peer, path }: Passage): Role => {
  if (method === 'GET' || method === 'HEAD') return 'viewer';
  if (peer === 'metrics' && method === 'POST' && CALCULATIONS.test(path)) return 'viewer';
  return peer === 'ab' && EDITORS.test(path) ? 'editor' : 'admin';
};
