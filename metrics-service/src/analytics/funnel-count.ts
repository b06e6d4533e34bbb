import type { Column } from '../columns.ts';
import type { SessionBlock, TrailColumns } from './session-block.ts';
import { FunnelBeginnings, STEPS_MASK } from './funnel-beginnings.ts';
import { SESSION_GAP_MS } from './session.ts';
import { VisitorNumbers } from './visitor-numbers.ts';

/**
 * Counts how far visitors come in a funnel: the steps in their order, each by an event after that of the step before, the last one within a
 * bound of the first. A visitor may begin anew at every first step; the farthest counts. Give each visitor's sessions in order.
 */
export class FunnelCount {
  private readonly steps: readonly number[];
  private readonly within_ms: number;
  /** By number of a metric: a bit for each step that it makes. */
  private readonly makes: Uint8Array;
  /** By visitor: how many steps they came, and where their beginnings are, as `FunnelBeginnings` has it. */
  private readonly progress = new VisitorNumbers();
  private readonly beginnings: FunnelBeginnings;

  /** Steps, at most eight, are numbers of metrics; those below 0 are made by nothing. */
  constructor(steps: readonly number[], within_ms: number) {
    this.steps = steps;
    this.within_ms = within_ms;
    this.beginnings = new FunnelBeginnings(this.progress, within_ms);
    this.makes = new Uint8Array(Math.max(0, ...steps) + 1);
    for (const [step, metric] of steps.entries()) if (metric >= 0) this.makes[metric] = (this.makes[metric] as number) | (1 << step);
  }

  /** Adds the events of sessions of a block, whose trails must be there, and the times too where there is a bound. */
  add({ base, visitor, start, trails, times }: SessionBlock, rows: Uint32Array): void {
    if (trails === undefined) return;
    const makes = Uint8Array.from(trails.type_of_kind, (type, kind) => (this.makes[type] ?? 0) | (this.makes[trails.metric_of_kind[kind] as number] ?? 0));
    if (makes.every((made) => made === 0)) return;
    if (this.within_ms === Infinity) this.addUnbounded(visitor, trails, makes, rows);
    else if (times !== undefined) this.addBounded({ base, visitor, start }, trails, times, makes, rows);
  }

  /** Any beginning will do: it is enough to know the step that comes next. */
  private addUnbounded(visitor: Column, { ends, kind }: TrailColumns, makes: Uint8Array, rows: Uint32Array): void {
    const { progress } = this;
    for (const row of rows) {
      const end = ends[row] as number;
      const who = visitor[row] as number;
      const before = progress.get(who);
      // A step that would follow the last is made by nothing.
      let wanted = 1 << before;
      for (let event = row === 0 ? 0 : (ends[row - 1] as number); event < end; event += 1) if (((makes[kind[event] as number] as number) & wanted) !== 0) wanted <<= 1;
      if (wanted !== 1 << before) progress.set(who, 31 - Math.clz32(wanted));
    }
  }

  /** What counts is, by step, the latest beginning from which the visitor came there: a later one is never worse. */
  private addBounded({ base, visitor, start }: SessionBlock, { ends, kind }: TrailColumns, times: Column, makes: Uint8Array, rows: Uint32Array): void {
    const { within_ms, progress, beginnings, steps: { length } } = this;
    const { begun } = beginnings;
    for (const row of rows) {
      const end = ends[row] as number;
      const who = visitor[row] as number;
      const known = progress.get(who);
      const before = known & STEPS_MASK;
      if (before === length) continue;
      let steps = known === before ? 0 : beginnings.load(known);
      let changed = false;
      for (let event = row === 0 ? 0 : (ends[row - 1] as number); event < end; event += 1) {
        // Steps beyond the next cannot be made yet; from the last one down, because an event makes one step.
        let made = (makes[kind[event] as number] as number) & ((2 << steps) - 1);
        if (made === 0) continue;
        const at = base + (times[event] as number);
        for (; made !== 0; made &= ~(1 << (31 - Math.clz32(made)))) {
          const step = 31 - Math.clz32(made);
          const from = step === 0 ? at : (begun[step - 1] as number);
          if ((step < steps && from <= (begun[step] as number)) || at - from > within_ms) continue;
          begun[step] = from;
          changed = true;
          if (step === steps) steps += 1;
        }
      }
      if (!changed) continue;
      const reached = Math.max(steps, before);
      // Another session of the same visitor begins after a pause, or never.
      const may_go_on = steps < length && (begun[0] as number) + within_ms > base + (times[end - 1] as number) + SESSION_GAP_MS;
      if (may_go_on) beginnings.keep(who, reached, steps, base + (start[row] as number));
      else if (reached > before) progress.set(who, known - before + reached);
    }
  }

  /** How many visitors came to each step. */
  visitors(): readonly number[] {
    return this.visitorsBy(() => 0).get(0) ?? this.steps.map(() => 0);
  }

  /** The same by group; visitors who have none are left out. */
  visitorsBy(groupOf: (visitor: number) => number | undefined): ReadonlyMap<number, readonly number[]> {
    const groups = new Map<number, number[]>();
    this.progress.each((progress, visitor) => {
      const group = groupOf(visitor);
      if (group === undefined) return;
      let counts = groups.get(group);
      if (counts === undefined) groups.set(group, (counts = this.steps.map(() => 0)));
      const last = (progress & STEPS_MASK) - 1;
      counts[last] = (counts[last] as number) + 1;
    });
    // Who came to a step came to all before it.
    for (const counts of groups.values()) for (let step = counts.length - 1; step > 0; step -= 1) counts[step - 1] = (counts[step - 1] as number) + (counts[step] as number);
    return groups;
  }
}
