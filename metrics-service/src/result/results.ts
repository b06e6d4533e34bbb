import type { Analysis, AnalysisRequest } from '../../../shared/contract/analysis.ts';
import type { MetricResult, MetricRole, ResultsAnswer, VariantResult } from '../../../shared/contract/results.ts';
import type { VariantShare } from './variant-shares.ts';

/** What one variant has, with its words. */
export interface VariantFigures extends VariantShare {
  readonly users: number;
  readonly conversions: number;
  readonly revenue_sum: number;
  readonly revenue_sum_squares: number;
  readonly event_counts: Readonly<Record<string, number>>;
}

/** The part of an answer that the figures alone decide. */
export type FiguresAnswer = Pick<ResultsAnswer, 'total_variants' | 'total_events' | 'total_users_in_experiment' | 'global_conversion_rate' | 'variant_stats' | 'summary' | 'analysis'>;

const rateOf = ({ users, conversions }: { readonly users: number; readonly conversions: number }): number | null => (users === 0 ? null : conversions / users);

const resultOf = (figures: VariantFigures): VariantResult => ({
  total_assigned_users: figures.users,
  conversion_rate: rateOf(figures),
  conversion_count: figures.conversions,
  event_counts: figures.event_counts,
  metrics: { total_revenue: figures.revenue_sum, revenue_per_user: figures.users === 0 ? null : figures.revenue_sum / figures.users },
  traffic_allocation: figures.traffic_allocation,
});

/** Compares the best variant with the control, or with the runner-up where the control itself leads. */
const summaryOf = (variants: readonly VariantFigures[]): ResultsAnswer['summary'] => {
  const rated = variants.map((figures) => ({ figures, rate: rateOf(figures) })).filter((each): each is { figures: VariantFigures; rate: number } => each.rate !== null);
  const [best, second] = rated.toSorted((a, b) => b.rate - a.rate);
  if (best === undefined) return { best_variant: null, absolute_difference: null, relative_lift: null };
  const against = best.figures.is_control ? second : rated.find(({ figures }) => figures.is_control);
  return {
    best_variant: best.figures.variant_name,
    absolute_difference: against === undefined ? null : best.rate - against.rate,
    relative_lift: against === undefined || against.rate === 0 ? null : best.rate / against.rate - 1,
  };
};

/** Asks the statistics about the figures of one metric. */
export const requestOf = (variants: readonly VariantFigures[], expected_users: Readonly<Record<string, number>> | undefined, show_work: boolean): AnalysisRequest => ({
  variants: variants.map(({ variant_name, is_control, traffic_allocation, users, conversions, revenue_sum, revenue_sum_squares }) => ({
    variant_name,
    is_control,
    traffic_allocation: expected_users === undefined ? traffic_allocation : (expected_users[variant_name] ?? 0),
    users,
    conversions,
    revenue_sum,
    revenue_sum_squares,
  })),
  ...(show_work ? { show_work } : {}),
});

/** Puts the figures of an experiment's deciding metric together. */
export const resultsOf = (variants: readonly VariantFigures[], analysis: Analysis): FiguresAnswer => {
  const users = variants.reduce((sum, each) => sum + each.users, 0);
  const conversions = variants.reduce((sum, each) => sum + each.conversions, 0);
  return {
    total_variants: variants.length,
    total_events: variants.flatMap(({ event_counts }) => Object.values(event_counts)).reduce((sum, count) => sum + count, 0),
    total_users_in_experiment: users,
    global_conversion_rate: rateOf({ users, conversions }),
    variant_stats: Object.fromEntries(variants.map((figures) => [figures.variant_name, resultOf(figures)])),
    summary: summaryOf(variants),
    analysis,
  };
};

/** Puts the figures of one of several metrics together. */
export const metricResult = (metric_name: string, role: MetricRole, variants: readonly VariantFigures[], analysis: Analysis): MetricResult => ({
  metric_name,
  role,
  variant_stats: Object.fromEntries(
    variants.map((figures) => {
      const { conversion_rate, conversion_count, metrics } = resultOf(figures);
      return [figures.variant_name, { conversion_rate, conversion_count, metrics }];
    }),
  ),
  analysis,
});
