import { VisitorNumbers } from './visitor-numbers.ts';

/** How many visitors there is room for at first; a power of two, as all sizes of a ring are. */
const ROOM_MIN = 4_096;

/**
 * Remembers between two sessions of a visitor when they began to come to each step of a funnel, as long as a bound allows: a ring, whose oldest
 * entries are forgotten when they are too old, whether they were followed by newer ones or not. So a short bound needs hardly any room.
 */
export class FunnelBeginnings {
  /** Those of one visitor, by step: what `load` filled and `keep` takes. */
  readonly begun: Float64Array;
  private readonly within_ms: number;
  /** By visitor: the number of their newest entry and one, 0 for none. */
  private readonly entries: VisitorNumbers<Uint32Array>;
  /** For each entry: how many steps are known, then when each began. */
  private ring: Float64Array;
  private readonly stride: number;
  private room = ROOM_MIN;
  /** Numbers of the oldest entry that is kept, and of the next. */
  private oldest = 0;
  private next = 0;

  /** `highest` is the number of the last visitor that is expected. */
  constructor(steps_max: number, within_ms: number, highest: number) {
    this.within_ms = within_ms;
    this.begun = new Float64Array(steps_max);
    this.stride = steps_max + 1;
    this.ring = new Float64Array(this.room * this.stride);
    this.entries = new VisitorNumbers(Uint32Array, highest);
  }

  /** Fills `begun` with what is kept for a visitor; answers how many steps are known. */
  load(visitor: number): number {
    const entry = (this.entries.all[visitor] ?? 0) - 1;
    if (entry < this.oldest) return 0;
    const { begun, ring } = this;
    const place = this.placeOf(entry);
    const steps = ring[place] as number;
    for (let step = 0; step < steps; step += 1) begun[step] = ring[place + 1 + step] as number;
    return steps;
  }

  /** Keeps the first `steps` of `begun` for a visitor, instead of those kept before; no session that follows begins before `now`. */
  keep(visitor: number, steps: number, now: number): void {
    if (this.next - this.oldest === this.room) this.makeRoom(now);
    const { ring, begun } = this;
    const place = this.placeOf(this.next);
    ring[place] = steps;
    for (let step = 0; step < steps; step += 1) ring[place + 1 + step] = begun[step] as number;
    this.next += 1;
    this.entries.upTo(visitor)[visitor] = this.next;
  }

  private placeOf(entry: number): number {
    return (entry & (this.room - 1)) * this.stride;
  }

  private makeRoom(now: number): void {
    // That of the first step is the latest of an entry.
    while (this.oldest < this.next && now - (this.ring[this.placeOf(this.oldest) + 1] as number) > this.within_ms) this.oldest += 1;
    if ((this.next - this.oldest) * 2 <= this.room) return;
    const { ring, stride } = this;
    const places = Array.from({ length: this.next - this.oldest }, (_, index) => this.placeOf(this.oldest + index));
    this.room *= 2;
    this.ring = new Float64Array(this.room * stride);
    for (const [index, place] of places.entries()) this.ring.set(ring.subarray(place, place + stride), this.placeOf(this.oldest + index));
  }
}
