import { ANY } from './cell-deltas.ts';
import { Cells } from './cells.ts';

/** How many are kept to be shared; then they are gathered anew. */
const KEPT_MAX = 4_096;
/** What is seen in more ways is hardly anybody else's too. */
const SHARED_WAYS_MAX = 64;

/** The types of events that a visitor was seen with under a variant, in the order of their numbers. */
export interface Sighting {
  readonly experiment: number;
  readonly variant: number;
  readonly types: readonly number[];
}

/** What one more event changes: what its visitor was seen with then, and in which cells of `/stats` they are counted from now on. */
export interface SeenStep {
  readonly seen: Seen;
  readonly cells: readonly (readonly [variant: number, type: number])[];
}

/**
 * What a visitor was seen with, for `/stats`; never changed. Visitors are many and what they were seen with is much the same, so one serves all who are
 * alike, and what an event changes is worked out once for all of them.
 */
export class Seen {
  readonly sightings: readonly Sighting[];
  /** How it is stored: `experiment variant type type …` for each sighting, `;` between them; null for nothing. */
  readonly text: string | null;
  private readonly kept: KeptSeen;
  private readonly steps = new Cells<SeenStep>();

  /** By way of `KeptSeen` alone. */
  constructor(kept: KeptSeen, sightings: readonly Sighting[], text: string | null) {
    this.kept = kept;
    this.sightings = sightings;
    this.text = text;
  }

  /** What an event of a type changes, under a variant. */
  after(experiment: number, variant: number, type: number): SeenStep {
    const known = this.steps.find(experiment, variant, type);
    if (known !== undefined) return known;
    const step = this.step(experiment, variant, type);
    return isShared(step.seen.sightings) ? this.steps.set(experiment, variant, type, step) : step;
  }

  /** Forgets what follows. */
  forget(): void {
    this.steps.clear();
  }

  private step(experiment: number, variant: number, type: number): SeenStep {
    const others = this.sightings.filter((sighting) => sighting.experiment === experiment);
    const own = others.find((sighting) => sighting.variant === variant);
    if (own?.types.includes(type) === true) return { seen: this, cells: [] };
    const cells: (readonly [number, number])[] = [[variant, type]];
    if (!others.some(({ types }) => types.includes(type))) cells.push([ANY, type]);
    if (own === undefined) cells.push([variant, ANY]);
    if (others.length === 0) cells.push([ANY, ANY]);
    const more = { experiment, variant, types: [...(own?.types ?? []), type] };
    return { seen: this.kept.of([...this.sightings.filter((sighting) => sighting !== own), more]), cells };
  }
}

/** Keeps one `Seen` for each thing that visitors were seen with. */
export class KeptSeen {
  /** Nobody's yet. */
  readonly nothing: Seen = new Seen(this, [], null);
  private readonly kept = new Map<string, Seen>();

  /** Answers what was stored. */
  read(text: string | null): Seen {
    if (text === null) return this.nothing;
    return this.kept.get(text) ?? this.of(sightingsOf(text));
  }

  /** Answers that of some sightings, each of another experiment or variant. */
  of(sightings: readonly Sighting[]): Seen {
    if (sightings.length === 0) return this.nothing;
    const sorted = sightings
      .map(({ experiment, variant, types }) => ({ experiment, variant, types: types.toSorted((one, other) => one - other) }))
      .sort((one, other) => one.experiment - other.experiment || one.variant - other.variant);
    const text = sorted.map(({ experiment, variant, types }) => [experiment, variant, ...types].join(' ')).join(';');
    const known = this.kept.get(text);
    if (known !== undefined) return known;
    const seen = new Seen(this, sorted, text);
    if (isShared(sorted)) this.keep(text, seen);
    return seen;
  }

  private keep(text: string, seen: Seen): void {
    if (this.kept.size >= KEPT_MAX) {
      this.kept.clear();
      this.nothing.forget();
    }
    this.kept.set(text, seen);
  }
}

/** Reads the text of a `Seen`. */
export const sightingsOf = (text: string): readonly Sighting[] =>
  text.split(';').map((part) => {
    const [experiment = 0, variant = 0, ...types] = part.split(' ').map(Number);
    return { experiment, variant, types };
  });

const isShared = (sightings: readonly Sighting[]): boolean => sightings.reduce((ways, { types }) => ways + types.length, 0) <= SHARED_WAYS_MAX;
