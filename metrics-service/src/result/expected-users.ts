import type { Phase } from '../../../shared/contract/experiment.ts';
import type { Period } from './result-store.ts';
import type { VariantShare } from './variant-shares.ts';

/** What of a period lies in each phase; the first phase also has what was before it. Nothing is empty: `to` is then not after `from`. */
export const phasePeriods = (phases: readonly Phase[], period: Period): readonly Period[] =>
  phases.map(({ start_time }, index) => {
    const following = phases[index + 1];
    return { from: index === 0 ? period.from : Math.max(period.from, Date.parse(start_time)), to: following === undefined ? period.to : Math.min(period.to, Date.parse(following.start_time)) };
  });

/**
 * Says how many users each variant should have where the weights changed on the way: the users assigned within each phase,
 * split by its weights, summed over the phases. Undefined with one phase or none: then the weights themselves say it.
 */
export const expectedUsers = (phases: readonly Phase[], variants: readonly VariantShare[], users: readonly number[]): Readonly<Record<string, number>> | undefined => {
  if (phases.length < 2) return undefined;
  const expected = new Map<string, number>(variants.map(({ variant_name }) => [variant_name, 0]));
  phases.forEach(({ weights }, index) => {
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    for (const [name, weight] of Object.entries(weights)) if (total > 0) expected.set(name, (expected.get(name) ?? 0) + ((users[index] ?? 0) * weight) / total);
  });
  return Object.fromEntries(expected);
};
