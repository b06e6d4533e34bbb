import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { leadJson } from '../lead/lead-routes.ts';
import type { LeadStore } from '../lead/lead-store.ts';
import type { Delivery } from '../outbox/delivery.ts';
import type { Outbox } from '../outbox/outbox.ts';

const ITEMS_AT_ONCE = 1_000;

/** What telling and forgetting need. */
export interface VisitorNeeds {
  readonly leads: LeadStore;
  readonly outbox: Outbox;
  readonly deliveries: readonly Delivery[];
}

/** What this service stores about a person, and its erasure; experiments and events are with the other services. */
export const visitorRoutes = ({ leads, outbox, deliveries }: VisitorNeeds): readonly Route[] => {
  const eraseWaiting = async (visitor_id: string): Promise<number> => {
    // A batch under way would arrive after the erasure elsewhere: it is waited for.
    await Promise.all(deliveries.map((delivery) => delivery.settled()));
    let removed = 0;
    for (;;) {
      const items = outbox.ofVisitor(visitor_id, ITEMS_AT_ONCE);
      if (items.length === 0) return removed;
      removed += await outbox.remove(items);
    }
  };

  return [
    route('GET /visitors/{visitor_id}', {
      summary: 'Shows what is stored about a visitor',
      access: 'api',
      handle: ({ parameters: { visitor_id } }) =>
        jsonReply(
          200,
          { visitor_id, leads: leads.ofVisitor(visitor_id).map(leadJson), waiting: outbox.ofVisitor(visitor_id, ITEMS_AT_ONCE).map(({ destination, body }) => ({ destination, item: JSON.parse(body) as unknown })) },
          { 'cache-control': 'no-store' },
        ),
    }),
    route('DELETE /visitors/{visitor_id}', {
      summary: 'Erases what is stored about a visitor',
      access: 'api',
      handle: async ({ parameters: { visitor_id } }) => {
        const waiting = await eraseWaiting(visitor_id);
        return jsonReply(200, { visitor_id, leads: leads.removeVisitor(visitor_id), waiting });
      },
    }),
  ];
};
