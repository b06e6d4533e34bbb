import { jsonReply } from '../../../shared/http/call.ts';
import type { Reply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { PAGE_MAX } from '../../../shared/page-cursor.ts';
import { array, object } from '../../../shared/schema/composites.ts';
import type { Shape } from '../../../shared/schema/composites.ts';
import { integer, oneOf, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { EVENT_SHARES_EXAMPLE, eventSharesAnswer, FUNNEL_EXAMPLE, funnelAnswer, PAGES_EXAMPLE, pagesAnswer, SERIES_EXAMPLE, seriesAnswer, sharesAnswer, sharesExample, SUMMARY_EXAMPLE, summaryAnswer } from './analytics-answers.ts';
import { ANALYTICS_MEMBERS, ANALYTICS_QUERY } from './analytics-query.ts';
import type { AnalyticsQuery } from './analytics-query.ts';
import type { Analytics, FunnelWish, ListWish, SessionTrait } from './analytics.ts';

const LIST_MEMBERS: Shape<ListWish> = {
  limit: optional(integer({ min: 1, max: PAGE_MAX, description: 'How many at most.', example: 20 })),
  cursor: optional(string({ max: 4_096, description: 'Where the page before ended: its `next_cursor`.' })),
};
const LIST_QUERY = object<AnalyticsQuery & ListWish>({ ...ANALYTICS_MEMBERS, ...LIST_MEMBERS });
const SOURCES_QUERY = object<AnalyticsQuery & ListWish & { by?: 'channel' | 'source' | 'medium' | 'campaign' }>({
  ...ANALYTICS_MEMBERS,
  ...LIST_MEMBERS,
  by: optional(oneOf(['channel', 'source', 'medium', 'campaign'], { description: '`source` where absent.' })),
});
const SERIES_QUERY = object<AnalyticsQuery & { interval?: 'hour' | 'day' | 'week' }>({ ...ANALYTICS_MEMBERS, interval: optional(oneOf(['hour', 'day', 'week'], { description: '`day` where absent; weeks begin on Monday.' })) });
const FUNNEL_BODY = object<AnalyticsQuery & FunnelWish>({
  ...ANALYTICS_MEMBERS,
  steps: array(string({ min: 1, max: 193, description: '`event_type` or `event_type:event_name`.' }), { min: 2, max: 8, example: ['page_view', 'cta_click', 'form_submit'] }),
  within_minutes: optional(integer({ min: 1, max: 527_040, description: 'How long after the first step the last one may be; any time where absent.' })),
  by_variant_of: optional(string({ min: 1, max: 256, description: 'Id or key of an experiment: adds the same by variant.' })),
});
const SHARED_WORDS = 'About the sessions that begin on these days, whole. Days and filters as in `GET /analytics/summary`.';

const reply = (value: unknown): Reply => jsonReply(200, value, { 'cache-control': 'no-store' });

/** `GET /analytics/…` and `POST /analytics/funnel`: visits, where they come from and what becomes of them. */
export const analyticsRoutes = (analytics: Analytics): readonly Route[] => {
  const list = <Name extends string>(path: Name, summary: string, trait: SessionTrait, example: string): Route =>
    route(`GET /analytics/${path}`, {
      summary,
      description: SHARED_WORDS,
      access: 'api',
      query: LIST_QUERY,
      answers: { 200: { description: 'The values, most visitors first.', schema: sharesAnswer, example: sharesExample(example) } },
      handle: async ({ query }) => reply(await analytics.traits(query, trait)),
    });
  return [
    route('GET /analytics/summary', {
      summary: 'Counts visitors, sessions and views, and compares them with the days before',
      description: 'About the sessions that begin on these days, whole: a session is what a visitor does without a pause of more than 30 minutes.',
      access: 'api',
      query: ANALYTICS_QUERY,
      answers: { 200: { description: 'The figures, and those of as many days before.', schema: summaryAnswer, example: SUMMARY_EXAMPLE } },
      handle: async ({ query }) => reply(await analytics.summary(query)),
    }),
    route('GET /analytics/series', {
      summary: 'Counts visitors, sessions and views by hour, day or week',
      description: SHARED_WORDS,
      access: 'api',
      query: SERIES_QUERY,
      answers: { 200: { description: 'Every stretch of time, also those without a session.', schema: seriesAnswer, example: SERIES_EXAMPLE } },
      handle: async ({ query }) => reply(await analytics.series(query, query.interval ?? 'day')),
    }),
    route('GET /analytics/sources', {
      summary: 'Lists where visits come from: by channel, source, medium or campaign',
      description: SHARED_WORDS,
      access: 'api',
      query: SOURCES_QUERY,
      answers: { 200: { description: 'The values, most visitors first.', schema: sharesAnswer, example: sharesExample('news.example.com') } },
      handle: async ({ query }) => reply(await analytics.traits(query, query.by ?? 'source')),
    }),
    list('devices', 'Lists kinds of devices', 'device', 'mobile'),
    list('browsers', 'Lists browsers', 'browser', 'firefox'),
    list('languages', 'Lists languages', 'language', 'de'),
    list('entries', 'Lists the paths on which visits begin', 'path', '/'),
    route('GET /analytics/pages', {
      summary: 'Lists the paths that were viewed',
      description: SHARED_WORDS,
      access: 'api',
      query: LIST_QUERY,
      answers: { 200: { description: 'The paths, most views first.', schema: pagesAnswer, example: PAGES_EXAMPLE } },
      handle: async ({ query }) => reply(await analytics.pages(query)),
    }),
    route('GET /analytics/events', {
      summary: 'Lists the kinds of events',
      description: SHARED_WORDS,
      access: 'api',
      query: LIST_QUERY,
      answers: { 200: { description: 'Types and names, most events first.', schema: eventSharesAnswer, example: EVENT_SHARES_EXAMPLE } },
      handle: async ({ query }) => reply(await analytics.events(query)),
    }),
    route('POST /analytics/funnel', {
      summary: 'Counts how many visitors come how far along some steps',
      description: 'Each step is an event after that of the step before. Days and filters may be in the query or in the body, where they win.',
      access: 'api',
      query: ANALYTICS_QUERY,
      body: FUNNEL_BODY,
      examples: { contact: { summary: 'From the page to the form, by variant', value: { steps: ['page_view', 'cta_click', 'form_submit'], within_minutes: 60, by_variant_of: 'homepage' } } },
      answers: { 200: { description: 'Visitors at each step.', schema: funnelAnswer, example: FUNNEL_EXAMPLE } },
      handle: async ({ query, body }) => reply(await analytics.funnel({ ...query, ...body }, body)),
    }),
  ];
};
