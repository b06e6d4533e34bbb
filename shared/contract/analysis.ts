/** Low and high end of an interval. */
export type Interval = readonly [low: number, high: number];

/** How p-values are adjusted when several comparisons are made at once. */
export type Correction = 'holm' | 'benjamini-hochberg' | 'none';

/** What was counted in one variant. */
export interface AnalysisVariant {
  readonly variant_name: string;
  readonly is_control: boolean;
  /** Weight of the split in any unit: percent, parts, or the number of users expected over all phases of an experiment. */
  readonly traffic_allocation: number;
  /** Visitors assigned to the variant; a whole number up to 2^53 − 1. */
  readonly users: number;
  /** How many of them converted; each converts once. */
  readonly conversions: number;
  /** Sum of the revenue of each visitor, and of its square; both or neither. */
  readonly revenue_sum?: number;
  readonly revenue_sum_squares?: number;
}

/** The body of `POST /analysis`. Without any `is_control` the first variant is the control. */
export interface AnalysisRequest {
  /** Chance of a false alarm, 0.05 where it is not given; intervals are at 1 − alpha. */
  readonly alpha?: number;
  readonly correction?: Correction;
  readonly variants: readonly AnalysisVariant[];
  /** Adds `work`: every number in between. */
  readonly show_work?: boolean;
}

/** Where a part has no answer its numbers are null, and this says why in a sentence. */
export interface Reasoned {
  readonly reason?: string;
}

/** A variant's conversion rate with its Wilson interval. */
export interface RateAnalysis extends Reasoned {
  readonly variant_name: string;
  readonly users: number | null;
  readonly conversions: number | null;
  readonly rate: number | null;
  readonly ci: Interval | null;
}

/** Pearson's test that all variants convert alike. */
export interface ChiSquaredAnalysis extends Reasoned {
  readonly statistic: number | null;
  readonly degrees_of_freedom: number | null;
  readonly p_value: number | null;
  /** Whether the p-value is below alpha. */
  readonly significant: boolean | null;
}

/** The test that visitors were split as configured; `mismatch` at p < 0.001. A visitor in a variant of weight zero gives p = 0 and no statistic. */
export interface SrmAnalysis extends Reasoned {
  readonly statistic: number | null;
  readonly degrees_of_freedom: number | null;
  readonly p_value: number | null;
  readonly mismatch: boolean | null;
}

/** The always-valid interval and p-value of a difference: they hold however often one looks. */
export interface SequentialAnalysis extends Reasoned {
  readonly ci: Interval | null;
  readonly p_value: number | null;
  /** Adjusted as `adjusted_p_value` of the comparison is; the decision rests on this one. */
  readonly adjusted_p_value: number | null;
}

/** Welch's test of the revenue per visitor, variant less control. */
export interface RevenueAnalysis extends Reasoned {
  readonly difference: number | null;
  readonly ci: Interval | null;
  readonly t: number | null;
  readonly degrees_of_freedom: number | null;
  readonly p_value: number | null;
}

/** A variant against the control; differences are variant less control, lifts are variant / control − 1. */
export interface Comparison extends Reasoned {
  readonly variant_name: string;
  readonly control_name: string;
  readonly absolute_difference: number | null;
  readonly absolute_difference_ci: Interval | null;
  readonly relative_lift: number | null;
  readonly relative_lift_ci: Interval | null;
  readonly z: number | null;
  readonly p_value: number | null;
  readonly adjusted_p_value: number | null;
  readonly sequential: SequentialAnalysis;
  readonly revenue: RevenueAnalysis;
}

/** What Beta(1,1) posteriors say of a variant; `probability_beats_control` is null for the control itself. */
export interface BayesianAnalysis extends Reasoned {
  readonly variant_name: string;
  readonly probability_best: number | null;
  readonly probability_beats_control: number | null;
  /** What choosing this variant costs on average, in points of the conversion rate. */
  readonly expected_loss: number | null;
  readonly credible_interval: Interval | null;
}

/** What can be said of an experiment as a whole. */
export type DecisionState = 'invalid' | 'wait' | 'winner' | 'loser' | 'no_difference';

/** What to do, and why, in one sentence. `variant_name` is the winner or the loser, else null. */
export interface Decision {
  readonly state: DecisionState;
  readonly variant_name: string | null;
  readonly reason: string;
}

/** Numbers in between, by part and variant, for those who check by hand; only with `show_work`. */
export type Work = Readonly<Record<string, unknown>>;

/** The answer of `POST /analysis`, and `analysis` of an experiment's results. */
export interface Analysis {
  readonly rates: readonly RateAnalysis[];
  readonly chi_squared: ChiSquaredAnalysis;
  readonly srm: SrmAnalysis;
  readonly comparisons: readonly Comparison[];
  readonly bayesian: readonly BayesianAnalysis[];
  readonly decision: Decision;
  readonly work?: Work;
}

/** The body of `POST /sample-size`. The effect is relative: 0.2 is a fifth more, −0.2 a fifth less. */
export interface SampleSizeRequest {
  readonly baseline_rate: number;
  readonly minimum_detectable_effect: number;
  /** 0.05 where it is not given, two-sided. */
  readonly alpha?: number;
  /** 0.8 where it is not given. */
  readonly power?: number;
  /** How many variants, the control among them; 2 where it is not given. */
  readonly variants?: number;
}

/** The answer of `POST /sample-size`: visitors for each variant and for all; null with a reason where no number does. */
export interface SampleSize extends Reasoned {
  readonly per_variant: number | null;
  readonly total: number | null;
}
