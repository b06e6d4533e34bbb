import type { SplitPart } from '../../../shared/contract/results.ts';
import { SRM_ALARM } from '../../../shared/statistics/analysis.ts';
import { splitTest } from '../../../shared/statistics/srm.ts';

/** How many parts are shown. */
const PARTS_MAX = 100;

/** Users of one variant in one part of the visitors. */
export interface PartUsers {
  readonly value: string | null;
  readonly variant_name: string;
  readonly users: number;
}

/** Tests the split of each part of the visitors by the same weights, and puts first what fits them least: there a mismatch comes from. */
export const splitParts = (counted: readonly PartUsers[], weights: ReadonlyMap<string, number>): readonly SplitPart[] => {
  const names = [...weights.keys()];
  const parts = new Map<string | null, Map<string, number>>();
  for (const { value, variant_name, users } of counted) {
    const part = parts.get(value) ?? new Map<string, number>(names.map((name) => [name, 0]));
    parts.set(value, part.set(variant_name, (part.get(variant_name) ?? 0) + users));
  }
  const tested = [...parts].map(([value, users]): SplitPart => {
    const test = splitTest([...users.values()], [...users.keys()].map((name) => weights.get(name) ?? 0));
    const statistic = test === null || !Number.isFinite(test.statistic) ? null : test.statistic;
    return { value, users: Object.fromEntries(users), statistic, p_value: test?.p_value ?? null, mismatch: test !== null && test.p_value < SRM_ALARM };
  });
  return tested.sort((a, b) => (a.p_value ?? 1) - (b.p_value ?? 1)).slice(0, PARTS_MAX);
};
