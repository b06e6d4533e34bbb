import { isoTime } from '../../../shared/clock.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { Analysis, AnalysisRequest } from '../../../shared/contract/analysis.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { Exclusions, MetricRole, ResultsAnswer, SeriesBucket, SplitDimension, SplitPart } from '../../../shared/contract/results.ts';
import { invalid } from '../../../shared/problem.ts';
import type { BotTally } from '../event/bot-tally.ts';
import type { StoredExperiment } from '../experiment/experiment-store.ts';
import { ASSIGNED } from '../rollup/cell-deltas.ts';
import type { WordStore } from '../word/word-store.ts';
import { localTime, SERIES_MAX, stretches } from './calendar.ts';
import { expectedUsers, phasePeriods } from './expected-users.ts';
import type { Period, ResultStore, Scope, TimedUsers } from './result-store.ts';
import { END_OF_TIME } from './result-query.ts';
import type { ResultFilter } from './result-query.ts';
import { metricResult, requestOf, resultsOf } from './results.ts';
import type { VariantFigures } from './results.ts';
import { DEFAULT_EFFECT, samplePlan } from './sample-plan.ts';
import type { ResultCell } from './scope-count.ts';
import { seriesOf } from './series.ts';
import type { NamedUsers } from './series.ts';
import { splitParts } from './split-parts.ts';
import { variantShares } from './variant-shares.ts';

/** The metric of an experiment that names none. */
export const DEFAULT_METRIC = 'form_submit';
const ALL_TIME: Period = { from: 0, to: END_OF_TIME };
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const TRAFFIC_DAYS = 14;

/** What reading results works with; the statistics are passed in. */
export interface ResultReaderNeeds {
  readonly results: ResultStore;
  readonly words: WordStore;
  readonly tally: BotTally;
  readonly clock: Clock;
  readonly analyseTogether: (requests: readonly AnalysisRequest[]) => readonly Analysis[];
  readonly interval: (conversions: number, users: number) => readonly [number, number] | null;
}

/** The metrics of an experiment, each once; the one that is asked for alone, where one is. */
const metricsOf = (definition: Experiment | null, asked: string | undefined): readonly { readonly metric_name: string; readonly role: MetricRole }[] => {
  const metrics = new Map<string, MetricRole>([[asked ?? definition?.primary_metric_name ?? DEFAULT_METRIC, 'primary']]);
  if (asked !== undefined || definition === null) return [...metrics].map(([metric_name, role]) => ({ metric_name, role }));
  for (const name of definition.secondary_metric_names) if (!metrics.has(name)) metrics.set(name, 'secondary');
  for (const name of definition.guardrail_metric_names) if (!metrics.has(name)) metrics.set(name, 'guardrail');
  return [...metrics].map(([metric_name, role]) => ({ metric_name, role }));
};

/** Reads an experiment's results. */
export class ResultReader {
  private readonly needs: ResultReaderNeeds;

  constructor(needs: ResultReaderNeeds) {
    this.needs = needs;
  }

  /** Answers the results of an experiment; from rollups alone, and without waiting for anything, where everybody and all time is asked for. */
  async read(experiment: StoredExperiment, filter: ResultFilter): Promise<ResultsAnswer> {
    const { definition, id } = experiment;
    const { results, analyseTogether } = this.needs;
    const metrics = metricsOf(definition, filter.metric);
    const scope: Scope = { period: filter.period ?? ALL_TIME, segment: filter.segment };
    const isWhole = filter.period === undefined && Object.keys(filter.segment).length === 0;
    const cells = isWhole ? results.cells(id) : await results.scopedCells(id, scope);
    const figures = metrics.map(({ metric_name }) => this.figures(experiment, cells, metric_name, filter.metric));
    const variants = figures[0] ?? [];
    const phases = definition?.phases ?? [];
    const periods = phasePeriods(phases, scope.period);
    const users = isWhole ? periods.map((period) => results.usersBetween(id, period)) : await Promise.all(periods.map((period) => results.scopedUsers(id, { ...scope, period })));
    const expected = expectedUsers(phases, variants, users);
    const analyses = analyseTogether(figures.map((each) => requestOf(each, expected, filter.show_work)));
    const primary_metric_name = metrics[0]?.metric_name ?? DEFAULT_METRIC;
    return {
      ...this.describe(experiment, primary_metric_name),
      ...resultsOf(variants, analyses[0] as Analysis),
      metrics: metrics.map(({ metric_name, role }, index) => metricResult(metric_name, role, figures[index] ?? [], analyses[index] as Analysis)),
      plan: samplePlan(variants, filter.effect ?? DEFAULT_EFFECT, this.usersPerDay(id)),
      exclusions: this.exclusions(id),
      ...(filter.aggregation === undefined ? {} : { series: this.series(experiment, filter, variants.map(({ variant_name }) => variant_name), ...(isWhole ? this.over(id, primary_metric_name, scope) : await this.scopedOver(id, primary_metric_name, scope))) }),
      ...(filter.srm_by === undefined ? {} : { srm_by: await this.splitBy(id, filter.srm_by, scope, filter.time_zone, new Map(variants.map((each) => [each.variant_name, expected?.[each.variant_name] ?? each.traffic_allocation]))) }),
    };
  }

  /** The traffic of the last two weeks, or of the time since the first visitor. */
  private usersPerDay(experiment: number): number {
    const extent = this.needs.results.extent(experiment);
    if (extent === undefined) return 0;
    const now = this.needs.clock();
    const from = Math.max(extent.first, now - TRAFFIC_DAYS * DAY_MS);
    const days = Math.max(now - from, HOUR_MS) / DAY_MS;
    return Math.round((this.needs.results.usersBetween(experiment, { from, to: now + 1 }) / days) * 100) / 100;
  }

