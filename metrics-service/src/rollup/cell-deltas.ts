import type { Database } from '../../../shared/sqlite/database.ts';
import { BUCKET_MS } from '../schema.ts';
import { Cells } from './cells.ts';

/** Number of the metric that means "being assigned". */
export const ASSIGNED = 0;
/** Stands for any variant or any type in `stats_cells`. */
export const ANY = 0;

interface StatsCell {
  events: number;
  visitors: number;
}

interface ResultCell {
  users: number;
  events: number;
  value_sum: number;
  value_squares: number;
}

/** Gathers what a transaction changes in the rollups' cells, so that each cell is written once however many events touched it. */
export class CellDeltas {
  /** By variant and type. */
  private readonly statsCells = new Cells<StatsCell>();
  /** By variant and metric. */
  private readonly resultCells = new Cells<ResultCell>();
  /** By metric and variant: users by the stretch of time in which they were assigned or converted. */
  private readonly buckets = new Cells<Map<number, number>>();
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
      `INSERT INTO ${prefix}result_buckets (experiment, metric, variant, bucket, users) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET users = users + excluded.users`,
    );
    this.writeExclusion = database.prepare(`INSERT INTO ${prefix}exclusions (experiment, reason, visitors) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET visitors = visitors + excluded.visitors`);
  }

  stats(experiment: number, variant: number, type: number, events: number, visitors: number): void {
    const cell = this.statsCells.find(experiment, variant, type) ?? this.statsCells.set(experiment, variant, type, { events: 0, visitors: 0 });
    cell.events += events;
    cell.visitors += visitors;
  }

  result(experiment: number, variant: number, metric: number, users: number, events: number, value_sum: number, value_squares: number): void {
    const cell = this.resultCells.find(experiment, variant, metric) ?? this.resultCells.set(experiment, variant, metric, { users: 0, events: 0, value_sum: 0, value_squares: 0 });
    cell.users += users;
    cell.events += events;
    cell.value_sum += value_sum;
    cell.value_squares += value_squares;
  }

  /** Counts users into the stretch of time that holds `at`. */
  bucket(experiment: number, metric: number, at: number, variant: number, users: number): void {
    const bucket = Math.floor(at / BUCKET_MS);
    const cell = this.buckets.find(experiment, metric, variant) ?? this.buckets.set(experiment, metric, variant, new Map());
    cell.set(bucket, (cell.get(bucket) ?? 0) + users);
  }

  exclusion(experiment: number, reason: string, visitors: number): void {
    const key = `${experiment} ${reason}`;
    const cell = this.exclusions.get(key);
    if (cell === undefined) this.exclusions.set(key, [experiment, reason, visitors]);
    else cell[2] += visitors;
  }

  /** Writes all that was gathered; part of the transaction that gathered it. */
  flush(): void {
    this.statsCells.each(({ events, visitors }, ...place) => {
      if (events !== 0 || visitors !== 0) this.writeStats.run(...place, events, visitors);
    });
    this.resultCells.each(({ users, events, value_sum, value_squares }, ...place) => {
      if (users !== 0 || events !== 0 || value_sum !== 0 || value_squares !== 0) this.writeResult.run(...place, users, events, value_sum, value_squares);
    });
    this.buckets.each((buckets, ...place) => {
      for (const [bucket, users] of buckets) if (users !== 0) this.writeBucket.run(...place, bucket, users);
    });
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
