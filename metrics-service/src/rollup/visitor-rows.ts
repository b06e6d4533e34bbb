import type { Database } from '../../../shared/sqlite/database.ts';
import type { Visitor, VisitorMetric } from '../visitor/visitor-store.ts';
import type { Ledger } from './ledger.ts';

/** How many metrics of one visitor are kept in memory, so that one with endless event names costs no endless memory. */
const METRICS_MAX = 256;

/** A visitor's rows that the transaction has changed and not written yet. */
type Unwritten = Map<string, readonly [experiment: number, metric: number, row: VisitorMetric]>;

/** The rollups' rows per visitor and metric: when each first converted. Written once per transaction, at its end. */
export class VisitorRows {
  private readonly unwritten = new Map<number, Unwritten>();
  private readonly selectMetrics;
  private readonly selectMetric;
  private readonly writeMetric;
  private readonly deleteMetrics;

  constructor(database: Database) {
    this.selectMetrics = database.prepare(`SELECT experiment, metric, first_at, value_sum FROM visitor_metrics WHERE visitor = ? LIMIT ${METRICS_MAX + 1}`);
    this.selectMetric = database.prepare('SELECT first_at, value_sum FROM visitor_metrics WHERE visitor = ? AND experiment = ? AND metric = ?');
    this.writeMetric = database.prepare('INSERT INTO visitor_metrics (visitor, experiment, metric, first_at, value_sum) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET first_at = excluded.first_at, value_sum = excluded.value_sum');
    this.deleteMetrics = database.prepare('DELETE FROM visitor_metrics WHERE visitor = ?');
  }

  /** Answers a visitor's conversion in a metric, if there is one. */
  metric(visitor: Visitor, experiment: number, metric: number): VisitorMetric | undefined {
    if (visitor.metrics === undefined && !visitor.knowsAllMetrics) this.readMetrics(visitor);
    const known = visitor.metrics?.get(experiment)?.get(metric);
    if (known !== undefined || visitor.knowsAllMetrics) return known;
    const unwritten = this.unwritten.get(visitor.id)?.get(`${experiment} ${metric}`)?.[2];
    return unwritten ?? (this.selectMetric.get(visitor.id, experiment, metric) as unknown as VisitorMetric | undefined);
  }

  /** Changes a visitor's conversion in a metric. */
  setMetric(visitor: Visitor, experiment: number, metric: number, row: VisitorMetric): void {
    let metrics = visitor.metrics?.get(experiment);
    if (metrics === undefined) (visitor.metrics ??= new Map()).set(experiment, (metrics = new Map()));
    if (metrics.size >= METRICS_MAX && !metrics.has(metric)) {
      metrics.clear();
      visitor.knowsAllMetrics = false;
    }
    metrics.set(metric, row);
    this.of(visitor.id).set(`${experiment} ${metric}`, [experiment, metric, row]);
  }

  /** Changes all rows of a visitor, those that are not written included, from what a ledger has to what another has. */
  replace(visitor: number, before: Ledger, after: Ledger): void {
    this.unwritten.delete(visitor);
    if (before.conversions.size > 0) this.deleteMetrics.run(visitor);
    for (const { experiment, metric, first_at, value_sum } of after.conversions.values()) this.writeMetric.run(visitor, experiment, metric, first_at, value_sum);
  }

  /** Writes what the transaction changed. */
  flush(): void {
    for (const [visitor, rows] of this.unwritten) for (const [experiment, metric, { first_at, value_sum }] of rows.values()) this.writeMetric.run(visitor, experiment, metric, first_at, value_sum);
    this.unwritten.clear();
  }

  /** Drops what was changed: its transaction was undone. */
  forget(): void {
    this.unwritten.clear();
  }

  private of(visitor: number): Unwritten {
    let rows = this.unwritten.get(visitor);
    if (rows === undefined) this.unwritten.set(visitor, (rows = new Map()));
    return rows;
  }

  private readMetrics(visitor: Visitor): void {
    const rows = this.selectMetrics.all(visitor.id);
    visitor.metrics = new Map();
    visitor.knowsAllMetrics = rows.length <= METRICS_MAX;
    for (const row of rows) {
      const experiment = row['experiment'] as number;
      const metrics = visitor.metrics.get(experiment) ?? new Map<number, VisitorMetric>();
      visitor.metrics.set(experiment, metrics.set(row['metric'] as number, { first_at: row['first_at'] as number, value_sum: row['value_sum'] as number }));
    }
  }
}
