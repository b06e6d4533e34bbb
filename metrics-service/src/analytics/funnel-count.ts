import type { SessionBlock, TrailColumns } from './session-block.ts';
import { VisitorSlots } from './visitor-slots.ts';

/**
 * Counts how far visitors come in a funnel: the steps in their order, each by an event after that of the step before, the last one within a
 * bound of the first. A visitor may begin anew at every first step; the farthest counts. Give each visitor's sessions in order.
 *
 * For each step it remembers the latest beginning from which a visitor came there: a later beginning is never worse.
 */
export class FunnelCount {
  private readonly steps: readonly number[];
  private readonly within_ms: number;
  /** By number of a metric: a bit for each step that it makes. */
  private readonly makes: Uint8Array;
  private readonly slots = new VisitorSlots();
  private begun: Float64Array = new Float64Array(0);

  /** Steps, at most eight, are numbers of metrics; those below 0 are made by nothing. */
  constructor(steps: readonly number[], within_ms: number) {
    this.steps = steps;
    this.within_ms = within_ms;
    this.makes = new Uint8Array(Math.max(0, ...steps) + 1);
    for (const [step, metric] of steps.entries()) if (metric >= 0) this.makes[metric] = (this.makes[metric] as number) | (1 << step);
  }

  /** Adds the events of sessions of a block, whose trails must be there. */
  add(block: SessionBlock, rows: Uint32Array): void {
    const { trails } = block;
    if (trails === undefined) return;
    const makes = Uint8Array.from(trails.type_of_kind, (type, kind) => (this.makes[type] ?? 0) | (this.makes[trails.metric_of_kind[kind] as number] ?? 0));
    if (makes.every((made) => made === 0)) return;
    for (const row of rows) this.addSession(block, trails, makes, row);
  }

  private addSession({ base, figures }: SessionBlock, { ends, at, kind }: TrailColumns, makes: Uint8Array, row: number): void {
    const end = ends[row] as number;
    let place = -1;
    for (let event = row === 0 ? 0 : (ends[row - 1] as number); event < end; event += 1) {
      const made = makes[kind[event] as number] as number;
      if (made === 0) continue;
      if (place < 0) {
        const visitor = figures.visitor[row] as number;
        if ((made & 1) === 0 && this.slots.find(visitor) < 0) continue;
        place = this.placeOf(visitor);
      }
      this.make(place, made, base + (at[event] as number));
    }
  }

  private make(place: number, made: number, at: number): void {
    const { begun } = this;
    if (this.within_ms === Infinity) {
      // Any beginning will do: it is enough to know the step that comes next, which the first place remembers.
      const next = Math.max(0, begun[place] as number);
      if (next < this.steps.length && (made & (1 << next)) !== 0) begun[place] = next + 1;
      return;
    }
    // From the last step down: one event makes one step.
    for (let step = 31 - Math.clz32(made); step >= 0; step -= 1) {
      if ((made & (1 << step)) === 0) continue;
      const from = step === 0 ? at : (begun[place + step - 1] as number);
      if (from > (begun[place + step] as number) && at - from <= this.within_ms) begun[place + step] = from;
    }
  }

  private placeOf(visitor: number): number {
    const { length } = this.steps;
    const place = this.slots.of(visitor) * length;
    if (place + length > this.begun.length) {
      const larger = new Float64Array(Math.max(length * 1_024, this.begun.length * 2)).fill(-Infinity);
      larger.set(this.begun);
      this.begun = larger;
    }
    return place;
  }

  private reached(place: number): number {
    if (this.within_ms === Infinity) return Math.max(0, this.begun[place] as number);
    let step = 0;
    while (step < this.steps.length && (this.begun[place + step] as number) > -Infinity) step += 1;
    return step;
  }

  /** How many visitors came to each step. */
  visitors(): readonly number[] {
    return this.visitorsBy(() => 0).get(0) ?? this.steps.map(() => 0);
  }

  /** The same by group; visitors who have none are left out. */
  visitorsBy(groupOf: (visitor: number) => number | undefined): ReadonlyMap<number, readonly number[]> {
    const { length } = this.steps;
    const groups = new Map<number, number[]>();
    for (let slot = 0; slot < this.slots.size; slot += 1) {
      const group = groupOf(this.slots.visitorAt(slot));
      if (group === undefined) continue;
      let counts = groups.get(group);
      if (counts === undefined) groups.set(group, (counts = this.steps.map(() => 0)));
      const reached = this.reached(slot * length);
      for (let step = 0; step < reached; step += 1) counts[step] = (counts[step] as number) + 1;
    }
    return groups;
  }
}
