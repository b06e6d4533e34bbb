import type { AssignedEntry } from '../visitor/assigned-cookie.ts';

/** What a visitor is shown, and whether they take part. */
export interface Shown {
  /** Slot values; one object per variant, so that what is derived from it can be remembered. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The experiment and variant that events are recorded under; null for a visitor who does not take part. */
  readonly part: { readonly experiment: string; readonly variant: string } | null;
  /** A new assignment, to be put into the visitor's cookie. */
  readonly entry?: AssignedEntry;
}

const NO_CONFIGURATION = {};

/** The page as it is without an experiment: the defaults of its slots, and events that belong to none. */
export const PLAIN: Shown = { configuration: NO_CONFIGURATION, part: null };
