import { isDeepStrictEqual } from 'node:util';
import { isoTime } from '../../../shared/clock.ts';
import type { Experiment, Variant } from '../../../shared/contract/experiment.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import { invalid, Problem } from '../../../shared/problem.ts';
import type { Edit } from '../change/change-store.ts';
import { becomeExperiment } from '../experiment/change-experiment.ts';
import { EXPERIMENT_DEFAULTS, faultsOf, ordered, phaseOf, plainMembersOf, variantsOf } from '../experiment/experiment.ts';
import type { Making } from '../experiment/experiment.ts';
import { toggleOf } from '../toggle/toggle.ts';
import type { TransferredExperiment, TransferredToggle } from './transfer-body.ts';

/** What becomes of something that is here already and is not the same: it stays, or the imported one takes its place as far as its life allows. */
export type OnConflict = 'keep' | 'replace';

/** What is here, as far as it concerns an imported experiment. */
export interface Present {
  readonly definition: Experiment;
  readonly assigned: boolean;
}

/** What an import does about one definition: edits to make (none: it is here already), or why nothing. */
export type Plan = { readonly edits: readonly Edit[]; readonly result: 'created' | 'replaced' | 'unchanged' } | { readonly why: string };

/** Counted anew in each installation. */
const withoutCounters = ({ version: _version, updated_at: _updated, created_at: _created, ...rest }: Experiment): object => ordered({ ...rest, version: 0, updated_at: '', created_at: '' } as Experiment);

const experimentOf = (given: TransferredExperiment, known: readonly Variant[], { now, mint }: Making): Experiment => {
  const { phases = [], created_at = now, experiment_id, key, name, status } = given;
  const here = given.variants.flatMap(({ variant_id, variant_name, is_control = false, traffic_allocation_percent }) =>
    variant_id === undefined ? [] : [{ variant_id, variant_name, is_control, traffic_allocation_percent, configuration_json: {} }]);
  const variants = variantsOf(given.variants, [...here, ...known], mint);
  const told = phases.map(({ start_time, coverage_percent, weights }) => ({ start_time: isoTime(start_time), coverage_percent, weights: Object.fromEntries(weights) }));
  const experiment = ordered({
    ...EXPERIMENT_DEFAULTS,
    start_time: null,
    end_time: null,
    winner: null,
    ...plainMembersOf(given),
    experiment_id,
    key,
    name,
    status,
    variants,
    phases: told.length > 0 || status === 'DRAFT' ? told : [phaseOf(variants, given.coverage_percent ?? EXPERIMENT_DEFAULTS.coverage_percent, now)],
    created_at: isoTime(created_at),
    updated_at: isoTime(now),
    version: 1,
  });
  const faults = faultsOf(experiment, now, experiment);
  if (faults.length > 0) throw invalid(faults);
  return experiment;
};

/** Plans the import of an experiment. `same_id` and `same_key` are what is here under its id and its key. */
export const planExperiment = (given: TransferredExperiment, same_id: Present | undefined, same_key: Present | undefined, on_conflict: OnConflict, making: Making): Plan => {
  const wanted = experimentOf(given, same_id?.definition.variants ?? [], making);
  const edit = { kind: 'experiment', key: wanted.key } as const;
  if (same_id !== undefined) {
    if (isDeepStrictEqual(withoutCounters(same_id.definition), withoutCounters(wanted))) return { edits: [], result: 'unchanged' };
    if (on_conflict === 'keep') return { why: 'It is here already, and differs.' };
    try {
      const { definition } = same_id;
      const { created_at, version } = definition;
      const after = becomeExperiment(definition, { ...wanted, created_at, version, updated_at: definition.updated_at, phases: definition.phases }, { ...making, assigned: same_id.assigned });
      if (definition.key !== wanted.key) return { why: `Its key here is "${definition.key}", and keys do not change.` };
      return after === definition ? { edits: [], result: 'unchanged' } : { edits: [{ ...edit, before: definition, after }], result: 'replaced' };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { why: [error.message, ...(error.extras.faults ?? []).map(({ field, message }) => `${field} ${message}`)].join(' ') };
    }
  }
  if (same_key === undefined) return { edits: [{ ...edit, before: null, after: wanted }], result: 'created' };
  if (on_conflict === 'keep') return { why: 'Another experiment has this key.' };
  if (same_key.assigned) return { why: 'Another experiment has this key, and visitors.' };
  return { edits: [{ ...edit, before: same_key.definition, after: null }, { ...edit, before: null, after: wanted }], result: 'replaced' };
};

/** Plans the import of a toggle. */
export const planToggle = (given: TransferredToggle, present: Toggle | undefined, on_conflict: OnConflict, { now }: Making): Plan => {
  const wanted = toggleOf(given.key, given, now);
  const edit = { kind: 'toggle', key: given.key } as const;
  if (present === undefined) return { edits: [{ ...edit, before: null, after: wanted }], result: 'created' };
  if (isDeepStrictEqual({ ...present, updated_at: '' }, { ...wanted, updated_at: '' })) return { edits: [], result: 'unchanged' };
  return on_conflict === 'keep' ? { why: 'It is here already, and differs.' } : { edits: [{ ...edit, before: present, after: wanted }], result: 'replaced' };
};
