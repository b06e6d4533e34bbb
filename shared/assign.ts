import { bucketOf, bucketsIn, BUCKETS, coverageBucketOf, groupDrawOf, variantFor } from './bucket.ts';
import type { Experiment, Variant } from './contract/experiment.ts';
import { conditionOf } from './targeting/condition-of.ts';
import type { Attributes } from './targeting/condition.ts';
import { matches } from './targeting/condition.ts';

/** Why a decision fell as it did; the word is counted and shown, never parsed. */
export type DecisionReason =
  | 'bucket'
  | 'tester'
  | 'winner'
  | 'not_running'
  | 'ended'
  | 'switched_off'
  | 'automation'
  | 'other_experiment'
  | 'not_covered'
  | 'not_targeted'
  | 'no_weights';

/** What a visitor without an assignment gets. `assigned` and `forced` are to be stored (forced ones outside results), the others are not. */
export interface Decision {
  readonly kind: 'assigned' | 'forced' | 'control' | 'winner';
  readonly variant: Variant;
  readonly reason: DecisionReason;
}

/** A visitor at the door of an experiment. */
export interface Candidate {
  readonly experiment: Experiment;
  readonly visitor_id: string;
  readonly attributes: Attributes;
  /** The switch for all experiments, `experiment_enabled` of the configuration. */
  readonly experiment_enabled: boolean;
  /** What `automationOf` says of the visitor; null for a person. */
  readonly automation?: string | null;
  /** All RUNNING experiments, or those of the same group; others are passed over. Needed when the experiment has a group. */
  readonly running?: readonly Experiment[];
  /** Whether the visitor is already assigned in another experiment of the group that has not been completed. */
  readonly in_group_already?: boolean;
  /** The time in ms; when given, a RUNNING experiment past its end takes nobody even before it is completed. */
  readonly now?: number;
}

/** The variant that everybody outside an experiment is shown: the one marked as control, else the first. */
export const controlOf = (experiment: Experiment): Variant => {
  const control = experiment.variants.find((variant) => variant.is_control) ?? experiment.variants[0];
  if (!control) throw new TypeError(`Experiment ${experiment.experiment_id} has no variants.`);
  return control;
};

/** The declared winner of a COMPLETED experiment, or undefined. */
export const winnerOf = (experiment: Experiment): Variant | undefined =>
  experiment.status === 'COMPLETED' && experiment.winner !== null
    ? experiment.variants.find((variant) => variant.variant_name === experiment.winner)
    : undefined;

/** What a visitor with a stored assignment is shown: that variant, unless a winner was declared for all. The assignment itself never changes. */
export const shownVariant = (experiment: Experiment, stored: Variant): Variant =>
  experiment.winner_for === 'all' ? (winnerOf(experiment) ?? stored) : stored;

/** Whether a mutual-exclusion group gives the visitor to this experiment, among the RUNNING ones of the group; true without a group. */
export const groupAdmits = (experiment: Experiment, visitor_id: string, running: readonly Experiment[]): boolean => {
  const { group, experiment_id } = experiment;
  if (group === undefined || group === null) return true;
  const own = groupDrawOf(visitor_id, group, experiment_id);
  for (const rival of running) {
    if (rival.group !== group || rival.experiment_id === experiment_id || rival.status !== 'RUNNING') continue;
    const draw = groupDrawOf(visitor_id, group, rival.experiment_id);
    if (draw > own || (draw === own && rival.experiment_id < experiment_id)) return false;
  }
  return true;
};

/**
 * Decides what a visitor without a stored assignment gets. Pure: the same candidate gets the same decision in every
 * service and every process. Never throws for an experiment that has a variant.
 */
export const decide = (candidate: Candidate): Decision => {
  const { experiment, visitor_id, running } = candidate;
  const control = (reason: DecisionReason): Decision => ({ kind: 'control', variant: controlOf(experiment), reason });

  const winner = winnerOf(experiment);
  if (winner) return { kind: 'winner', variant: winner, reason: 'winner' };
  if (experiment.status !== 'RUNNING') return control('not_running');
  if (candidate.now !== undefined && experiment.end_time !== null && Date.parse(experiment.end_time) <= candidate.now) return control('ended');
  if (!candidate.experiment_enabled) return control('switched_off');

  const forced = forcedVariant(experiment, visitor_id);
  if (forced) return { kind: 'forced', variant: forced, reason: 'tester' };
  if (candidate.automation) return control('automation');
  if (candidate.in_group_already && experiment.group) return control('other_experiment');
  if (running && !groupAdmits(experiment, visitor_id, running)) return control('other_experiment');
  const covered = bucketsIn(experiment.coverage_percent);
  if (covered < BUCKETS && coverageBucketOf(visitor_id, experiment.experiment_id) >= covered) return control('not_covered');
  if (experiment.targeting !== null && !matches(conditionOf(experiment.targeting), candidate.attributes)) return control('not_targeted');

  const variant = variantFor(bucketOf(visitor_id, experiment.experiment_id), experiment.variants);
  return variant ? { kind: 'assigned', variant, reason: 'bucket' } : control('no_weights');
};

const forcedVariant = (experiment: Experiment, visitor_id: string): Variant | undefined => {
  const { forced } = experiment;
  // Own members only: a visitor may call themselves `constructor`.
  if (!forced || !Object.hasOwn(forced, visitor_id)) return undefined;
  return experiment.variants.find((variant) => variant.variant_name === forced[visitor_id]);
};
