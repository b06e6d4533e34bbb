import type { WideColumn } from '../columns.ts';
import { ByNumber } from './by-number.ts';
import { FunnelBeginnings } from './funnel-beginnings.ts';
import type { Family, SessionBlock, TimeColumn, TrailColumns } from './session-block.ts';
import { SESSION_GAP_MS } from './session.ts';
import { VisitorNumbers } from './visitor-numbers.ts';

/** Beside the steps that a visitor came: something is remembered from which they may come farther. */
const HAS_BEGINNINGS = 128;

/**
 * Counts how far visitors come in a funnel: the steps in their order, each by an event after that of the step before, the last one within a
 * bound of the first. A visitor may begin anew at every first step; the farthest counts. Give each visitor's sessions in order.
 */
export class FunnelCount {
  /** What of a block is needed. */
  readonly families: readonly Exclude<Family, 'visitors'>[];
  private readonly steps: readonly number[];
  private readonly within_ms: number;
  /** By number of a metric: a bit for each step that it makes. */
  private readonly makes: Uint8Array;
  /** By visitor: how many steps they came, and `HAS_BEGINNINGS`. */
  private readonly progress: VisitorNumbers<Uint8Array>;
  private readonly beginnings: FunnelBeginnings;

  /** Steps, at most eight, are numbers of metrics; those below 0 are made by nothing. `highest` is the number of the last visitor that is expected. */
  constructor(steps: readonly number[], within_ms: number, highest: number) {
    this.families = within_ms === Infinity ? ['trails'] : ['trails', 'times'];
    this.steps = steps;
    this.within_ms = within_ms;
    this.makes = new Uint8Array(Math.max(0, ...steps) + 1);
    for (const [step, metric] of steps.entries()) if (metric >= 0) this.makes[metric] = (this.makes[metric] as number) | (1 << step);
    this.progress = new VisitorNumbers(Uint8Array, highest);
    this.beginnings = new FunnelBeginnings(steps.length, within_ms, highest);
  }

  /** Adds the events of sessions of a block. */
  add(block: SessionBlock, rows: Uint32Array): void {
    const { trails, times, visitor } = block;
    if (trails === undefined) return;
    const makes = Uint8Array.from(trails.type_of_kind, (type, kind) => (this.makes[type] ?? 0) | (this.makes[trails.metric_of_kind[kind] as number] ?? 0));
    if (makes.every((made) => made === 0)) return;
    let highest = 0;
    for (let row = 0; row < visitor.length; row += 1) if ((visitor[row] as number) > highest) highest = visitor[row] as number;
    const progress = this.progress.upTo(highest);
    if (times === undefined) addUnbounded(progress, visitor, trails, makes, rows);
    else this.addBounded(progress, visitor, trails, times, makes, rows);
  }

