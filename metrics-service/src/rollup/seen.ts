import { ANY } from './cell-deltas.ts';
import { Cells } from './cells.ts';

/** How many are kept to be shared. */
const KEPT_MAX = 2_048;
/** After so many that found no room, those that are kept are not the common ones any more. */
const HOMELESS_MAX = KEPT_MAX * 32;
/** What is seen in more ways is hardly anybody else's too. */
const SHARED_WAYS_MAX = 64;

/** The types of events that a visitor was seen with under a variant, in the order in which they were. */
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
 * What a visitor was seen with, for `/stats`; never changed. Visitors are many and what they are seen with is much the same, so one serves all who came
 * to the same in the same order, and what an event changes is worked out once for all of them.
 */
export class Seen {
  readonly sightings: readonly Sighting[];
  private readonly kept: KeptSeen;
  /** The steps from here that are kept; undefined while there are none. */
  private steps: Cells<SeenStep> | undefined;
  private stored: string | undefined;

  /** By way of `KeptSeen` alone. */
  constructor(kept: KeptSeen, sightings: readonly Sighting[]) {
    this.kept = kept;
    this.sightings = sightings;
  }

  /** How it is stored: `experiment variant type type …` for each sighting, `;` between them; null for nothing. */
  get text(): string | null {
    if (this.sightings.length === 0) return null;
    return (this.stored ??= this.sightings.map(({ experiment, variant, types }) => `${experiment} ${variant} ${types.join(' ')}`).join(';'));
  }

  /** What an event of a type changes, under a variant; undefined for nothing. */
  after(experiment: number, variant: number, type: number): SeenStep | undefined {
    for (const sighting of this.sightings) if (sighting.experiment === experiment && sighting.variant === variant && sighting.types.includes(type)) return undefined;
    const known = this.steps?.find(experiment, variant, type);
    if (known !== undefined) return known;
    const step = this.step(experiment, variant, type);
    if (this.kept.keeps(this, step.seen)) (this.steps ??= new Cells()).set(experiment, variant, type, step);
    return step;
  }

  /** Forgets what follows. */
  forget(): void {
    this.steps = undefined;
  }

  private step(experiment: number, variant: number, type: number): SeenStep {
    const others = this.sightings.filter((sighting) => sighting.experiment === experiment);
    const own = others.find((sighting) => sighting.variant === variant);
    const cells: (readonly [number, number])[] = [[variant, type]];
    if (!others.some(({ types }) => types.includes(type))) cells.push([ANY, type]);
    if (own === undefined) cells.push([variant, ANY]);
    if (others.length === 0) cells.push([ANY, ANY]);
    const more = { experiment, variant, types: own === undefined ? [type] : [...own.types, type] };
    const sightings = own === undefined ? [...this.sightings, more] : this.sightings.map((sighting) => (sighting === own ? more : sighting));
    return { seen: new Seen(this.kept, sightings), cells };
  }
}

/** Keeps what visitors are seen with, each as what follows another: as many as there is room for. */
export class KeptSeen {
  /** What somebody new was seen with. */
  readonly nothing: Seen = new Seen(this, []);
  private kept = new WeakSet<Seen>([this.nothing]);
  private count = 0;
  private homeless = 0;

  /** Answers what was stored. */
  read(text: string | null): Seen {
    return text === null ? this.nothing : this.of(sightingsOf(text));
  }

  /** Answers that of some sightings. */
  of(sightings: readonly Sighting[]): Seen {
    if (!isShared(sightings)) return new Seen(this, sightings);
    let seen = this.nothing;
    for (const { experiment, variant, types } of sightings) for (const type of types) seen = seen.after(experiment, variant, type)?.seen ?? seen;
    return seen;
  }

  /** Whether what follows is to be kept with what it follows. */
  keeps(before: Seen, after: Seen): boolean {
    if (!this.kept.has(before) || !isShared(after.sightings)) return false;
    if (this.count < KEPT_MAX) {
      this.count += 1;
      this.kept.add(after);
      return true;
    }
    this.homeless += 1;
    if (this.homeless > HOMELESS_MAX) this.begin();
    return false;
  }

  private begin(): void {
    this.nothing.forget();
    this.kept = new WeakSet([this.nothing]);
    this.count = 0;
    this.homeless = 0;
  }
}

const isShared = (sightings: readonly Sighting[]): boolean => sightings.reduce((ways, { types }) => ways + types.length, 0) <= SHARED_WAYS_MAX;

/** Reads the text of a `Seen`. */
export const sightingsOf = (text: string): readonly Sighting[] =>
  text.split(';').map((part) => {
    const [experiment = 0, variant = 0, ...types] = part.split(' ').map(Number);
    return { experiment, variant, types };
  });
