import type { Column } from '../columns.ts';
import type { SessionBlock, TrailColumns } from './session-block.ts';
import { VisitorSlots } from './visitor-slots.ts';

/**
 * Counts how far visitors come in a funnel: the steps in their order, each by an event after that of the step before, the last one within a
 * bound of the first. A visitor may begin anew at every first step; the farthest counts. Give each visitor's sessions in order.
 */
export class FunnelCount {
  private readonly steps: readonly number[];
  private readonly within_ms: number;
  /** By number of a metric: a bit for each step that it makes. */
  private readonly makes: Uint8Array;
  private readonly slots = new VisitorSlots();
  /** By visitor's place: how many steps they came. */
  private reached: Uint8Array = new Uint8Array(1_024);
  /** Where there is a bound, by place and step: the latest beginning from which the visitor came there. A later beginning is never worse. */
  private begun: Float64Array = new Float64Array(0);

  /** Steps, at most eight, are numbers of metrics; those below 0 are made by nothing. */
  constructor(steps: readonly number[], within_ms: number) {
    this.steps = steps;
    this.within_ms = within_ms;
    this.makes = new Uint8Array(Math.max(0, ...steps) + 1);
    for (const [step, metric] of steps.entries()) if (metric >= 0) this.makes[metric] = (this.makes[metric] as number) | (1 << step);
  }

  /** Adds the events of sessions of a block, whose trails must be there, and the times too where there is a bound. */
  add({ base, figures, trails, times }: SessionBlock, rows: Uint32Array): void {
    if (trails === undefined) return;
    const makes = Uint8Array.from(trails.type_of_kind, (type, kind) => (this.makes[type] ?? 0) | (this.makes[trails.metric_of_kind[kind] as number] ?? 0));
    if (makes.every((made) => made === 0)) return;
    if (this.within_ms === Infinity) this.addUnbounded(figures.visitor, trails, makes, rows);
    else if (times !== undefined) this.addBounded(figures.visitor, trails, times, base, makes, rows);
  }

  /** Any beginning will do: it is enough to know the step that comes next. */
  private addUnbounded(visitor: Column, { ends, kind }: TrailColumns, makes: Uint8Array, rows: Uint32Array): void {
    for (const row of rows) {
      const end = ends[row] as number;
      const slot = this.slotOf(visitor[row] as number);
      const before = this.reached[slot] as number;
      // A step that would follow the last is made by nothing.
      let wanted = 1 << before;
      for (let event = row === 0 ? 0 : (ends[row - 1] as number); event < end; event += 1) if (((makes[kind[event] as number] as number) & wanted) !== 0) wanted <<= 1;
      if (wanted !== 1 << before) this.reached[slot] = 31 - Math.clz32(wanted);
    }
  }

  private addBounded(visitor: Column, { ends, kind }: TrailColumns, times: Column, base: number, makes: Uint8Array, rows: Uint32Array): void {
    const { within_ms, steps: { length } } = this;
    for (const row of rows) {
      const end = ends[row] as number;
      const slot = this.slotOf(visitor[row] as number);
      const place = slot * length;
      const { begun } = this;
      let reached = this.reached[slot] as number;
      for (let event = row === 0 ? 0 : (ends[row - 1] as number); event < end; event += 1) {
        // Steps beyond the next cannot be made yet; from the last one down, because an event makes one step.
        let made = (makes[kind[event] as number] as number) & ((2 << reached) - 1);
        if (made === 0) continue;
        const at = base + (times[event] as number);
        for (; made !== 0; made &= ~(1 << (31 - Math.clz32(made)))) {
          const step = 31 - Math.clz32(made);
          const from = step === 0 ? at : (begun[place + step - 1] as number);
          if (from <= (begun[place + step] as number) || at - from > within_ms) continue;
          begun[place + step] = from;
          if (step === reached) reached += 1;
        }
      }
      this.reached[slot] = reached;
    }
  }

  private slotOf(visitor: number): number {
    const slot = this.slots.of(visitor);
    if (slot >= this.reached.length) {
      const larger = new Uint8Array(this.reached.length * 2);
      larger.set(this.reached);
      this.reached = larger;
    }
    const { length } = this.steps;
    if (this.within_ms !== Infinity && (slot + 1) * length > this.begun.length) {
      const larger = new Float64Array(this.reached.length * length).fill(-Infinity);
      larger.set(this.begun);
      this.begun = larger;
    }
    return slot;
  }

  /** How many visitors came to each step. */
  visitors(): readonly number[] {
    return this.visitorsBy(() => 0).get(0) ?? this.steps.map(() => 0);
  }

  /** The same by group; visitors who have none are left out. */
  visitorsBy(groupOf: (visitor: number) => number | undefined): ReadonlyMap<number, readonly number[]> {
    const groups = new Map<number, number[]>();
    for (let slot = 0; slot < this.slots.size; slot += 1) {
      const reached = this.reached[slot] as number;
      const group = reached === 0 ? undefined : groupOf(this.slots.visitorAt(slot));
      if (group === undefined) continue;
      let counts = groups.get(group);
      if (counts === undefined) groups.set(group, (counts = this.steps.map(() => 0)));
      for (let step = 0; step < reached; step += 1) counts[step] = (counts[step] as number) + 1;
    }
    return groups;
  }
}
