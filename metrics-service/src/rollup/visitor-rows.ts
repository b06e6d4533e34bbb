import type { Database } from '../../../shared/sqlite/database.ts';
import type { Sighting, Visitor, VisitorMetric } from '../visitor/visitor-store.ts';
import type { Ledger } from './ledger.ts';

/** How many metrics of one visitor are kept in memory, so that one with endless event names costs no endless memory. */
const METRICS_MAX = 256;

/** A visitor's rows that the transaction has changed and not written yet. */
interface Unwritten {
  readonly seen: Set<Sighting>;
  readonly metrics: Map<string, readonly [experiment: number, metric: number, row: VisitorMetric]>;
}

/** The rollups' rows per visitor: which types of events each was seen with, and when each first converted. Written once per transaction, at its end. */
export class VisitorRows {
  private readonly unwritten = new Map<number, Unwritten>();
  private readonly selectSeen;
  private readonly writeSeen;
  private readonly deleteSeen;
  private readonly selectMetrics;
  private readonly selectMetric;
  private readonly writeMetric;
  private readonly deleteMetrics;

  constructor(database: Database) {
    this.selectSeen = database.prepare('SELECT experiment, variant, types FROM visitor_seen WHERE visitor = ?');
    this.writeSeen = database.prepare('INSERT INTO visitor_seen (visitor, experiment, variant, types) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET types = excluded.types');
    this.deleteSeen = database.prepare('DELETE FROM visitor_seen WHERE visitor = ?');
    this.selectMetrics = database.prepare(`SELECT experiment, metric, first_at, value_sum FROM visitor_metrics WHERE visitor = ? LIMIT ${METRICS_MAX + 1}`);
    this.selectMetric = database.prepare('SELECT first_at, value_sum FROM visitor_metrics WHERE visitor = ? AND experiment = ? AND metric = ?');
    this.writeMetric = database.prepare('INSERT INTO visitor_metrics (visitor, experiment, metric, first_at, value_sum) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET first_at = excluded.first_at, value_sum = excluded.value_sum');
    this.deleteMetrics = database.prepare('DELETE FROM visitor_metrics WHERE visitor = ?');
  }

  /** Answers what a visitor was seen with; whoever changes it says so to `see`. */
  seen(visitor: Visitor): Sighting[] {
    return (visitor.seen ??= this.readSeen(visitor.id));
  }

  /** Notes that a sighting is to be written. */
  see(visitor: Visitor, sighting: Sighting): void {
    this.of(visitor.id).seen.add(sighting);
  }

  /** Answers a visitor's conversion in a metric, if there is one. */
  metric(visitor: Visitor, experiment: number, metric: number): VisitorMetric | undefined {
    if (visitor.metrics === undefined && !visitor.knowsAllMetrics) this.readMetrics(visitor);
    const known = visitor.metrics?.get(experiment)?.get(metric);
    if (known !== undefined || visitor.knowsAllMetrics) return known;
    const unwritten = this.unwritten.get(visitor.id)?.metrics.get(`${experiment} ${metric}`)?.[2];
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
    this.of(visitor.id).metrics.set(`${experiment} ${metric}`, [experiment, metric, row]);
  }

  /** Removes a visitor's rows, those that are not written included. */
  remove(visitor: number, ledger: Ledger): void {
    this.unwritten.delete(visitor);
    if (ledger.sightings.size > 0) this.deleteSeen.run(visitor);
    if (ledger.conversions.size > 0) this.deleteMetrics.run(visitor);
  }

  /** Writes the rows of a visitor who has none. */
  put(visitor: number, ledger: Ledger): void {
    const types = new Map<string, { readonly experiment: number; readonly variant: number; readonly types: number[] }>();
    for (const { experiment, variant, type } of ledger.sightings.values()) {
      const known = types.get(`${experiment} ${variant}`);
      if (known === undefined) types.set(`${experiment} ${variant}`, { experiment, variant, types: [type] });
      else known.types.push(type);
    }
    for (const row of types.values()) this.writeSeen.run(visitor, row.experiment, row.variant, row.types.join(' '));
    for (const { experiment, metric, first_at, value_sum } of ledger.conversions.values()) this.writeMetric.run(visitor, experiment, metric, first_at, value_sum);
  }

  /** Writes what the transaction changed. */
  flush(): void {
    for (const [visitor, rows] of this.unwritten) this.write(visitor, rows);
    this.unwritten.clear();
  }

  /** Drops what was changed: its transaction was undone. */
  forget(): void {
    this.unwritten.clear();
  }

  private write(visitor: number, { seen, metrics }: Unwritten): void {
    for (const { experiment, variant, types } of seen) this.writeSeen.run(visitor, experiment, variant, types.join(' '));
    for (const [experiment, metric, { first_at, value_sum }] of metrics.values()) this.writeMetric.run(visitor, experiment, metric, first_at, value_sum);
  }

  private of(visitor: number): Unwritten {
    let rows = this.unwritten.get(visitor);
    if (rows === undefined) this.unwritten.set(visitor, (rows = { seen: new Set(), metrics: new Map() }));
    return rows;
  }

  private readSeen(visitor: number): Sighting[] {
    return this.selectSeen.all(visitor).map((row) => ({ experiment: row['experiment'] as number, variant: row['variant'] as number, types: (row['types'] as string).split(' ').map(Number) }));
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
