import type { WideColumn } from '../columns.ts';
import { FunnelBeginnings } from './funnel-beginnings.ts';
import type { Family, SessionBlock, TimeColumn, TrailColumns } from './session-block.ts';
import { SESSION_GAP_MS } from './session.ts';
import { TrailFollower } from './trail-follower.ts';
import { VisitorNumbers } from './visitor-numbers.ts';

/** So many groups there can be: their numbers are bytes. */
const GROUPS_MAX = 256;

/**
 * Counts how far visitors come in a funnel: the steps in their order, each by an event after that of the step before, the last one within a
 * bound of the first. A visitor may begin anew at every first step; the farthest counts. Give each visitor's sessions in order.
 */
export class FunnelCount {
  /** What of a block is needed. */
  readonly families: readonly Exclude<Family, 'visitors'>[];
  private readonly length: number;
  private readonly within_ms: number;
  private readonly follower: TrailFollower;
  private readonly beginnings: FunnelBeginnings;
  /** By visitor: how many steps they came. */
  private readonly progress: VisitorNumbers;

  /** Steps, at most eight, are numbers of metrics; those below 0 are made by nothing. `highest` is the number of the last visitor that is expected. */
  constructor(steps: readonly number[], within_ms: number, highest: number) {
    this.families = within_ms === Infinity ? ['trails'] : ['trails', 'times'];
    this.length = steps.length;
    this.within_ms = within_ms;
    this.follower = new TrailFollower(steps, within_ms);
    this.beginnings = new FunnelBeginnings(steps.length, within_ms);
    this.progress = new VisitorNumbers(highest);
  }

  /** Adds the events of sessions of a block. */
  add({ trails, times, visitor }: SessionBlock, rows: Uint32Array): void {
    if (trails === undefined || !this.follower.open(trails, times)) return;
    let highest = 0;
    for (let row = 0; row < visitor.length; row += 1) if ((visitor[row] as number) > highest) highest = visitor[row] as number;
    const progress = this.progress.upTo(highest);
    if (times === undefined) this.addUnbounded(progress, visitor, trails, rows);
    // Another session of the same visitor begins after a pause, or never.
    else if (this.within_ms <= SESSION_GAP_MS) this.addShort(progress, visitor, trails, times, rows);
    else this.addLong(progress, visitor, trails, times, rows);
  }

  /** Any beginning will do: it is enough to know the step that comes next. */
  private addUnbounded(progress: Uint8Array, visitor: WideColumn, { ends }: TrailColumns, rows: Uint32Array): void {
    const { follower } = this;
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] as number;
      const who = visitor[row] as number;
      progress[who] = follower.stepsAfter(progress[who] as number, row === 0 ? 0 : (ends[row - 1] as number), ends[row] as number);
    }
  }

  /** Within so short a bound nothing goes on from one session to the next. */
  private addShort(progress: Uint8Array, visitor: WideColumn, { ends }: TrailColumns, { after }: TimeColumn, rows: Uint32Array): void {
    const { follower, within_ms } = this;
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] as number;
      const who = visitor[row] as number;
      const before = progress[who] as number;
      const [begin, end] = [row === 0 ? 0 : (ends[row - 1] as number), ends[row] as number];
      const most = follower.stepsAfter(0, begin, end);
      // A session that does not last longer than the bound comes as far as without one; nobody can foresee which do.
      const is_longer = Number(most > Math.max(before, 1)) & Number((after[end - 1] as number) - (after[begin] as number) > within_ms);
      progress[who] = Math.max(before, is_longer === 0 ? most : follower.follow(0, begin, end));
    }
  }

  private addLong(progress: Uint8Array, visitor: WideColumn, { ends }: TrailColumns, { base, after }: TimeColumn, rows: Uint32Array): void {
    const { follower, beginnings, within_ms, length } = this;
    const { begun } = follower;
    beginnings.forget(base);
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] as number;
      const who = visitor[row] as number;
      const before = progress[who] as number;
      if (before === length) continue;
      const [begin, end] = [row === 0 ? 0 : (ends[row - 1] as number), ends[row] as number];
      const kept = beginnings.find(who);
      let steps: number;
      if (kept === 0 && (after[end - 1] as number) - (after[begin] as number) <= within_ms) {
        steps = follower.followFresh(begin, end);
        follower.begin(steps, begin);
      } else steps = follower.follow(kept === 0 ? 0 : beginnings.load(kept, begun), begin, end);
      progress[who] = Math.max(before, steps);
      const may_go_on = steps > 0 && steps < length && (begun[0] as number) + within_ms > base + (after[end - 1] as number) + SESSION_GAP_MS;
      if (may_go_on) beginnings.keep(who, steps, begun);
    }
  }

  /** How many visitors came to each step. */
  visitors(): readonly number[] {
    const counts = new Uint32Array(this.length + 1);
    const progress = this.progress.all;
    for (let visitor = 0; visitor < progress.length; visitor += 1) counts[progress[visitor] as number] = (counts[progress[visitor] as number] as number) + 1;
    return cameTo(counts);
  }

  /** The same by group; `groups` has the number of each visitor's. */
  visitorsBy(groups: Uint8Array): readonly (readonly number[])[] {
    const progress = this.progress.all;
    const stride = this.length + 1;
    const counts = new Uint32Array(GROUPS_MAX * stride);
    const end = Math.min(progress.length, groups.length);
    for (let visitor = 0; visitor < end; visitor += 1) {
      const place = (groups[visitor] as number) * stride + (progress[visitor] as number);
      counts[place] = (counts[place] as number) + 1;
    }
    return Array.from({ length: GROUPS_MAX }, (_, group) => cameTo(counts.subarray(group * stride, (group + 1) * stride)));
  }
}

/** Of how many came just so many steps, from none on: who came to a step came to all before it. */
const cameTo = (came_no_farther: Uint32Array): readonly number[] => {
  let visitors = 0;
  return [...came_no_farther.subarray(1)].reverse().map((own) => (visitors += own)).reverse();
};
