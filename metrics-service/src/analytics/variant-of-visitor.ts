import type { AssignmentStore } from '../assignment/assignment-store.ts';

/** How many experiments' variants are kept in memory. */
const EXPERIMENTS_MAX = 4;
/** How many assignments are read before others have the event loop. */
const READ_AT_ONCE = 5_000;

/** Which variant each visitor of an experiment is counted in. */
export interface VisitorVariants {
  /** By visitor: the place of their variant, 0 for one who is not counted, as are those beyond its end. */
  readonly places: Uint8Array;
  /** Numbers of words, by place; the first is no variant. */
  readonly variants: readonly (number | undefined)[];
}

interface Known extends VisitorVariants {
  places: Uint8Array;
  readonly variants: (number | undefined)[];
  /** Visitors whose assignments changed since they were read. */
  readonly changed: Set<number>;
}

/** Answers quickly which variant a visitor is counted in: read once for an experiment, then kept up with what changes. */
export class VariantOfVisitor {
  private readonly assignments: AssignmentStore;
  private readonly known = new Map<number, Promise<Known>>();
  private readonly changes = new Map<number, Set<number>>();

  constructor(assignments: AssignmentStore) {
    this.assignments = assignments;
    assignments.onChange((visitor) => {
      if (visitor === undefined) this.forget();
      else for (const changed of this.changes.values()) changed.add(visitor);
    });
  }

  /** Makes the variants of an experiment known; they are good until somebody asks again. */
  async of(experiment: number): Promise<VisitorVariants> {
    const reading = this.known.get(experiment) ?? this.begin(experiment);
    const known = await reading;
    if (this.known.get(experiment) !== reading) return this.of(experiment);
    for (const visitor of known.changed) set(known, visitor, this.assignments.countedVariant(visitor, experiment));
    known.changed.clear();
    return known;
  }

  private begin(experiment: number): Promise<Known> {
    // Before reading: what changes meanwhile is read again.
    const changed = new Set<number>();
    const reading = this.readAll(experiment, changed);
    this.known.set(experiment, reading);
    this.changes.set(experiment, changed);
    const [oldest] = this.known.keys();
    if (this.known.size > EXPERIMENTS_MAX && oldest !== undefined) this.drop(oldest);
    reading.catch(() => this.drop(experiment));
    return reading;
  }

  private async readAll(experiment: number, changed: Set<number>): Promise<Known> {
    const known: Known = { places: new Uint8Array(1_024), variants: [undefined], changed };
    const { assignments } = this;
    for (let page = assignments.countedAfter(experiment, undefined, READ_AT_ONCE); page.length > 0; page = assignments.countedAfter(experiment, page.at(-1), READ_AT_ONCE)) {
      for (const [, variant, visitor] of page) set(known, visitor, variant);
      await new Promise(setImmediate);
    }
    return known;
  }

  private drop(experiment: number): void {
    this.known.delete(experiment);
    this.changes.delete(experiment);
  }

  private forget(): void {
    this.known.clear();
    this.changes.clear();
  }
}

const set = (known: Known, visitor: number, variant: number | undefined): void => {
  if (visitor >= known.places.length) {
    if (variant === undefined) return;
    const larger = new Uint8Array(Math.max(visitor + 1, known.places.length * 2));
    larger.set(known.places);
    known.places = larger;
  }
  let place = known.variants.indexOf(variant);
  if (place < 0) place = known.variants.push(variant) - 1;
  known.places[visitor] = place;
};
