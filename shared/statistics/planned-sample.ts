import type { SampleSize, SampleSizeRequest } from '../contract/analysis.ts';
import { sampleSize } from './sample-size.ts';

/**
 * Answers `POST /sample-size`: how many visitors each variant needs so that the effect is found with this power, by the pooled formula (Fleiss; R's
 * power.prop.test), rounded up. 10 %, effect 20 %, alpha 0.05 and power 0.8 give 3,841. With more than two variants it is the number for
 * one comparison with the control, not adjusted.
 */
export const plannedSample = ({ baseline_rate, minimum_detectable_effect, alpha = 0.05, power = 0.8, variants = 2 }: SampleSizeRequest): SampleSize => {
  const treatment_rate = baseline_rate * (1 + minimum_detectable_effect);
  const size = sampleSize({ control_rate: baseline_rate, treatment_rate, alpha, power });
  const per_variant = size === null ? null : Math.ceil(size);
  if (per_variant !== null && Number.isSafeInteger(per_variant * variants)) return { per_variant, total: per_variant * variants };
  const inside = (value: number): boolean => value > 0 && value < 1;
  if (!inside(baseline_rate) || !inside(treatment_rate)) return { per_variant: null, total: null, reason: 'The baseline and the rate with the effect must lie between 0 and 1.' };
  if (!inside(alpha) || !inside(power) || power <= alpha) return { per_variant: null, total: null, reason: 'Alpha and power must lie between 0 and 1, and power above alpha.' };
  return { per_variant: null, total: null, reason: 'The effect is too small, or the variants too many, to be planned for.' };
};
