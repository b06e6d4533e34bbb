import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import type { Assets } from '../../../shared/http/static.ts';

/** `GET /tracker.js`: the tracking script under a name that does not change, for sites of one's own elsewhere. */
export const trackerRoutes = (assets: Assets): readonly Route[] => [
  route('GET /tracker.js', {
    summary: 'Sends the tracking script',
    access: 'open',
    origin: 'any',
    handle: ({ call }) => {
      const reply = assets.reply('tracker.ts', call.headers['if-none-match'], 'public, max-age=3600');
      return { ...reply, headers: { ...reply.headers, 'cross-origin-resource-policy': 'cross-origin' } };
    },
  }),
];
