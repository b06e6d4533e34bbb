import type { Ledger } from '../rollup/ledger.ts';
import { BUCKET_MS } from '../schema.ts';

/** Stands in cells for any variant or type, and for the metric of being assigned. */
const ANY = 0;

/** A table of cells: what its rows are found by, and their figures. */
export interface CellTable {
  readonly table: string;
  readonly keys: readonly string[];
  readonly figures: readonly string[];
}

/** The tables whose rows are sums over all visitors. What retention closed is in tables of the same columns, named `frozen_…`. */
export const CELL_TABLES: readonly CellTable[] = [
  { table: 'stats_cells', keys: ['experiment', 'variant', 'type'], figures: ['events', 'visitors'] },
  { table: 'result_cells', keys: ['experiment', 'variant', 'metric'], figures: ['users', 'events', 'value_sum', 'value_squares'] },
  { table: 'result_buckets', keys: ['experiment', 'metric', 'bucket', 'variant'], figures: ['users'] },
  { table: 'exclusions', keys: ['experiment', 'reason'], figures: ['visitors'] },
];

/** A row of cells, as it is counted. */
export interface CountedCell {
  readonly key: readonly (number | string)[];
  readonly figures: number[];
}

/** Adds visitors up, one after the other, into the cells that the rollups should have; its memory grows with the cells alone. */
export class CellCount {
  private readonly tables = new Map<string, Map<string, CountedCell>>(CELL_TABLES.map(({ table }) => [table, new Map()]));

  /** Adds to a cell; one that is not there is made. */
  add(table: string, key: readonly (number | string)[], amounts: readonly number[]): void {
    const cells = this.tables.get(table) as Map<string, CountedCell>;
    const name = key.join(' ');
    const cell = cells.get(name);
    if (cell === undefined) cells.set(name, { key, figures: [...amounts] });
    else for (const [index, amount] of amounts.entries()) cell.figures[index] = (cell.figures[index] as number) + amount;
  }

  /** Takes a cell out: what is left at the end has no row. */
  take(table: string, key: readonly (number | string)[]): CountedCell | undefined {
    const cells = this.tables.get(table) as Map<string, CountedCell>;
    const name = key.join(' ');
    const cell = cells.get(name);
    cells.delete(name);
    return cell;
  }

  /** The cells that were not taken out. */
  left(table: string): Iterable<CountedCell> {
    return (this.tables.get(table) as Map<string, CountedCell>).values();
  }

  /** Adds all that one visitor is worth. */
  addVisitor({ enrolments, sightings, conversions }: Ledger): void {
    for (const { experiment, variant, assigned_at, standing } of enrolments.values()) {
      if (standing !== 'counted') this.add('exclusions', [experiment, standing], [1]);
      else {
        this.add('result_cells', [experiment, variant, ANY], [1, 0, 0, 0]);
        this.add('result_buckets', [experiment, ANY, Math.floor(assigned_at / BUCKET_MS), variant], [1]);
      }
    }
    const places = new Map<string, readonly [number, number, number]>();
    for (const { experiment, variant, type, events } of sightings.values()) {
      this.add('stats_cells', [experiment, variant, type], [events, 0]);
      for (const place of [[experiment, variant, type], [experiment, ANY, type], [experiment, variant, ANY], [experiment, ANY, ANY]] as const) places.set(place.join(' '), place);
    }
    for (const place of places.values()) this.add('stats_cells', place, [0, 1]);
    for (const { experiment, variant, metric, first_at, value_sum, events } of conversions.values()) {
      this.add('result_cells', [experiment, variant, metric], [1, events, value_sum, value_sum * value_sum]);
      this.add('result_buckets', [experiment, metric, Math.floor(first_at / BUCKET_MS), variant], [1]);
    }
  }
}
