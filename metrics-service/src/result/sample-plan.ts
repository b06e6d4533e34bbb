import type { SamplePlan } from '../../../shared/contract/results.ts';
import { sampleSize } from '../../../shared/statistics/sample-size.ts';
import type { VariantFigures } from './results.ts';

/** The relative effect that is looked for where nobody says another. */
export const DEFAULT_EFFECT = 0.1;
const ALPHA = 0.05;
const POWER = 0.8;

/**
 * Says how many visitors a test needs to find an effect (two-sided, α 0.05, power 0.8; Bonferroni where several variants are compared
 * with the control), and how many days they take at the traffic there is.
 */
export const samplePlan = (variants: readonly VariantFigures[], minimum_detectable_effect: number, users_per_day: number): SamplePlan => {
  const control = variants.find(({ is_control }) => is_control);
  const rate = control === undefined || control.users === 0 ? 0 : control.conversions / control.users;
  const comparisons = Math.max(1, variants.length - 1);
  const size = sampleSize({ control_rate: rate, treatment_rate: rate * (1 + minimum_detectable_effect), alpha: ALPHA / comparisons, power: POWER });
  const users_per_variant = size === null ? null : Math.ceil(size);
  const weight = variants.reduce((sum, { traffic_allocation }) => sum + traffic_allocation, 0);
  const days = variants
    .filter(({ traffic_allocation }) => traffic_allocation > 0)
    .map(({ traffic_allocation, users }) => {
      const missing = Math.max(0, (users_per_variant ?? 0) - users);
      return missing === 0 ? 0 : missing / ((users_per_day * traffic_allocation) / weight);
    });
  const longest = days.reduce((most, each) => Math.max(most, each), 0);
  return { minimum_detectable_effect, users_per_variant, users_per_day, days_left: users_per_variant === null || !Number.isFinite(longest) ? null : Math.ceil(longest) };
};
