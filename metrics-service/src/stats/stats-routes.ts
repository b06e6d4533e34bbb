import type { StatsAnswer, VariantStats } from '../../../shared/contract/stats.ts';
import { jsonReply } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { named, text } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import { integer, number, string, timestamp } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { HOMEPAGE } from '../event/recordable-event.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import { statsOf } from './stats.ts';
import type { StatsStore } from './stats-store.ts';

interface StatsQuery {
  readonly experiment?: string;
  readonly variant?: string;
  readonly event_type?: string;
  readonly from?: number;
  readonly to?: number;
}

const QUERY = object<StatsQuery>({
  experiment: optional(string({ max: 256, description: 'Id or key; `homepage` where absent.', example: 'homepage' })),
  variant: optional(string({ max: 64, description: 'This variant alone.' })),
  event_type: optional(string({ max: 64, description: 'Events of this type alone.' })),
  from: optional(timestamp({ description: 'From this time on.' })),
  to: optional(timestamp({ description: 'Before this time.' })),
});

const share = (description: string) => nullable(number({ min: 0 }), { description });

const STATS = object<StatsAnswer>({
  experiment: text({ description: 'As it was asked for.' }),
  total_events: integer({ min: 0 }),
  total_visitors: integer({ min: 0 }),
  variants: named(
    object<VariantStats>(
      {
        visitors: integer({ min: 0 }),
        events: named(integer({ min: 0 }), { description: 'By type.' }),
        conversion_rate: share('`form_submit` events over `page_view` events; null without page views.'),
        visitor_conversion_rate: share('Visitors with a `form_submit` over visitors; null without visitors.'),
      },
      { title: 'VariantStats' },
    ),
    { description: 'By variant name.' },
  ),
});

const STATS_EXAMPLE: StatsAnswer = {
  experiment: 'homepage',
  total_events: 5,
  total_visitors: 3,
  variants: { A: { visitors: 2, events: { page_view: 2, form_submit: 1 }, conversion_rate: 0.5, visitor_conversion_rate: 0.5 }, B: { visitors: 1, events: { page_view: 2 }, conversion_rate: 0, visitor_conversion_rate: 0 } },
};

/** `GET /stats`: how many events and visitors each variant has; nothing about one person. */
export const statsRoutes = (stats: StatsStore, experiments: ExperimentStore): readonly Route[] => [
  route('GET /stats', {
    summary: 'Counts events and visitors by variant',
    description: 'An event counts with the variant that it names, else with that of its visitor. Aggregates only: nothing about one person. Whole figures cost the same at any number of events; those of a stretch of time are counted from its events.',
    access: 'open',
    rate: 'stats',
    query: QUERY,
    answers: { 200: { description: 'The counts; an experiment that is not known (yet) has none.', schema: STATS, example: STATS_EXAMPLE }, 503: { description: 'Too many stretches of time are being counted; Retry-After says when to come back.' } },
    handle: async ({ query }) => {
      const { experiment = HOMEPAGE, from, to } = query;
      const known = experiments.findName(experiment);
      const cells = known === undefined ? [] : from === undefined && to === undefined ? stats.cells(known.experiment) : await stats.cellsBetween(known.experiment, from ?? 0, to ?? Number.MAX_SAFE_INTEGER);
      return jsonReply(200, statsOf(experiment, cells, query), { 'cache-control': 'no-store' });
    },
  }),
];
