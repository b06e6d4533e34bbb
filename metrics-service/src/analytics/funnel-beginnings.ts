/** How many entries there is room for at first; a power of two, as all sizes of a ring are. */
const ROOM_MIN = 4_096;

/** An entry has its visitor, the entry before in its chain, how many steps were made, and then when each of these began. */
const VISITOR = 0;
const BEFORE = 1;
const STEPS = 2;
const BEGUN = 3;

/**
 * Remembers between two sessions of a visitor when they began to come to each step of a funnel, as long as a bound allows: a ring, whose oldest
 * entries are forgotten when they are too old, whether they were followed by newer ones or not. Those whose visitors share a slot of a table form a
 * chain, the newest first, which ends where they are forgotten. So a short bound needs little memory, which the processor has at hand.
 */
export class FunnelBeginnings {
  private readonly within_ms: number;
  private readonly stride: number;
  private room = 0;
  private ring = new Float64Array(0);
  /** By slot: the newest entry, 0 for none. */
  private newest = new Uint32Array(0);
  /** Numbers of the oldest entry that is kept, and of the next; the first is 1. */
  private oldest = 1;
  private next = 1;

  constructor(steps_max: number, within_ms: number) {
    this.within_ms = within_ms;
    this.stride = BEGUN + steps_max;
  }

  /** Forgets what is too old for sessions that begin at `now` or later. */
  forget(now: number): void {
    // That of the first step is the latest of an entry.
    while (this.oldest < this.next && now - (this.ring[this.placeOf(this.oldest) + BEGUN] as number) > this.within_ms) this.oldest += 1;
  }

  /** The entry that is kept for a visitor; 0 for none. */
  find(visitor: number): number {
    const { oldest, ring } = this;
    let entry = this.newest[this.slotOf(visitor)] ?? 0;
    while (entry >= oldest && ring[this.placeOf(entry) + VISITOR] !== visitor) entry = ring[this.placeOf(entry) + BEFORE] as number;
    return entry >= oldest ? entry : 0;
  }

  /** Fills `begun` with an entry; answers how many steps were made. */
  load(entry: number, begun: Float64Array): number {
    const { ring } = this;
    const place = this.placeOf(entry);
    const steps = ring[place + STEPS] as number;
    for (let step = 0; step < steps; step += 1) begun[step] = ring[place + BEGUN + step] as number;
    return steps;
  }

  /** Keeps `begun` for a visitor, instead of what was kept before. */
  keep(visitor: number, steps: number, begun: Float64Array): void {
    if (this.next - this.oldest === this.room) this.makeRoom();
    const { ring, newest, next } = this;
    const [place, slot] = [this.placeOf(next), this.slotOf(visitor)];
    ring[place + VISITOR] = visitor;
    ring[place + BEFORE] = newest[slot] as number;
    ring[place + STEPS] = steps;
    for (let step = 0; step < steps; step += 1) ring[place + BEGUN + step] = begun[step] as number;
    newest[slot] = next;
    this.next += 1;
  }

  private placeOf(entry: number): number {
    return (entry & (this.room - 1)) * this.stride;
  }

  /** Numbers of visitors lie close together, and those who are new one after the other: nothing need spread them. */
  private slotOf(visitor: number): number {
    return visitor & (this.room - 1);
  }

  private makeRoom(): void {
    const { ring, stride, oldest, next, room } = this;
    this.room = Math.max(ROOM_MIN, room * 2);
    this.ring = new Float64Array(this.room * stride);
    this.newest = new Uint32Array(this.room);
    this.oldest = 1;
    this.next = 1;
    for (let entry = oldest; entry < next; entry += 1) {
      const place = (entry & (room - 1)) * stride;
      this.keep(ring[place + VISITOR] as number, ring[place + STEPS] as number, ring.subarray(place + BEGUN, place + stride));
    }
  }
}
