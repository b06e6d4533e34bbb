import type { AssignmentAnswer } from '../../../shared/contract/experiment.ts';
import type { Peer } from '../../../shared/http/peer.ts';
import type { Log } from '../../../shared/log.ts';
import { answerKind } from './answer-kind.ts';
import type { DeliveryResult } from './delivery.ts';
import type { StoredItem } from './outbox-store.ts';

/** What is delivered to ab-service: what a visitor was shown while it was away. */
export interface LateAssignment {
  readonly visitor_id: string;
  readonly experiment: string;
  readonly variant_id: string;
  readonly assignment_timestamp: string;
}

const answersIn = (text: string): readonly Partial<AssignmentAnswer>[] => {
  const { assignments } = JSON.parse(text) as { readonly assignments?: unknown };
  return Array.isArray(assignments) ? assignments : [];
};

/**
 * Sends assignments to ab-service. Where it had another variant stored for a visitor, that one stands in the results, while the visitor
 * keeps what they have been shown (a page that changes under somebody helps nobody): such a pair is logged and handed to `onDifferent`.
 */
export const deliverAssignments =
  (peer: Peer, log: Log, onDifferent: () => void) =>
  async (items: readonly StoredItem[]): Promise<DeliveryResult> => {
    try {
      const answer = await peer.call({ method: 'POST', path: '/assign', body: `{"assignments":[${items.map(({ body }) => body).join(',')}]}` });
      const kind = answerKind(answer);
      if (kind !== 'arrived') return { kind, reason: `ab-service answered ${answer.status}` };
      const answers = answersIn(answer.text);
      items.forEach((item, index) => {
        const given = JSON.parse(item.body) as LateAssignment;
        const stored = answers[index];
        if (stored?.variant_id === given.variant_id && stored.assignment_timestamp !== null) return;
        onDifferent();
        log.warn('ab-service keeps another variant than a visitor was shown while it was away', { experiment: given.experiment, shown: given.variant_id, kept: stored?.variant_id ?? '' });
      });
      return { kind: 'arrived', refused: [] };
    } catch (error) {
      return { kind: 'away', reason: error instanceof Error ? error.message : String(error) };
    }
  };
