import type { AnalyticsBucket, AnalyticsPeriod, EventShare, FunnelAnswer, FunnelStep, PageShare, SeriesAnswer, SessionFigures, SessionShare, ShareListAnswer, SummaryAnswer, SummaryFigures } from '../../../shared/contract/analytics.ts';
import { list, text, time } from '../../../shared/schema/answers.ts';
import { nullable, object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema, Shape } from '../../../shared/schema/composites.ts';
import { integer, number, oneOf } from '../../../shared/schema/scalars.ts';
import type { Schema } from '../../../shared/schema/schema.ts';
import { optional } from '../../../shared/schema/schema.ts';

const count = integer({ min: 0 });
const share = (description: string) => nullable(number({ min: 0, max: 1 }), { description });
const amount = (description: string) => nullable(number({ min: 0 }), { description });
const change = nullable(number(), { description: 'Relative: 0.1 is a tenth more; null where there was nothing before.' });

const period: Shape<AnalyticsPeriod> = { from: text(), to: text({ description: 'Inclusive.' }), timezone: text() };
const DAYS: AnalyticsPeriod = { from: '2026-01-01', to: '2026-01-31', timezone: 'Europe/Berlin' };

const figures: Shape<SessionFigures> = { visitors: count, sessions: count, views: count, bounce_rate: share('Of the sessions with a view: those that bounced.') };
const FIGURES: SessionFigures = { visitors: 820, sessions: 1_011, views: 2_210, bounce_rate: 0.41 };

const summaryFigures: Shape<SummaryFigures> = {
  ...figures,
  events: count,
  engagement_rate: share('Of the sessions with a view: those that did not bounce.'),
  views_per_session: amount('Null without sessions.'),
  visible_seconds: object<SummaryFigures['visible_seconds']>({ mean: amount('Null without sessions.'), median: amount('Null without sessions.') }, { description: 'Seconds in which a page was visible, per session with a view.' }),
  scroll_share: object<SummaryFigures['scroll_share']>({ 25: share('A quarter of the page, or more.'), 50: share('Half, or more.'), 75: share('Three quarters, or more.'), 100: share('All of it.') }, { description: 'Share of the sessions with a view that scrolled so far.' }),
};
const SUMMARY_FIGURES: SummaryFigures = { ...FIGURES, events: 3_904, engagement_rate: 0.59, views_per_session: 2.19, visible_seconds: { mean: 74.2, median: 31 }, scroll_share: { 25: 0.8, 50: 0.61, 75: 0.38, 100: 0.2 } };

/** Describes the figures of a period. */
export const summaryAnswer: ObjectSchema<SummaryAnswer> = object<SummaryAnswer>({
  ...period,
  current: object<SummaryFigures>(summaryFigures, { title: 'SummaryFigures' }),
  previous: object<SummaryAnswer['previous']>({ from: text(), to: text(), ...summaryFigures }, { description: 'As many days, just before.' }),
  change: object<SummaryAnswer['change']>({ visitors: change, sessions: change, views: change, events: change }),
});

/** Figures of a period, for the reader of the documentation. */
export const SUMMARY_EXAMPLE: SummaryAnswer = {
  ...DAYS,
  current: SUMMARY_FIGURES,
  previous: { from: '2025-12-01', to: '2025-12-31', ...SUMMARY_FIGURES, visitors: 745, sessions: 919 },
  change: { visitors: 0.1007, sessions: 0.1001, views: 0, events: 0 },
};

/** Describes figures over time. */
export const seriesAnswer: ObjectSchema<SeriesAnswer> = object<SeriesAnswer>({
  ...period,
  interval: oneOf(['hour', 'day', 'week']),
  series: list(object<AnalyticsBucket>({ start: time(), local: text({ description: 'The same moment by the clocks of the time zone.' }), ...figures }, { title: 'AnalyticsBucket' }), { description: 'Stretches without a session are there, too.' }),
});

/** Figures over time, for the reader of the documentation. */
export const SERIES_EXAMPLE: SeriesAnswer = { ...DAYS, interval: 'day', series: [{ start: '2025-12-31T23:00:00.000Z', local: '2026-01-01T00:00:00+01:00', ...FIGURES }] };

const shareList = <Share>(item: Schema<Share>): ObjectSchema<ShareListAnswer<Share>> =>
  // A member whose type is open defeats the shape's own check for optional members.
  object<ShareListAnswer<Share>>({ ...period, data: list(item), next_cursor: nullable(text(), { description: 'Sent back as `cursor`; null where nothing follows.' }) } as Shape<ShareListAnswer<Share>>);

/** Describes values that sessions have. */
export const sharesAnswer: ObjectSchema<ShareListAnswer<SessionShare>> = shareList(object<SessionShare>({ name: nullable(text(), { description: 'Null where it is not known.' }), ...figures }, { title: 'SessionShare' }));

/** Values that sessions have, for the reader of the documentation. */
export const sharesExample = (name: string): ShareListAnswer<SessionShare> => ({ ...DAYS, data: [{ name, ...FIGURES }], next_cursor: null });

/** Describes the paths that were viewed. */
export const pagesAnswer: ObjectSchema<ShareListAnswer<PageShare>> = shareList(object<PageShare>({ path: text(), views: count, visitors: count, sessions: count }, { title: 'PageShare' }));

/** Paths, for the reader of the documentation. */
export const PAGES_EXAMPLE: ShareListAnswer<PageShare> = { ...DAYS, data: [{ path: '/', views: 1_502, visitors: 700, sessions: 803 }], next_cursor: null };

/** Describes the kinds of events. */
export const eventSharesAnswer: ObjectSchema<ShareListAnswer<EventShare>> = shareList(object<EventShare>({ event_type: text(), event_name: nullable(text()), events: count, visitors: count, sessions: count }, { title: 'EventShare' }));

/** Kinds of events, for the reader of the documentation. */
export const EVENT_SHARES_EXAMPLE: ShareListAnswer<EventShare> = { ...DAYS, data: [{ event_type: 'cta_click', event_name: 'hero', events: 230, visitors: 190, sessions: 204 }], next_cursor: null };

const step = object<FunnelStep>(
  { metric: text(), visitors: count, share: share('Of those of the first step.'), drop: share('Of those of the step before, who did not come here; null for the first.') },
  { title: 'FunnelStep' },
);

/** Describes a funnel. */
export const funnelAnswer: ObjectSchema<FunnelAnswer> = object<FunnelAnswer>({
  ...period,
  steps: list(step),
  variants: optional(list(object<NonNullable<FunnelAnswer['variants']>[number]>({ variant_name: text(), steps: list(step) }), { description: 'With `by_variant_of`: the same by variant.' })),
});

/** A funnel, for the reader of the documentation. */
export const FUNNEL_EXAMPLE: FunnelAnswer = {
  ...DAYS,
  steps: [
    { metric: 'page_view', visitors: 820, share: 1, drop: null },
    { metric: 'cta_click', visitors: 205, share: 0.25, drop: 0.75 },
    { metric: 'form_submit', visitors: 82, share: 0.1, drop: 0.6 },
  ],
};
