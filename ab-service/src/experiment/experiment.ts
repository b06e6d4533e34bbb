import { isoTime } from '../../../shared/clock.ts';
import type { Experiment, Phase, Variant } from '../../../shared/contract/experiment.ts';
import { invalid } from '../../../shared/problem.ts';
import type { Fault } from '../../../shared/problem.ts';
import type { ExperimentBody, ExperimentChange, VariantBody } from './experiment-body.ts';

/** What the making of a definition needs from outside: the time in ms, and ids. */
export interface Making {
  readonly now: number;
  readonly mint: () => string;
}

/** What the members of a new experiment are where nobody says. */
export const EXPERIMENT_DEFAULTS = {
  description: '',
  hypothesis: '',
  page: null,
  primary_metric_name: 'form_submit',
  secondary_metric_names: [],
  guardrail_metric_names: [],
  coverage_percent: 100,
  targeting: null,
  winner_for: 'new',
  group: null,
} as const;

const isoOrNull = (time: number | null | undefined): string | null => (time === null || time === undefined ? null : isoTime(time));

/** The phase that begins now, with the weights and the coverage of these variants. */
export const phaseOf = (variants: readonly Variant[], coverage_percent: number, now: number): Phase => ({
  start_time: isoTime(now),
  coverage_percent,
  weights: Object.fromEntries(variants.map(({ variant_name, traffic_allocation_percent }) => [variant_name, traffic_allocation_percent])),
});

/**
 * Makes variants of what a caller sent. Those that were there (same `variant_id`, else same name) keep their id and, where nothing else is said,
 * their configuration and control mark; an unknown `variant_id` is a new variant. Exactly one is the control.
 */
export const variantsOf = (bodies: readonly VariantBody[], present: readonly Variant[], mint: () => string): readonly Variant[] => {
  const chosen = bodies.findIndex((body) => body.is_control === true);
  const kept = bodies.map((body) => present.find(({ variant_id }) => variant_id === body.variant_id) ?? present.find(({ variant_name }) => body.variant_id === undefined && variant_name === body.variant_name));
  const control = chosen >= 0 ? chosen : Math.max(0, kept.findIndex((variant, index) => variant?.is_control === true && bodies[index]?.is_control !== false));
  return bodies.map((body, index) => ({
    variant_id: kept[index]?.variant_id ?? mint(),
    variant_name: body.variant_name,
    is_control: index === control,
    traffic_allocation_percent: body.traffic_allocation_percent,
    configuration_json: body.configuration_json ?? kept[index]?.configuration_json ?? {},
  }));
};

/**
 * The faults that show only when a definition is seen whole: testers of variants that are not there, times in the wrong order.
 * Times that stay as they were in `before` are not looked at again: a set time passes.
 */
export const faultsOf = (experiment: Experiment, now: number, before?: Experiment): readonly Fault[] => {
  const faults: Fault[] = [];
  const names = new Set(experiment.variants.map(({ variant_name }) => variant_name));
  for (const [visitor_id, name] of Object.entries(experiment.forced ?? {}))
    if (!names.has(name)) faults.push({ field: `/forced/${visitor_id.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`, message: 'must be the variant_name of one of the variants' });
  if (experiment.winner !== null && !names.has(experiment.winner)) faults.push({ field: '/winner', message: 'must be the variant_name of one of the variants' });
  if (experiment.start_time === before?.start_time && experiment.end_time === before.end_time) return faults;
  const start = experiment.start_time === null ? now : Date.parse(experiment.start_time);
  if (experiment.status === 'DRAFT' && start < now) faults.push({ field: '/start_time', message: 'must be in the future; to start now, set status to RUNNING' });
  if (experiment.status !== 'COMPLETED' && experiment.end_time !== null && Date.parse(experiment.end_time) <= Math.max(start, now))
    faults.push({ field: '/end_time', message: 'must be in the future and after start_time' });
  return faults;
};

/** Makes a new experiment; throws Problem `invalid` with every fault. RUNNING starts it at once, with its first phase. */
export const createExperiment = (body: ExperimentBody, key: string, { now, mint }: Making): Experiment => {
  const { forced, variants: bodies, start_time, end_time, status = 'DRAFT', ...rest } = body;
  const variants = variantsOf(bodies, [], mint);
  const coverage_percent = body.coverage_percent ?? EXPERIMENT_DEFAULTS.coverage_percent;
  const runs = status === 'RUNNING';
  const experiment = ordered({
    ...EXPERIMENT_DEFAULTS,
    ...rest,
    experiment_id: mint(),
    key,
    status,
    start_time: runs ? isoTime(now) : isoOrNull(start_time),
    end_time: isoOrNull(end_time),
    winner: null,
    variants,
    phases: runs ? [phaseOf(variants, coverage_percent, now)] : [],
    forced: Object.fromEntries(forced ?? []),
    archived: false,
    created_at: isoTime(now),
    updated_at: isoTime(now),
    version: 1,
  });
  const faults = faultsOf(experiment, now);
  if (faults.length > 0) throw invalid(faults);
  return experiment;
};

/** The same experiment with its members in the order in which the documentation shows them. */
export const ordered = (experiment: Experiment): Experiment => ({
  experiment_id: experiment.experiment_id,
  key: experiment.key,
  name: experiment.name,
  description: experiment.description,
  hypothesis: experiment.hypothesis,
  status: experiment.status,
  page: experiment.page,
  primary_metric_name: experiment.primary_metric_name,
  secondary_metric_names: experiment.secondary_metric_names,
  guardrail_metric_names: experiment.guardrail_metric_names,
  coverage_percent: experiment.coverage_percent,
  targeting: experiment.targeting,
  start_time: experiment.start_time,
  end_time: experiment.end_time,
  winner: experiment.winner,
  winner_for: experiment.winner_for,
  variants: experiment.variants,
  phases: experiment.phases,
  group: experiment.group ?? null,
  forced: experiment.forced ?? {},
  archived: experiment.archived ?? false,
  created_at: experiment.created_at,
  updated_at: experiment.updated_at,
  version: experiment.version,
});

/** What a change says of the plain members, in the form that a definition has. */
export const plainMembersOf = (change: ExperimentChange): Partial<Experiment> => {
  const { key: _key, forced, variants: _variants, start_time, end_time, ...plain } = change;
  return {
    ...plain,
    ...(forced === undefined ? {} : { forced: Object.fromEntries(forced) }),
    ...(start_time === undefined ? {} : { start_time: isoOrNull(start_time) }),
    ...(end_time === undefined ? {} : { end_time: isoOrNull(end_time) }),
  };
};
