import { VisitorSet } from '../analytics/visitor-set.ts';
import { ANY } from '../rollup/cell-deltas.ts';

/** A cell as it is counted; variant and type are words, 0 stands for any. */
export interface CountedStats {
  readonly variant: number;
  readonly type: number;
  readonly events: number;
  readonly visitors: number;
}

interface Cell {
  events: number;
  readonly visitors: VisitorSet;
}

/** Counts events and visitors by variant and type. */
export class StatsCount {
  private readonly variants = new Map<number, Map<number, Cell>>();

  /** Adds an event. */
  add(visitor: number, variant: number, type: number): void {
    const cell = this.cell(variant, type);
    cell.events += 1;
    // Whoever was here before was in the others, too.
    if (!cell.visitors.add(visitor)) return;
    this.cell(variant, ANY).visitors.add(visitor);
    this.cell(ANY, type).visitors.add(visitor);
    this.cell(ANY, ANY).visitors.add(visitor);
  }

  /** The cells, by variant and type. */
  cells(): readonly CountedStats[] {
    const cells = [...this.variants].flatMap(([variant, types]) => [...types].map(([type, { events, visitors }]) => ({ variant, type, events, visitors: visitors.size })));
    return cells.sort((one, other) => one.variant - other.variant || one.type - other.type);
  }

  private cell(variant: number, type: number): Cell {
    let types = this.variants.get(variant);
    if (types === undefined) this.variants.set(variant, (types = new Map()));
    let cell = types.get(type);
    if (cell === undefined) types.set(type, (cell = { events: 0, visitors: new VisitorSet() }));
    return cell;
  }
}
