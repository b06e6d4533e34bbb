import type { Database } from '../../../shared/sqlite/database.ts';
import { BUCKET_MS } from '../schema.ts';

/** Number of the metric that means "being assigned". */
export const ASSIGNED = 0;
/** Stands for any variant or any type in `stats_cells`. */
export const ANY = 0;

/** What the figures are counted by: numbers of experiments and words. */
interface StatsCell {
  events: number;
  visitors: number;
}

interface ResultCell {
  readonly place: readonly [experiment: number, variant: number, metric: number];
  users: number;
  events: number;
  value_sum: number;
  value_squares: number;
}

interface Bucket {
  readonly place: readonly [experiment: number, metric: number, bucket: number, variant: number];
  users: number;
}

/** Gathers what a transaction changes in the rollups' cells, so that each cell is written once however many events touched it. */
export class CellDeltas {
  /** By experiment, variant and type: this one is touched by every event, and joined keys would cost more than the rest of it. */
  private readonly statsCells = new Map<number, Map<number, Map<number, StatsCell>>>();
  private readonly resultCells = new Map<string, ResultCell>();
  private readonly buckets = new Map<string, Bucket>();
  private readonly exclusions = new Map<string, [experiment: number, reason: string, visitors: number]>();
  private readonly writeStats;
  private readonly writeResult;
  private readonly writeBucket;
  private readonly writeExclusion;

  /** Writes the cells of all figures, or those of what retention has closed (`frozen_…`). */
  constructor(database: Database, prefix: '' | 'frozen_' = '') {
    this.writeStats = database.prepare(
      `INSERT INTO ${prefix}stats_cells (experiment, variant, type, events, visitors) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events, visitors = visitors + excluded.visitors`,
    );
    this.writeResult = database.prepare(
      `INSERT INTO ${prefix}result_cells (experiment, variant, metric, users, events, value_sum, value_squares) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET users = users + excluded.users, events = events + excluded.events, value_sum = value_sum + excluded.value_sum, value_squares = value_squares + excluded.value_squares`,
    );
    this.writeBucket = database.prepare(
      `INSERT INTO ${prefix}result_buckets (experiment, metric, bucket, variant, users) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET users = users + excluded.users`,
    );
    this.writeExclusion = database.prepare(`INSERT INTO ${prefix}exclusions (experiment, reason, visitors) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET visitors = visitors + excluded.visitors`);
  }

  stats(experiment: number, variant: number, type: number, events: number, visitors: number): void {
    let variants = this.statsCells.get(experiment);
    if (variants === undefined) this.statsCells.set(experiment, (variants = new Map()));
    let types = variants.get(variant);
    if (types === undefined) variants.set(variant, (types = new Map()));
    const cell = types.get(type);
    if (cell === undefined) types.set(type, { events, visitors });
    else {
      cell.events += events;
      cell.visitors += visitors;
    }
  }

  result(experiment: number, variant: number, metric: number, users: number, events: number, value_sum: number, value_squares: number): void {
    const key = `${experiment} ${variant} ${metric}`;
    const cell = this.resultCells.get(key);
    if (cell === undefined) this.resultCells.set(key, { place: [experiment, variant, metric], users, events, value_sum, value_squares });
    else {
      cell.users += users;
      cell.events += events;
      cell.value_sum += value_sum;
      cell.value_squares += value_squares;
    }
  }

  /** Counts users into the stretch of time that holds `at`. */
  bucket(experiment: number, metric: number, at: number, variant: number, users: number): void {
    const bucket = Math.floor(at / BUCKET_MS);
    const key = `${experiment} ${metric} ${bucket} ${variant}`;
    const cell = this.buckets.get(key);
    if (cell === undefined) this.buckets.set(key, { place: [experiment, metric, bucket, variant], users });
    else cell.users += users;
  }

  exclusion(experiment: number, reason: string, visitors: number): void {
    const key = `${experiment} ${reason}`;
    const cell = this.exclusions.get(key);
    if (cell === undefined) this.exclusions.set(key, [experiment, reason, visitors]);
    else cell[2] += visitors;
  }

  /** Writes all that was gathered; part of the transaction that gathered it. */
  flush(): void {
    for (const [experiment, variants] of this.statsCells)
      for (const [variant, types] of variants)
        for (const [type, { events, visitors }] of types) if (events !== 0 || visitors !== 0) this.writeStats.run(experiment, variant, type, events, visitors);
    for (const { place, users, events, value_sum, value_squares } of this.resultCells.values())
      if (users !== 0 || events !== 0 || value_sum !== 0 || value_squares !== 0) this.writeResult.run(...place, users, events, value_sum, value_squares);
    for (const { place, users } of this.buckets.values()) if (users !== 0) this.writeBucket.run(...place, users);
    for (const cell of this.exclusions.values()) if (cell[2] !== 0) this.writeExclusion.run(...cell);
    this.forget();
  }

  /** Drops what was gathered: its transaction was undone. */
  forget(): void {
    this.statsCells.clear();
    this.resultCells.clear();
    this.buckets.clear();
    this.exclusions.clear();
  }
}
