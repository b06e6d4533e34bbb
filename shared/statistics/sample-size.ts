import { normalCdf, normalQuantile, normalReach } from './normal.ts';

/** What a test is planned for. `ratio` is the size of the treatment over that of the control. */
export interface Plan {
  readonly control_rate: number;
  readonly treatment_rate: number;
  readonly alpha: number;
  readonly power: number;
  readonly ratio?: number;
  readonly sides?: 1 | 2;
}

/** A formula for the visitors that the control needs. */
export type SampleSizeMethod = 'pooled' | 'unpooled' | 'baseline' | 'arcsine';

/** The distance in standard errors that is found with this power on either side of a two-sided test, the wrong one too. */
const twoSidedDistance = (za: number, power: number): number => {
  let distance = za + normalQuantile(power);
  for (let step = 0; step < 5; step += 1) {
    const slope = (Math.exp(-((distance - za) ** 2) / 2) - Math.exp(-((distance + za) ** 2) / 2)) / Math.sqrt(2 * Math.PI);
    distance -= (normalCdf(distance - za) + normalCdf(-distance - za) - power) / slope;
  }
  return distance;
};

/**
 * Answers how many visitors the control needs (the treatment `ratio` times as many), not rounded; null where no number does: rates outside 0 to 1
 * or alike, alpha or power outside 0 to 1, power not above alpha. The product uses `pooled`: Fleiss, "Statistical Methods for Rates and Proportions" (1981), without
 * correction, which is R's power.prop.test. `unpooled` takes each rate's own variance throughout, `baseline` (the popular calculator of
 * Evan Miller) the control's where there is no effect, `arcsine` Cohen's h, "Statistical Power Analysis" (1988),
 * as statsmodels' NormalIndPower solves it.
 */
export const sampleSize = (plan: Plan, method: SampleSizeMethod = 'pooled'): number | null => {
  const { control_rate: p1, treatment_rate: p2, alpha, power, ratio = 1, sides = 2 } = plan;
  const inside = (value: number): boolean => value > 0 && value < 1;
  if (!(inside(p1) && inside(p2) && inside(alpha) && inside(power) && ratio > 0 && power > alpha) || p1 === p2) return null;
  const [za, zb] = [sides === 2 ? normalReach(alpha) : -normalQuantile(alpha), normalQuantile(power)];
  const [v1, v2] = [p1 * (1 - p1), p2 * (1 - p2)];
  const spread = Math.sqrt(v1 + v2 / ratio);
  const pooled = (p1 + ratio * p2) / (1 + ratio);
  const reach: Record<SampleSizeMethod, () => number> = {
    pooled: () => (za * Math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio)) + zb * spread) / (p2 - p1),
    unpooled: () => ((za + zb) * spread) / (p2 - p1),
    baseline: () => (za * Math.sqrt(v1 * (1 + 1 / ratio)) + zb * spread) / (p2 - p1),
    arcsine: () => ((sides === 2 ? twoSidedDistance(za, power) : za + zb) * Math.sqrt(1 + 1 / ratio)) / (2 * (Math.asin(Math.sqrt(p2)) - Math.asin(Math.sqrt(p1)))),
  };
  const size = reach[method]() ** 2;
  return Number.isFinite(size) ? size : null;
};
