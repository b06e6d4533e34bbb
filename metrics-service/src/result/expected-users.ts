import type { Phase } from '../../../shared/contract/experiment.ts';
import type { Period } from './result-store.ts';
import type { VariantShare } from './variant-shares.ts';

/**
 * Says how many users each variant should have where the weights changed on the way: the users assigned within each phase,
 * split by its weights, summed over the phases. The first phase also has whoever was assigned before it. Undefined with one
 * phase or none: then the weights themselves say it.
 */
export const expectedUsers = (
  phases: readonly Phase[],
  variants: readonly VariantShare[],
  period: Period,
  usersBetween: (period: Period) => number,
): Readonly<Record<string, number>> | undefined => {
  if (phases.length < 2) return undefined;
  const expected = new Map<string, number>(variants.map(({ variant_name }) => [variant_name, 0]));
  phases.forEach(({ weights }, index) => {
    const begins = index === 0 ? period.from : Math.max(period.from, Date.parse(phases[index]?.start_time ?? ''));
    const following = phases[index + 1];
    const ends = following === undefined ? period.to : Math.min(period.to, Date.parse(following.start_time));
    const users = ends <= begins ? 0 : usersBetween({ from: begins, to: ends });
    const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
    for (const [name, weight] of Object.entries(weights)) if (total > 0) expected.set(name, (expected.get(name) ?? 0) + (users * weight) / total);
  });
  return Object.fromEntries(expected);
};
