import type { Peer } from '../../../shared/http/peer.ts';
import { PeerAway } from '../../../shared/http/peer.ts';
import { Problem } from '../../../shared/problem.ts';

/** What a signed preview link shows. */
export interface PreviewContent {
  readonly page: string | null;
  readonly experiment: string;
  readonly variant: string;
  readonly configuration_json: Readonly<Record<string, unknown>>;
}

const TOKEN_LENGTH_MAX = 1_024;
const RETRY_AFTER_SECONDS = 5;

/** Asks ab-service, which alone can read them, what a preview's token stands for; throws Problem `not_found`, or `overloaded` while nobody answers. */
export const previewContent = async (ab: Peer, token: string): Promise<PreviewContent> => {
  const gone = new Problem('not_found', 'This preview does not exist, or no longer.');
  if (token === '' || token.length > TOKEN_LENGTH_MAX) throw gone;
  try {
    const { status, body } = await ab.json({ method: 'GET', path: `/previews/${encodeURIComponent(token)}` });
    if (status === 200) return body as PreviewContent;
    if (status === 404 || status === 400) throw gone;
  } catch (error) {
    if (!(error instanceof PeerAway)) throw error;
  }
  throw new Problem('overloaded', 'The preview cannot be read at the moment.', { retry_after_seconds: RETRY_AFTER_SECONDS });
};
