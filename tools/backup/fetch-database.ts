import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from '../../shared/http/peer.ts';
import { StartFault } from '../../shared/start-fault.ts';
import type { ServiceDatabase } from './service-databases.ts';

/** How long a service may take to copy its database, and how long it may then send nothing (ms). */
const SILENT_MS_MAX = 30 * 60_000;
/** How often a service that is sending a backup to somebody else is asked again (ms). */
const TURN_MS = 250;
const DETAIL_BYTES_MAX = 4_096;

/** A file that was written and is on disk. */
export interface Fetched {
  readonly bytes: number;
  readonly sha256: string;
}

const hintFor = (status: number, service: string): string =>
  status === 401 || status === 403
    ? `${service} does not take the token: is it the API_TOKEN that Fairsplit runs with?`
    : status === 409
      ? `${service} is making a backup already: try again when that one is done.`
      : status === 507
        ? `${service} has no room on its disk for the copy that it sends.`
        : status === 404
          ? `${service} knows no backups: it is older than this command.`
          : `${service} answered ${status}.`;

const refusal = async (incoming: IncomingMessage, service: string): Promise<StartFault> => {
  let text = '';
  for await (const chunk of incoming) if (text.length < DETAIL_BYTES_MAX) text += String(chunk);
  let detail = '';
  try {
    detail = String((JSON.parse(text) as { detail?: unknown }).detail ?? '');
  } catch {
    // Whoever answers there is none of ours.
  }
  return new StartFault(`${hintFor(incoming.statusCode ?? 0, service)}${detail === '' ? '' : ` (${detail.slice(0, 200)})`}`);
};

const ask = async (peer: Peer, service: string): Promise<IncomingMessage> => {
  const outgoing = peer.open({ method: 'POST', path: '/backup', headers: { 'content-length': '0' } });
  outgoing.setTimeout(SILENT_MS_MAX, () => outgoing.destroy(new Error('nothing arrived for half an hour')));
  outgoing.end();
  try {
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return incoming;
  } catch (error) {
    throw new StartFault(`${service} does not answer (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}). Is Fairsplit running, on these ports?`);
  }
};

/** Asks until it is this caller's turn: a service sends one backup at a time, and another command may be at it. */
const askInTurn = async (peer: Peer, service: string, turn_ms_max: number): Promise<IncomingMessage> => {
  const until = performance.now() + turn_ms_max;
  for (;;) {
    const incoming = await ask(peer, service);
    if (incoming.statusCode !== 409 || performance.now() > until) return incoming;
    incoming.resume();
    await sleep(TURN_MS);
  }
};

/**
 * Fetches a running service's database into a file (0600), as it arrives; it is whole, its digest compared, and on disk when this resolves. Waits for as long as
 * `turn_ms_max` while the service sends a backup to somebody else. Throws StartFault when the service is not there, refuses, or breaks off.
 */
export const fetchDatabase = async (
  peer: Peer,
  { service }: Pick<ServiceDatabase, 'service'>,
  path: string,
  onBytes: (done: number, total: number) => void,
  turn_ms_max: number = SILENT_MS_MAX,
): Promise<Fetched> => {
  const incoming = await askInTurn(peer, service, turn_ms_max);
  if (incoming.statusCode !== 200) throw await refusal(incoming, service);
  const total = Number(incoming.headers['content-length']);
  const digest = /sha-256=:([^:]+):/.exec(String(incoming.headers['content-digest']))?.[1];
  if (!(total > 0) || digest === undefined) throw new StartFault(`${service} answered something that is no backup.`);

  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      hash.update(chunk);
      await file.writeFile(chunk);
      bytes += chunk.length;
      onBytes(bytes, total);
    }
    await file.sync();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new StartFault(code === 'ENOSPC' || code === 'EDQUOT' ? `The disk of ${path} is full.` : `The backup of ${service} broke off after ${bytes} of ${total} bytes (${code ?? (error as Error).message}).`);
  } finally {
    await file.close();
  }
  const sha256 = hash.digest();
  if (bytes !== total || sha256.toString('base64') !== digest) throw new StartFault(`The backup of ${service} did not arrive as it was sent: ${bytes} of ${total} bytes.`);
  return { bytes, sha256: sha256.toString('hex') };
};
