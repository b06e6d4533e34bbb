/** One stored assignment of one visitor; several per experiment are possible by import. `variant` is a word's number. */
export interface StoredAssignment {
  readonly experiment: number;
  readonly variant: number;
  readonly assigned_at: number;
  readonly forced: boolean;
}

/** Whether a visitor is in an experiment's results, or why not. */
export type Standing = 'counted' | 'conflicting' | 'forced';

/** What all of a visitor's assignments in one experiment come to: the earliest, and whether it counts. */
export interface Enrolment {
  readonly experiment: number;
  readonly variant: number;
  readonly assigned_at: number;
  readonly standing: Standing;
}

/** A visitor's enrolments, by experiment. */
export type Enrolments = ReadonlyMap<number, Enrolment>;

/** The enrolments of a visitor who has no assignment. */
export const NOT_ENROLLED: Enrolments = new Map();

/** What a visitor's only assignment in an experiment comes to. */
export const enrolmentOf = ({ experiment, variant, assigned_at, forced }: StoredAssignment): Enrolment => ({ experiment, variant, assigned_at, standing: forced ? 'forced' : 'counted' });

/**
 * Settles a visitor's assignments: per experiment the earliest counts; two different variants are a conflict, and a variant
 * that was forced upon a tester is no observation: both are left out of results.
 */
export const enrolmentsOf = (assignments: readonly StoredAssignment[]): Enrolments => {
  if (assignments.length === 0) return NOT_ENROLLED;
  const enrolments = new Map<number, Enrolment>();
  for (const { experiment, variant, assigned_at, forced } of assignments) {
    const known = enrolments.get(experiment);
    const standing: Standing =
      forced || known?.standing === 'forced' ? 'forced' : known !== undefined && (known.standing === 'conflicting' || known.variant !== variant) ? 'conflicting' : 'counted';
    const earlier = known === undefined || assigned_at < known.assigned_at || (assigned_at === known.assigned_at && variant < known.variant);
    enrolments.set(experiment, earlier ? { experiment, variant, assigned_at, standing } : { ...known, standing });
  }
  return enrolments;
};
