import type { AnalysisVariant } from '../../../shared/contract/analysis.ts';
import type { ResultsAnswer, SeriesBucket, SeriesPoint } from '../../../shared/contract/results.ts';
import { analyse } from '../../../shared/statistics/analysis.ts';
import { wilsonInterval } from '../../../shared/statistics/proportions.ts';

/** What a test says of an experiment; the rest follows from it. */
export interface Sample {
  readonly key?: string;
  readonly name?: string;
  /** Users and conversions by variant, control first. */
  readonly counts: Readonly<Record<string, readonly [users: number, conversions: number]>>;
  readonly revenue?: number;
  /** How many stretches of time the series has, and how long each is. */
  readonly buckets?: number;
  readonly bucket_ms?: number;
  readonly start?: number;
  readonly exclusions?: Partial<ResultsAnswer['exclusions']>;
}

const HOUR_MS = 3_600_000;

/** Uneven, yet the same each time: shares of the whole that grow to one. */
const shareAt = (index: number, count: number, seed: number): number => {
  const even = (index + 1) / count;
  return index === count - 1 ? 1 : Math.min(1, Math.max(0, even + (Math.sin((index + 1) * (2.3 + seed)) * 0.35) / count));
};

const pointOf = (users: number, conversions: number, before: readonly [number, number]): SeriesPoint => ({
  users: users - before[0],
  conversions: conversions - before[1],
  cumulative_users: users,
  cumulative_conversions: conversions,
  cumulative_rate: users === 0 ? null : conversions / users,
  cumulative_ci: users === 0 ? null : (wilsonInterval({ visitors: users, conversions }, 0.05) as [number, number] | null),
});

const seriesOf = ({ counts, buckets = 48, bucket_ms = HOUR_MS, start = Date.UTC(2026, 0, 10) }: Sample): readonly SeriesBucket[] =>
  Array.from({ length: buckets }, (_, index) => {
    const variants = Object.entries(counts).map(([name, [users, conversions]], which) => {
      const at = (each: number): [number, number] => (each < 0 ? [0, 0] : [Math.round(users * shareAt(each, buckets, which)), Math.round(conversions * shareAt(each, buckets, which + 0.5))]);
      const [now_users, now_conversions] = at(index);
      return [name, pointOf(now_users, Math.min(now_users, now_conversions), at(index - 1))] as const;
    });
    const iso = new Date(start + index * bucket_ms).toISOString();
    return { start: iso, local: iso, variants: Object.fromEntries(variants) };
  });

/** Makes the answer that metrics-service would give. */
export const sampleResults = (sample: Sample): ResultsAnswer => {
  const { key = 'homepage', name = 'Homepage Hero Test', counts, revenue = 0, start = Date.UTC(2026, 0, 10) } = sample;
  const entries = Object.entries(counts);
  const variants: readonly AnalysisVariant[] = entries.map(([variant_name, [users, conversions]], index) => ({ variant_name, is_control: index === 0, traffic_allocation: 100 / entries.length, users, conversions }));
  const users = variants.reduce((sum, each) => sum + each.users, 0);
  const conversions = variants.reduce((sum, each) => sum + each.conversions, 0);
  const stats = entries.map(([variant_name, [assigned, converted]]) => [
    variant_name,
    {
      total_assigned_users: assigned,
      conversion_rate: assigned === 0 ? null : converted / assigned,
      conversion_count: converted,
      event_counts: assigned === 0 ? {} : { page_view: assigned + Math.round(assigned * 0.31), scroll: Math.round(assigned * 1.7), cta_click: Math.round(converted * 1.6), form_submit: converted },
      metrics: { total_revenue: revenue * converted, revenue_per_user: assigned === 0 ? null : (revenue * converted) / assigned },
      traffic_allocation: 100 / entries.length,
    },
  ] as const);
  return {
    experiment_id: `id-of-${key}`,
    key,
    name,
    description: '',
    start_time: new Date(start).toISOString(),
    end_time: null,
    experiment_days_running: 2,
    status: 'RUNNING',
    total_variants: entries.length,
    total_events: users * 3,
    primary_metric_name: 'form_submit',
    total_users_in_experiment: users,
    global_conversion_rate: users === 0 ? null : conversions / users,
    variant_stats: Object.fromEntries(stats),
    summary: { best_variant: null, absolute_difference: null, relative_lift: null },
    analysis: analyse({ variants }),
    metrics: [],
    plan: { minimum_detectable_effect: 0.1, users_per_variant: null, users_per_day: 0, days_left: null },
    exclusions: { conflicting_assignments: 0, forced: 0, bots: 0, previews: 0, ...sample.exclusions },
    series: users === 0 ? [] : seriesOf(sample),
  };
};
