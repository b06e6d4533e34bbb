import { isDeepStrictEqual } from 'node:util';
import { isoTime } from '../../../shared/clock.ts';
import type { Experiment, Variant } from '../../../shared/contract/experiment.ts';
import { invalid, Problem } from '../../../shared/problem.ts';
import type { ExperimentChange } from './experiment-body.ts';
import { faultsOf, ordered, phaseOf, plainMembersOf, variantsOf } from './experiment.ts';
import type { Making } from './experiment.ts';
import { stepRefusal } from './lifecycle.ts';

/** What decides whether a change is allowed, besides the definition itself. */
export interface ChangeContext extends Making {
  /** Whether anybody was ever assigned in the experiment. */
  readonly assigned: boolean;
}

const AFTER_COMPLETION: readonly (keyof Experiment)[] = ['name', 'description', 'hypothesis', 'primary_metric_name', 'secondary_metric_names', 'guardrail_metric_names', 'winner', 'winner_for', 'archived'];

const conflict = (detail: string): Problem => new Problem('conflict', detail);

const requireSameVariants = (before: readonly Variant[], after: readonly Variant[]): void => {
  const names = (variants: readonly Variant[]): string => variants.map(({ variant_id, variant_name }) => `${variant_id} ${variant_name}`).sort().join('\n');
  if (names(before) !== names(after))
    throw conflict('Visitors are assigned already: variants cannot be added, removed or renamed any more, or results would mix different things. Weights can change; a weight of 0 takes nobody new. Duplicate the experiment to test other variants.');
};

const requireOpen = (before: Experiment, after: Experiment): void => {
  for (const name of Object.keys(after) as (keyof Experiment)[])
    if (!AFTER_COMPLETION.includes(name) && !isDeepStrictEqual(before[name], after[name])) throw conflict(`The experiment is COMPLETED: ${name} cannot change any more, so that its results stay what they were. Duplicate it to test again.`);
};

const requireNoContradiction = (before: Experiment, after: Experiment): void => {
  const refusal = stepRefusal(before.status, after.status);
  if (refusal !== undefined) throw conflict(refusal);
  if (after.winner !== null && after.status !== 'COMPLETED') throw conflict('A winner can be declared for a COMPLETED experiment only; set status to COMPLETED along with it.');
  if (after.archived === true && (after.status === 'RUNNING' || after.status === 'PAUSED')) throw conflict('An experiment that is RUNNING or PAUSED cannot be archived; complete it first.');
  if (before.start_time !== after.start_time && before.status !== 'DRAFT') throw conflict('It has started already: start_time says when, and does not change.');
};

/** A draft that somebody starts after its set end would be completed at once, and could never run. Its own set start may come late: then both are made up for. */
const requireTimeLeft = (before: Experiment, { status, end_time }: Experiment, now: number): void => {
  const starts = before.status === 'DRAFT' && status === 'RUNNING';
  const set_start_has_come = before.start_time !== null && Date.parse(before.start_time) <= now;
  if (starts && !set_start_has_come && end_time !== null && end_time === before.end_time && Date.parse(end_time) <= now)
    throw conflict('Its end_time has passed: it would end at once. Set a later end_time, or null, along with the status.');
};

/** Nobody is assigned after the set end, however late it is noticed; one that started later still ended no earlier than it started. */
const endOf = ({ start_time, end_time }: Experiment, now: number): string => {
  if (end_time === null || Date.parse(end_time) > now) return isoTime(now);
  return start_time !== null && Date.parse(start_time) > Date.parse(end_time) ? start_time : end_time;
};

/** Starts or ends what the new status starts or ends, and opens a phase where the split changed. */
const withTimes = (before: Experiment, after: Experiment, now: number): Experiment => {
  const starts = before.status === 'DRAFT' && after.status === 'RUNNING';
  const ends = before.status !== 'COMPLETED' && after.status === 'COMPLETED';
  const phase = phaseOf(after.variants, after.coverage_percent, now);
  const last = after.phases.at(-1);
  const split_changed = last !== undefined && (last.coverage_percent !== phase.coverage_percent || !isDeepStrictEqual(last.weights, phase.weights));
  return {
    ...after,
    start_time: starts ? isoTime(now) : after.start_time,
    end_time: ends ? endOf(after, now) : after.end_time,
    phases: starts || (split_changed && !ends) ? [...after.phases, phase] : after.phases,
  };
};

/**
 * Applies a change to an experiment and answers the new definition, with the version one higher; the same one when nothing differs.
 * Throws Problem `conflict` with the reason for what its life does not allow, `invalid` for what is wrong in itself.
 */
export const changeExperiment = (before: Experiment, change: ExperimentChange, context: ChangeContext): Experiment => {
  if (change.key !== undefined && change.key !== before.key) throw invalid([{ field: '/key', message: 'does not change; programs and recorded events use it' }]);
  const variants = change.variants === undefined ? before.variants : variantsOf(change.variants, before.variants, context.mint);
  return becomeExperiment(before, { ...before, ...plainMembersOf(change), variants }, context);
};

/** Turns a definition into a wanted one, as far as its life allows; see `changeExperiment`. Phases, version and times of changes are worked out, not taken. */
export const becomeExperiment = (before: Experiment, wish: Experiment, { now, assigned }: ChangeContext): Experiment => {
  const wanted = ordered(wish);
  if (isDeepStrictEqual(wanted, ordered(before))) return before;
  requireNoContradiction(before, wanted);
  requireTimeLeft(before, wanted, now);
  if (assigned) requireSameVariants(before.variants, wanted.variants);
  if (before.status === 'COMPLETED') requireOpen(before, wanted);
  const after = withTimes(before, wanted, now);
  const times_stay = wanted.start_time === before.start_time && wanted.end_time === before.end_time;
  const faults = faultsOf(after, now, times_stay ? after : before);
  if (faults.length > 0) throw invalid(faults);
  return { ...after, updated_at: isoTime(now), version: before.version + 1 };
};

/** A draft like another experiment, under a name and key of its own: same variants, none of the visitors. */
export const duplicateExperiment = (of: Experiment, name: string, key: string, { now, mint }: Making): Experiment =>
  ordered({
    ...of,
    experiment_id: mint(),
    key,
    name,
    status: 'DRAFT',
    start_time: null,
    end_time: null,
    winner: null,
    variants: of.variants.map((variant) => ({ ...variant, variant_id: mint() })),
    phases: [],
    archived: false,
    created_at: isoTime(now),
    updated_at: isoTime(now),
    version: 1,
  });
