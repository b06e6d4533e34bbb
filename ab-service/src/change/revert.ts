import { isDeepStrictEqual } from 'node:util';
import { isoTime } from '../../../shared/clock.ts';
import type { Change } from '../../../shared/contract/change.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { Toggle } from '../../../shared/contract/toggle.ts';
import { Problem } from '../../../shared/problem.ts';
import { becomeExperiment } from '../experiment/change-experiment.ts';
import type { ChangeContext } from '../experiment/change-experiment.ts';
import { valueTypeOf } from '../toggle/toggle.ts';
import type { Edit } from './change-store.ts';

type Definition = Readonly<Record<string, unknown>>;

/** Worked out with every change, and therefore not taken back. */
const WORKED_OUT = new Set(['phases', 'version', 'created_at', 'updated_at']);

/** The present definition with the members that a change changed as they were before it. Throws Problem `conflict` where one of them was changed again since. */
const takenBack = (change: Change, current: Definition): Definition => {
  const before = change.before ?? {};
  const after = change.after ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !WORKED_OUT.has(name) && !isDeepStrictEqual(before[name], after[name]));
  const again = names.filter((name) => !isDeepStrictEqual(current[name], after[name]));
  if (again.length > 0) throw new Problem('conflict', `Changed again since: ${again.join(', ')}. Revert the later change first.`);
  return { ...current, ...Object.fromEntries(names.map((name) => [name, before[name]])) };
};

const requireOneType = ({ value_on, value_off }: Toggle): void => {
  if (valueTypeOf(value_on) !== valueTypeOf(value_off)) throw new Problem('conflict', 'The values would be of different types: their type was changed since.');
};

/**
 * The edit that takes one change back and leaves what was changed besides. `current` is the definition as it is now, null where it is gone.
 * Throws Problem `conflict`, with the reason, where the rules of an experiment's life, a later change or a deletion stand in the way.
 */
export const revertOf = (change: Change, current: Experiment | Toggle | Definition | null, context: ChangeContext): Edit => {
  const edit = { kind: change.kind, key: change.key, reverts: change.seq };
  const updated_at = isoTime(context.now);
  if (change.action === 'created') {
    if (current === null) throw new Problem('conflict', `"${change.key}" is deleted already.`);
    return { ...edit, before: current, after: null };
  }
  if (change.action === 'deleted') {
    if (current !== null) throw new Problem('conflict', `There is a "${change.key}" again.`);
    const version = change.kind === 'experiment' ? { version: (change.before as unknown as Experiment).version + 1 } : {};
    return { ...edit, before: null, after: { ...change.before, ...version, updated_at } };
  }
  if (current === null) throw new Problem('conflict', `"${change.key}" is deleted: revert the deletion first.`);
  const wanted = takenBack(change, current as Definition);
  if (change.kind === 'experiment') return { ...edit, before: current, after: becomeExperiment(current as Experiment, wanted as unknown as Experiment, context) };
  if (change.kind === 'settings') return { ...edit, before: current, after: wanted };
  requireOneType(wanted as unknown as Toggle);
  return { ...edit, before: current, after: { ...wanted, updated_at } };
};
