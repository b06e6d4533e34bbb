import type { ImportAnswer } from '../../shared/contract/event.ts';
import { Peer, PeerAway } from '../../shared/http/peer.ts';
import { IMPORT_LINES_AT_ONCE } from '../../shared/import-lines.ts';

const CHUNK_TIMEOUT_MS = 120_000;
const RETRY_FOR_MS = 60_000;
const RETRY_EVERY_MS = 500;

/** A refusal that sending again does not mend. */
export class ImportRefused extends Error {}

/** Sends lines, no more than are stored together, to `POST /import`, which tells of each that it rejects; while metrics-service is away it tries again for a minute, which is harmless: every line is idempotent. */
export const sendLines = async (peer: Peer, body: Uint8Array, wait: (milliseconds: number) => Promise<unknown>, now: () => number = () => performance.now()): Promise<ImportAnswer> => {
  const until = now() + RETRY_FOR_MS;
  for (;;) {
    try {
      const answer = await peer.call({ method: 'POST', path: `/import?errors=${IMPORT_LINES_AT_ONCE}`, body, headers: { 'content-type': 'application/x-ndjson' }, timeout_ms: CHUNK_TIMEOUT_MS });
      if (answer.status === 200) return JSON.parse(answer.text) as ImportAnswer;
      if (answer.status !== 503 && answer.status !== 507) throw new ImportRefused(`metrics-service answered ${answer.status}: ${answer.text.slice(0, 300)}`);
      if (now() > until) throw new ImportRefused(`metrics-service answered ${answer.status} for a minute`);
    } catch (error) {
      if (!(error instanceof PeerAway) || now() > until) throw error;
    }
    await wait(RETRY_EVERY_MS);
  }
};
