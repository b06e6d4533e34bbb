import type { Clock } from '../../../shared/clock.ts';
import type { Reply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { object } from '../../../shared/schema/composites.ts';
import { string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import type { SigningKey } from '../../../shared/signature.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { EventDoor } from './event-door.ts';
import { outboxEvent } from './outbox-event.ts';
import { requestContext } from './request-context.ts';
import { readView, viewTime } from './view-token.ts';

/** A transparent GIF of one pixel: 43 bytes. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
/** How long after its rendering a page's pixel counts (milliseconds). */
const VIEW_AGE_MS_MAX = 86_400_000;
const PATH_MAX = 2_048;

/** What the pixel works with. */
export interface PixelNeeds {
  readonly door: EventDoor;
  readonly outbox: Outbox;
  readonly key: SigningKey;
  readonly clock: Clock;
}

const REPLY: Reply = { status: 200, type: 'image/gif', headers: { 'cache-control': 'no-store' }, body: GIF };

/** `GET /pixel`: the `page_view` of a browser without JavaScript. Only what a rendering signed is counted, and once; anybody gets the picture. */
export const pixelRoutes = ({ door, outbox, key, clock }: PixelNeeds): readonly Route[] => [
  route('GET /pixel', {
    summary: 'Counts a page view where JavaScript is off',
    access: 'open',
    origin: 'any',
    rate: 'events',
    query: object<{ view?: string }>({ view: optional(string({ max: 2_048 })) }),
    handle: async ({ call, query }) => {
      const view = query.view === undefined ? undefined : readView(query.view, key);
      const now = clock();
      if (view === undefined || view.visitor_id === null || now - viewTime(view) > VIEW_AGE_MS_MAX || !door.counts(call)) return REPLY;
      const path = view.page === 'home' ? '/' : `/${view.page}`;
      const { visitor_id, experiment, variant } = view;
      const event = { event_id: view.view_id, visitor_id, event_type: 'page_view', experiment, variant, at: Math.min(now, viewTime(view)), context: { ...requestContext(call), path: path.slice(0, PATH_MAX) } };
      await outbox.add([outboxEvent(event, now)]);
      return REPLY;
    },
  }),
];
