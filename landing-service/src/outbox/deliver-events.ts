import { isoTime } from '../../../shared/clock.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { EventsAnswer } from '../../../shared/contract/event.ts';
import type { Peer } from '../../../shared/http/peer.ts';
import { answerKind } from './answer-kind.ts';
import type { DeliveryResult } from './delivery.ts';
import type { StoredItem } from './outbox-store.ts';

/** The members of an answer that say which events were refused, also in a problem (400) when it was all of them. */
const refusedIn = (text: string): EventsAnswer['rejected'] | undefined => {
  try {
    const { rejected } = JSON.parse(text) as Partial<EventsAnswer>;
    return Array.isArray(rejected) ? rejected : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Sends events to metrics-service. Each carries the moment of this very sending: metrics-service takes the time that an event has waited
 * from it, so an hour in the outbox moves no event.
 */
export const deliverEvents = (peer: Peer, clock: Clock) => async (items: readonly StoredItem[]): Promise<DeliveryResult> => {
  const ending = `,"sent_at":"${isoTime(clock())}"}`;
  const body = `{"events":[${items.map((item) => item.body.slice(0, -1) + ending).join(',')}]}`;
  try {
    const answer = await peer.call({ method: 'POST', path: '/events', body });
    const kind = answerKind(answer);
    const rejected = refusedIn(answer.text);
    if (kind === 'arrived' || (kind === 'refused' && rejected !== undefined && rejected.length === items.length))
      return { kind: 'arrived', refused: (rejected ?? []).map(({ index, errors }) => ({ index, reason: errors.map(({ field, message }) => `${field} ${message}`).join('; ') })) };
    return { kind, reason: `metrics-service answered ${answer.status}` };
  } catch (error) {
    return { kind: 'away', reason: error instanceof Error ? error.message : String(error) };
  }
};
