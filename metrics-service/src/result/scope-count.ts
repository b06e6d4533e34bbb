import { VisitorSet } from '../analytics/visitor-set.ts';
import { VisitorSlots } from '../analytics/visitor-slots.ts';
import type { EventBlock } from '../event/event-reader.ts';
import { countsFor } from '../rollup/attribution.ts';
import { ASSIGNED } from '../rollup/cell-deltas.ts';
import { VisitorSums } from './visitor-sums.ts';

/** What one variant has in one metric; the metric 0 has the assigned users. All are numbers of words. */
export interface ResultCell {
  readonly variant: number;
  readonly metric: number;
  readonly users: number;
  readonly events: number;
  readonly value_sum: number;
  readonly value_squares: number;
}

/** What was counted in a metric; lists are by place of the variant. A stranger may send endless metrics: one that few have must be small. */
interface MetricCount {
  readonly seen: VisitorSet;
  readonly users: number[];
  readonly events: number[];
  sums: VisitorSums | undefined;
}

/** Counts what some visitors did after they were assigned: all of these come first, then the events. */
export class ScopeCount {
  /** When the first of the visitors was assigned; Infinity without any. */
  earliest: number = Infinity;
  private readonly slots = new VisitorSlots();
  /** Both by visitor's place. */
  private assigned_at: Float64Array = new Float64Array(1_024);
  private variant_place: Uint16Array = new Uint16Array(1_024);
  private readonly variants: number[] = [];
  private readonly users: number[] = [];
  private readonly metrics = new Map<number, MetricCount>();

  /** Adds a visitor, who is counted in this variant; one who moved while they were read stays what they were. */
  addVisitor(visitor: number, variant: number, assigned_at: number): void {
    const slot = this.slots.size;
    if (this.slots.of(visitor) !== slot) return;
    if (slot === this.assigned_at.length) this.grow();
    let place = this.variants.indexOf(variant);
    if (place < 0) place = this.variants.push(variant) - 1;
    this.assigned_at[slot] = assigned_at;
    this.variant_place[slot] = place;
    this.users[place] = (this.users[place] ?? 0) + 1;
    this.earliest = Math.min(this.earliest, assigned_at);
  }

  /** Counts those of a block's events that count: of these visitors, before a time, that name one of these names (0 is none). */
  addEvents(block: EventBlock, names: ReadonlySet<number>, before: number): void {
    const { slots, assigned_at, variant_place } = this;
    const { count, first_visitor, first_at, first_arrived, visitor, type, name, experiment, at, arrived, imported, valued, values } = block;
    let valued_index = 0;
    for (let place = 0; place < count; place += 1) {
      const value = valued[valued_index] === place ? (values[valued_index++] as number) : 0;
      const happened = first_at + (at[place] as number);
      if (happened >= before || !names.has(experiment[place] as number)) continue;
      const slot = slots.find(first_visitor + (visitor[place] as number));
      if (slot < 0 || !countsFor(happened, first_arrived + (arrived[place] as number), imported[place] === 1, assigned_at[slot] as number)) continue;
      const variant = variant_place[slot] as number;
      const metric = type[place] as number;
      const typed = this.add(metric, slot, variant, value);
      typed.events[variant] = (typed.events[variant] as number) + 1;
      const named_metric = name[place] as number;
      if (named_metric !== 0 && named_metric !== metric) this.add(named_metric, slot, variant, value);
    }
  }

  /** The cells of all variants and metrics that anybody is in. */
  cells(): readonly ResultCell[] {
    const cells = this.users.map((users, place) => ({ variant: this.variants[place] as number, metric: ASSIGNED, users, events: 0, value_sum: 0, value_squares: 0 }));
    for (const [metric, { users, events, sums }] of this.metrics) {
      const own = this.variants.map((variant, place) => ({ variant, metric, users: users[place] as number, events: events[place] as number, value_sum: 0, value_squares: 0 }));
      sums?.each((slot, sum) => {
        const cell = own[this.variant_place[slot] as number] as (typeof own)[number];
        cell.value_sum += sum;
        cell.value_squares += sum * sum;
      });
      cells.push(...own.filter((cell) => cell.users > 0));
    }
    return cells.sort((one, other) => one.variant - other.variant || one.metric - other.metric);
  }

  private add(metric: number, slot: number, variant: number, value: number): MetricCount {
    let count = this.metrics.get(metric);
    if (count === undefined) this.metrics.set(metric, (count = { seen: new VisitorSet(), users: this.variants.map(() => 0), events: this.variants.map(() => 0), sums: undefined }));
    if (count.seen.add(slot)) count.users[variant] = (count.users[variant] as number) + 1;
    if (value !== 0) (count.sums ??= new VisitorSums(this.slots.size)).add(slot, value);
    return count;
  }

  private grow(): void {
    const [assigned_at, variant_place] = [new Float64Array(this.assigned_at.length * 2), new Uint16Array(this.assigned_at.length * 2)];
    assigned_at.set(this.assigned_at);
    variant_place.set(this.variant_place);
    [this.assigned_at, this.variant_place] = [assigned_at, variant_place];
  }
}
