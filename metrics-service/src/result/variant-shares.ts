import type { Experiment } from '../../../shared/contract/experiment.ts';

/** A variant that results speak of. */
export interface VariantShare {
  readonly variant_name: string;
  readonly is_control: boolean;
  /** Percent of the visitors; 0 for a variant that somebody is in and that the experiment does not have. */
  readonly traffic_allocation: number;
}

const CONTROL_NAMES = ['control', 'a', 'original', 'baseline'];

/** Orders variants by name, those first that are called what controls are called. */
const byName = (a: string, b: string): number => {
  const rank = (name: string): number => (CONTROL_NAMES.indexOf(name.toLowerCase()) + CONTROL_NAMES.length + 1) % (CONTROL_NAMES.length + 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
};

/**
 * Says which variants an experiment has, control first. Without a definition (an import) they are those that visitors are in,
 * with equal shares; the control is the one called control or A, else the first by name.
 */
export const variantShares = (definition: Experiment | null, seen: readonly string[]): readonly VariantShare[] => {
  if (definition === null) return [...seen].sort(byName).map((variant_name, index) => ({ variant_name, is_control: index === 0, traffic_allocation: 100 / seen.length }));
  const own = definition.variants.map(({ variant_name, is_control, traffic_allocation_percent }) => ({ variant_name, is_control, traffic_allocation: traffic_allocation_percent }));
  const strange = seen.filter((name) => !own.some((variant) => variant.variant_name === name)).sort(byName);
  return [...own.filter((variant) => variant.is_control), ...own.filter((variant) => !variant.is_control), ...strange.map((variant_name) => ({ variant_name, is_control: false, traffic_allocation: 0 }))];
};