  private addBounded(progress: Uint8Array, visitor: WideColumn, { ends, kind }: TrailColumns, times: TimeColumn, makes: Uint8Array, rows: Uint32Array): void {
    const { within_ms, beginnings, steps: { length } } = this;
    const { begun } = beginnings;
    const { base, after } = times;
    // Another session of the same visitor begins after a pause, or never.
    const is_short = within_ms <= SESSION_GAP_MS;
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] as number;
      const who = visitor[row] as number;
      const known = progress[who] as number;
      const before = known & ~HAS_BEGINNINGS;
      if (before === length) continue;
      const [begin, end] = [row === 0 ? 0 : (ends[row - 1] as number), ends[row] as number];
      if (known === before) {
        // Nothing goes on from before: a session that does not last longer than the bound comes as far as without one.
        const most = stepsAfter(0, kind, begin, end, makes);
        if (most === 0 || (is_short && most <= before)) continue;
        if (is_short && (most === 1 || (after[end - 1] as number) - (after[begin] as number) <= within_ms)) {
          progress[who] = most;
          continue;
        }
      }
      const steps = this.follow(known === before ? 0 : beginnings.load(who), kind, times, begin, end, makes);
      const may_go_on = !is_short && steps > 0 && steps < length && (begun[0] as number) + within_ms > base + (after[end - 1] as number) + SESSION_GAP_MS;
      if (may_go_on) beginnings.keep(who, steps, base + (after[begin] as number));
      progress[who] = Math.max(steps, before) | (may_go_on ? HAS_BEGINNINGS : 0);
    }
  }

  /** Follows a trail after so many steps; answers how many there are then. What counts is, by step, the latest beginning from which the visitor came there: a later one is never worse. */
  private follow(steps_before: number, kind: WideColumn, { base, after }: TimeColumn, begin: number, end: number, makes: Uint8Array): number {
    const { within_ms, beginnings: { begun } } = this;
    let steps = steps_before;
    for (let event = begin; event < end; event += 1) {
      // Steps beyond the next cannot be made yet; from the last one down, because an event makes one step.
      let made = (makes[kind[event] as number] as number) & ((2 << steps) - 1);
      if (made === 0) continue;
      const at = base + (after[event] as number);
      for (; made !== 0; made &= ~(1 << (31 - Math.clz32(made)))) {
        const step = 31 - Math.clz32(made);
        const from = step === 0 ? at : (begun[step - 1] as number);
        if ((step < steps && from <= (begun[step] as number)) || at - from > within_ms) continue;
        begun[step] = from;
        if (step === steps) steps += 1;
      }
    }
    return steps;
  }

  /** How many visitors came to each step. */
  visitors(): readonly number[] {
    const counts = new Float64Array(HAS_BEGINNINGS);
    for (const progress of this.progress.all) counts[progress & ~HAS_BEGINNINGS] = (counts[progress & ~HAS_BEGINNINGS] as number) + 1;
    return cameTo([...counts.subarray(1, this.steps.length + 1)]);
  }

  /** The same by group; visitors who have none are left out. */
  visitorsBy(groupOf: (visitor: number) => number | undefined): ReadonlyMap<number, readonly number[]> {
    const groups = new ByNumber<number[]>();
    const found: [group: number, counts: number[]][] = [];
    const progress = this.progress.all;
    for (let visitor = 0; visitor < progress.length; visitor += 1) {
      const last = ((progress[visitor] as number) & ~HAS_BEGINNINGS) - 1;
      const group = last < 0 ? undefined : groupOf(visitor);
      if (group === undefined) continue;
      let counts = groups.find(group);
      if (counts === undefined) found.push([group, (counts = groups.add(group, this.steps.map(() => 0)))]);
      counts[last] = (counts[last] as number) + 1;
    }
    return new Map(found.map(([group, counts]) => [group, cameTo(counts)]));
  }
}

/** Who came to a step came to all before it. */
const cameTo = (came_no_farther: readonly number[]): readonly number[] => {
  let visitors = 0;
  return came_no_farther.toReversed().map((own) => (visitors += own)).reverse();
};

/** Any beginning will do: it is enough to know the step that comes next. */
const addUnbounded = (progress: Uint8Array, visitor: WideColumn, { ends, kind }: TrailColumns, makes: Uint8Array, rows: Uint32Array): void => {
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    const who = visitor[row] as number;
    progress[who] = stepsAfter(progress[who] as number, kind, row === 0 ? 0 : (ends[row - 1] as number), ends[row] as number, makes);
  }
};

/** How many steps are made after so many by the events of a trail, whenever they were. Without a branch: nobody can foresee which event makes a step. */
const stepsAfter = (steps: number, kind: WideColumn, begin: number, end: number, makes: Uint8Array): number => {
  // A step that would follow the last is made by nothing; adding a bit to itself is the next.
  let wanted = 1 << steps;
  for (let event = begin; event < end; event += 1) wanted += (makes[kind[event] as number] as number) & wanted;
  return 31 - Math.clz32(wanted);
};