  private describe({ definition, id, public_id, source }: StoredExperiment, primary_metric_name: string) {
    const extent = this.needs.results.extent(id);
    const first = extent === undefined ? null : isoTime(extent.first);
    const start_time = definition === null ? first : (definition.start_time ?? definition.phases[0]?.start_time ?? first);
    // What was imported is over; nobody's import is none.
    const imported_until = source === 'import' && extent !== undefined ? isoTime(extent.last) : null;
    const end_time = definition === null ? imported_until : definition.end_time;
    const now = this.needs.clock();
    const ran_ms = start_time === null ? 0 : Math.min(now, end_time === null ? now : Date.parse(end_time)) - Date.parse(start_time);
    return {
      experiment_id: public_id,
      key: definition?.key ?? null,
      name: definition?.name ?? public_id,
      description: definition?.description ?? '',
      start_time,
      end_time,
      experiment_days_running: Math.max(0, Math.ceil(ran_ms / DAY_MS)),
      status: definition?.status ?? (imported_until === null ? 'RUNNING' : 'COMPLETED'),
      primary_metric_name,
    } as const;
  }

  private figures({ definition }: StoredExperiment, cells: readonly ResultCell[], metric_name: string, only_type: string | undefined): readonly VariantFigures[] {
    const { words } = this.needs;
    const metric = words.find(metric_name);
    const seen = [...new Set(cells.filter((cell) => cell.metric === ASSIGNED && cell.users > 0).map(({ variant }) => words.wordOf(variant)))];
    return variantShares(definition, seen).map((share) => {
      const variant = words.find(share.variant_name);
      const own = cells.filter((cell) => cell.variant === variant);
      const converted = metric === undefined ? undefined : own.find((cell) => cell.metric === metric);
      const typed = own.filter((cell) => cell.events > 0).map(({ metric: type, events }): [string, number] => [words.wordOf(type), events]);
      return {
        ...share,
        users: own.find((cell) => cell.metric === ASSIGNED)?.users ?? 0,
        conversions: converted?.users ?? 0,
        revenue_sum: converted?.value_sum ?? 0,
        revenue_sum_squares: converted?.value_squares ?? 0,
        event_counts: Object.fromEntries(only_type === undefined ? typed : typed.filter(([type]) => type === only_type.split(':', 1)[0] || type === only_type)),
      };
    });
  }

  private exclusions(experiment: number): Exclusions {
    const reasons = this.needs.results.exclusions(experiment);
    return { conflicting_assignments: reasons.get('conflicting') ?? 0, forced: reasons.get('forced') ?? 0, bots: this.needs.tally.of(experiment), previews: 0 };
  }

  private async splitBy(experiment: number, dimension: SplitDimension, scope: Scope, time_zone: string, weights: ReadonlyMap<string, number>): Promise<readonly SplitPart[]> {
    const { results, words } = this.needs;
    const parts =
      dimension === 'day'
        ? (await results.scopedAssigned(experiment, scope)).map(({ at, variant, users }) => ({ value: localTime(at, time_zone).slice(0, 10), variant, users }))
        : await results.usersBy(experiment, dimension, scope);
    return splitParts(parts.map(({ value, variant, users }) => ({ value, variant_name: words.wordOf(variant), users })), weights);
  }

  private over(experiment: number, metric_name: string, { period }: Scope): readonly [assigned: readonly TimedUsers[], converted: readonly TimedUsers[]] {
    const { results, words } = this.needs;
    const metric = words.find(metric_name);
    return [results.usersOver(experiment, ASSIGNED, period), metric === undefined ? [] : results.usersOver(experiment, metric, period)];
  }

  private async scopedOver(experiment: number, metric_name: string, scope: Scope): Promise<readonly [assigned: readonly TimedUsers[], converted: readonly TimedUsers[]]> {
    const { results, words } = this.needs;
    const metric = words.find(metric_name);
    return [await results.scopedAssigned(experiment, scope), metric === undefined ? [] : await results.scopedConverted(experiment, metric, scope)];
  }

  private series(experiment: StoredExperiment, filter: ResultFilter, variant_names: readonly string[], assigned: readonly TimedUsers[], converted: readonly TimedUsers[]): readonly SeriesBucket[] {
    const { words, clock, interval } = this.needs;
    const { aggregation = 'day', time_zone, period = ALL_TIME } = filter;
    const times = [...assigned, ...converted].map(({ at }) => at);
    if (times.length === 0) return [];
    const last = times.reduce((latest, at) => Math.max(latest, at)) + 1;
    const now = clock();
    const isRunning = experiment.definition?.status === 'RUNNING';
    const from = period.from > 0 ? period.from : times.reduce((earliest, at) => Math.min(earliest, at));
    const to = filter.period !== undefined && period.to !== END_OF_TIME ? Math.min(period.to, Math.max(now, last)) : isRunning ? Math.max(now, last) : last;
    const starts = stretches(from, to, aggregation, time_zone);
    if (starts === undefined) throw invalid([{ field: 'aggregation', message: `would give more than ${SERIES_MAX} stretches of time; ask for fewer days or longer stretches` }]);
    const named = (timed: readonly TimedUsers[]): readonly NamedUsers[] => timed.map(({ at, variant, users }) => ({ at, users, variant_name: words.wordOf(variant) }));
    return seriesOf({ starts, variant_names, assigned: named(assigned), converted: named(converted), localTime: (time) => localTime(time, time_zone), interval });
  }
}
