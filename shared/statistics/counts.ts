/** What was counted in one variant: visitors, and how many of them converted. */
export interface Counts {
  readonly visitors: number;
  readonly conversions: number;
}

/** Says whether counts can be true: whole numbers up to 2^53 − 1, and no more conversions than visitors. */
export const arePossible = ({ visitors, conversions }: Counts): boolean =>
  Number.isSafeInteger(visitors) && Number.isSafeInteger(conversions) && conversions >= 0 && conversions <= visitors;

/** The conversion rate; NaN without visitors. */
export const rateOf = ({ visitors, conversions }: Counts): number => conversions / visitors;

/** The variance of the conversion rate, p (1 − p) / n; NaN without visitors. */
export const rateVariance = ({ visitors, conversions }: Counts): number => ((conversions / visitors) * ((visitors - conversions) / visitors)) / visitors;
