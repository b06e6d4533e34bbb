import type { PeerAnswer } from '../../../shared/http/peer.ts';

/** Statuses that say "not now" or "not you", whatever was sent: the items themselves are not at fault. */
const LATER = new Set([401, 403, 404, 408, 421, 429]);

/** Whether the other side took a batch, found fault with it, or must be asked again later. */
export const answerKind = ({ status }: Pick<PeerAnswer, 'status'>): 'arrived' | 'refused' | 'away' => {
  if (status >= 200 && status < 300) return 'arrived';
  return status >= 400 && status < 500 && !LATER.has(status) ? 'refused' : 'away';
};
