/** How a visit came about. `internal`: from a page of one's own, after a pause. `campaign`: a tagged link of no other kind. */
export type Channel = 'direct' | 'organic_search' | 'paid' | 'social' | 'email' | 'referral' | 'internal' | 'campaign';

/** Where a visit came from. */
export interface VisitSource {
  readonly channel: Channel;
  /** `utm_source`, else the referrer's host or the name that its hosts share; null for direct and internal visits. */
  readonly source: string | null;
  readonly medium: string | null;
  readonly campaign: string | null;
}

/** The days that an answer is about: whole ones in a time zone, both inclusive (`2026-01-31`). */
export interface AnalyticsPeriod {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
}

/** Figures of sessions; rates are fractions of one, null where there is nothing to divide by. */
export interface SessionFigures {
  /** Different visitors. */
  readonly visitors: number;
  readonly sessions: number;
  readonly views: number;
  /** Of the sessions with a view: those that bounced. */
  readonly bounce_rate: number | null;
}

/** The figures of a whole period. */
export interface SummaryFigures extends SessionFigures {
  readonly events: number;
  readonly engagement_rate: number | null;
  readonly views_per_session: number | null;
  /** Seconds in which a page was visible, per session with a view. */
  readonly visible_seconds: { readonly mean: number | null; readonly median: number | null };
  /** Share of the sessions with a view that scrolled at least so far (percent of the page). */
  readonly scroll_share: Readonly<Record<'25' | '50' | '75' | '100', number | null>>;
}

/** The answer of `GET /analytics/summary`. */
export interface SummaryAnswer extends AnalyticsPeriod {
  readonly current: SummaryFigures;
  /** As many days, just before. */
  readonly previous: { readonly from: string; readonly to: string } & SummaryFigures;
  /** Relative to before (0.1: a tenth more); null where there was nothing before. */
  readonly change: Readonly<Record<'visitors' | 'sessions' | 'views' | 'events', number | null>>;
}

/** The figures of a stretch of time. */
export interface AnalyticsBucket extends SessionFigures {
  readonly start: string;
  /** The same moment by the clocks of the time zone. */
  readonly local: string;
}

/** The answer of `GET /analytics/series`; stretches without a session are there too. */
export interface SeriesAnswer extends AnalyticsPeriod {
  readonly interval: 'hour' | 'day' | 'week';
  readonly series: readonly AnalyticsBucket[];
}

/** One value of something that sessions have: a device, a channel, an entry path; null where it is not known. */
export interface SessionShare extends SessionFigures {
  readonly name: string | null;
}

/** One path that was viewed. */
export interface PageShare {
  readonly path: string;
  readonly views: number;
  readonly visitors: number;
  readonly sessions: number;
}

/** One kind of event. */
export interface EventShare {
  readonly event_type: string;
  readonly event_name: string | null;
  readonly events: number;
  readonly visitors: number;
  readonly sessions: number;
}

/** The answer of the lists: most visitors first. */
export interface ShareListAnswer<Share> extends AnalyticsPeriod {
  readonly data: readonly Share[];
  readonly next_cursor: string | null;
}

/** One step of a funnel. */
export interface FunnelStep {
  readonly metric: string;
  readonly visitors: number;
  /** Of those of the first step. */
  readonly share: number | null;
  /** The share of those of the step before who did not come here; null for the first. */
  readonly drop: number | null;
}

/** The answer of `POST /analytics/funnel`. */
export interface FunnelAnswer extends AnalyticsPeriod {
  readonly steps: readonly FunnelStep[];
  /** With `by_variant_of`: the same by variant, of visitors whose assignment counts. */
  readonly variants?: readonly { readonly variant_name: string; readonly steps: readonly FunnelStep[] }[];
}
