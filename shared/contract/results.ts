import type { Analysis } from './analysis.ts';

/** One variant's figures; rates are fractions of one. */
export interface VariantResult {
  readonly total_assigned_users: number;
  /** Null without users. */
  readonly conversion_rate: number | null;
  readonly conversion_count: number;
  /** Counted events by type. */
  readonly event_counts: Readonly<Record<string, number>>;
  readonly metrics: { readonly total_revenue: number; readonly revenue_per_user: number | null };
  /** Percent. */
  readonly traffic_allocation: number;
}

/** Who is left out of results, and why. */
export interface Exclusions {
  /** Visitors who were assigned to two different variants. */
  readonly conflicting_assignments: number;
  /** Visitors whose variant was forced upon them. */
  readonly forced: number;
  /** Events of bots and automation that named this experiment. */
  readonly bots: number;
  readonly previews: number;
}

/** Why a metric is looked at: the one that decides, those that tell more, those that must not get worse. */
export type MetricRole = 'primary' | 'secondary' | 'guardrail';

/** What one metric says; p-values are adjusted across all metrics and variants of the experiment. */
export interface MetricResult {
  readonly metric_name: string;
  readonly role: MetricRole;
  /** By variant name, control first. */
  readonly variant_stats: Readonly<Record<string, Pick<VariantResult, 'conversion_rate' | 'conversion_count' | 'metrics'>>>;
  readonly analysis: Analysis;
}

/** How long a test must go on to find the effect that is looked for, at the traffic of the last two weeks. */
export interface SamplePlan {
  /** Relative: 0.1 is a change by a tenth of the control's rate. */
  readonly minimum_detectable_effect: number;
  /** Visitors that the variant with the smallest share needs; null where the control's rate says nothing (0, 1, nobody). */
  readonly users_per_variant: number | null;
  readonly users_per_day: number;
  /** 0 where there are enough; null where nothing can be said, or where nobody comes any more. */
  readonly days_left: number | null;
}

/** By what the split of visitors is looked at. */
export type SplitDimension = 'day' | 'device' | 'browser' | 'language' | 'source';

/** The split of the visitors who have one value of a dimension. */
export interface SplitPart {
  /** A day (`2026-01-31`, in the time zone that was asked for) or a word; null for visitors of whom no visit is known. */
  readonly value: string | null;
  readonly users: Readonly<Record<string, number>>;
  readonly statistic: number | null;
  readonly p_value: number | null;
  readonly mismatch: boolean;
}

/** One variant in one stretch of time. */
export interface SeriesPoint {
  /** Visitors assigned in this stretch. */
  readonly users: number;
  /** Visitors whose first conversion is in this stretch. */
  readonly conversions: number;
  readonly cumulative_users: number;
  readonly cumulative_conversions: number;
  /** Cumulative conversions over cumulative users; null without users. */
  readonly cumulative_rate: number | null;
  /** 95 % Wilson interval of the cumulative rate; null without users. */
  readonly cumulative_ci: readonly [low: number, high: number] | null;
}

/** One stretch of time: from `start` (ISO 8601, UTC) to the next one's; those in which nothing happened are there too. */
export interface SeriesBucket {
  readonly start: string;
  /** The same moment in the time zone that was asked for: `2026-01-31T00:00:00+05:30`. */
  readonly local: string;
  readonly variants: Readonly<Record<string, SeriesPoint>>;
}

/** How `series` is cut. */
export type Aggregation = 'hour' | 'day' | 'week';

/** The answer of `GET /experiments/{id}/results`. */
export interface ResultsAnswer {
  readonly experiment_id: string;
  readonly key: string | null;
  readonly name: string;
  readonly description: string;
  readonly start_time: string | null;
  readonly end_time: string | null;
  readonly experiment_days_running: number;
  readonly status: 'DRAFT' | 'RUNNING' | 'PAUSED' | 'COMPLETED';
  readonly total_variants: number;
  /** Counted events of assigned visitors. */
  readonly total_events: number;
  readonly primary_metric_name: string;
  readonly total_users_in_experiment: number;
  readonly global_conversion_rate: number | null;
  /** By variant name, control first. */
  readonly variant_stats: Readonly<Record<string, VariantResult>>;
  /** The variant with the highest rate, against the control (against the runner-up where the control itself leads). */
  readonly summary: { readonly best_variant: string | null; readonly absolute_difference: number | null; readonly relative_lift: number | null };
  readonly analysis: Analysis;
  /** Each metric of the experiment, the primary one (whose analysis is the one above) first. */
  readonly metrics: readonly MetricResult[];
  readonly plan: SamplePlan;
  readonly exclusions: Exclusions;
  /** Present where `srm_by` was asked for: the parts, those that fit the weights least first. */
  readonly srm_by?: readonly SplitPart[];
  /** Present where `aggregation` was asked for. */
  readonly series?: readonly SeriesBucket[];
}

/** An experiment that metrics-service knows, from ab-service, an import or events alone. */
export interface KnownExperiment {
  /** The id in ab-service; the name it is known by where ab-service does not know it. */
  readonly experiment_id: string;
  readonly key: string | null;
  readonly name: string;
  readonly status: 'DRAFT' | 'RUNNING' | 'PAUSED' | 'COMPLETED';
  readonly primary_metric_name: string;
  readonly source: 'ab' | 'import' | 'events';
  readonly variants: readonly string[];
  readonly total_users: number;
}

/** The answer of `GET /experiments` on metrics-service. */
export interface KnownExperimentsAnswer {
  readonly data: readonly KnownExperiment[];
  readonly next_cursor: string | null;
}
