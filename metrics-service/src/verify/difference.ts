/** A figure that is stored otherwise than it is counted. */
export interface Difference {
  /** The table of the figure. */
  readonly table: string;
  /** Which row, in words: `homepage, variant A, page_view`. */
  readonly place: string;
  readonly figure: string;
  /** Null where there is no row. */
  readonly stored: number | string | null;
  readonly counted: number | string | null;
}

/** Sums of many values differ in their last digits with the order in which they were added up. */
const TOLERANCE = 1e-6;

/** Answers whether two figures are the same, whole numbers exactly; none is zero. */
export const isSame = (stored: number, counted: number): boolean =>
  stored === counted || (!(Number.isInteger(stored) && Number.isInteger(counted)) && Math.abs(stored - counted) <= TOLERANCE * Math.max(1, Math.abs(stored), Math.abs(counted)));
