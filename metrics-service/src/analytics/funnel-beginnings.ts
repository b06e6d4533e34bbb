import type { VisitorNumbers } from './visitor-numbers.ts';

/** How many numbers there is room for at first. */
const ROOM_MIN = 32_768;
/** The most steps that a funnel has. */
const STEPS_MAX = 8;
/** Bits of a number that say how many steps somebody came; those above say where their beginnings are. */
export const STEPS_BITS = 4;
/** The bits that say how many. */
export const STEPS_MASK: number = (1 << STEPS_BITS) - 1;

/**
 * Remembers between two sessions of a visitor when they began to come to each step of a funnel, as long as a bound allows. Beginnings lie one after
 * the other; those that are too old, or were followed by newer ones, are dropped whenever the room is used up. So a short bound needs hardly any room.
 */
export class FunnelBeginnings {
  /** Those of one visitor, by step: what `load` filled and `keep` takes. */
  readonly begun: Float64Array = new Float64Array(STEPS_MAX);
  private readonly progress: VisitorNumbers;
  private readonly within_ms: number;
  /** For each: the visitor, the number of steps, then when each began. */
  private kept: Float64Array = new Float64Array(ROOM_MIN);
  private end = 0;

  /** `progress` has for each visitor the steps that they came, and before them the place of their beginnings and one; 0 for none. */
  constructor(progress: VisitorNumbers, within_ms: number) {
    this.progress = progress;
    this.within_ms = within_ms;
  }

  /** Fills `begun` with what is kept for the progress of a visitor; answers how many steps are known. */
  load(progress: number): number {
    const { begun, kept } = this;
    const place = placeOf(progress);
    const steps = kept[place + 1] as number;
    for (let step = 0; step < steps; step += 1) begun[step] = kept[place + 2 + step] as number;
    return steps;
  }

  /** Keeps the first `steps` of `begun` for a visitor who came `reached` steps, instead of those kept before; no session that follows begins before `now`. */
  keep(visitor: number, reached: number, steps: number, now: number): void {
    if (this.end + 2 + steps > this.kept.length) this.makeRoom(now);
    const { kept, begun, end } = this;
    kept[end] = visitor;
    kept[end + 1] = steps;
    for (let step = 0; step < steps; step += 1) kept[end + 2 + step] = begun[step] as number;
    this.progress.set(visitor, ((end + 1) << STEPS_BITS) | reached);
    this.end = end + 2 + steps;
  }

  private makeRoom(now: number): void {
    const { kept, progress, within_ms } = this;
    let end = 0;
    for (let place = 0; place < this.end; ) {
      const visitor = kept[place] as number;
      const known = progress.get(visitor);
      const next = place + 2 + (kept[place + 1] as number);
      if (placeOf(known) === place) {
        // That of the first step is the latest.
        const is_old = now - (kept[place + 2] as number) > within_ms;
        progress.set(visitor, (is_old ? 0 : (end + 1) << STEPS_BITS) | (known & STEPS_MASK));
        if (!is_old) for (let from = place; from < next; from += 1, end += 1) kept[end] = kept[from] as number;
      }
      place = next;
    }
    this.end = end;
    if (end * 2 <= kept.length) return;
    this.kept = new Float64Array(kept.length * 2);
    this.kept.set(kept);
  }
}

const placeOf = (progress: number): number => (progress >>> STEPS_BITS) - 1;
