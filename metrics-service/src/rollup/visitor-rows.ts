import type { Database } from '../../../shared/sqlite/database.ts';
import type { Seen, Visitor, VisitorMetric } from '../visitor/visitor-store.ts';
import type { Ledger } from './ledger.ts';

/** How many metrics of one visitor are kept in memory, so that one with endless event names costs no endless memory. */
const METRICS_MAX = 256;

/** A visitor's rows that the transaction has changed and not written yet. */
interface Unwritten {
  /** By the list that was changed. */
  readonly seen: Map<readonly number[], readonly [experiment: number, variant: number]>;
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

  /** Answers what a visitor was seen with, by variant, in an experiment; to be changed by `see` alone. */
  seen(visitor: Visitor, experiment: number): Map<number, number[]> {
    visitor.seen ??= this.readSeen(visitor.id);
    let variants = visitor.seen.get(experiment);
    if (variants === undefined) visitor.seen.set(experiment, (variants = new Map()));
    return variants;
  }

  /** Adds a type that is not among those seen. */
  see(visitor: Visitor, experiment: number, variant: number, type: number): void {
    const variants = this.seen(visitor, experiment);
    let types = variants.get(variant);
    if (types === undefined) variants.set(variant, (types = []));
    types.push(type);
    const { seen } = this.of(visitor.id);
    if (!seen.has(types)) seen.set(types, [experiment, variant]);
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
    for (const [types, [experiment, variant]] of seen) this.writeSeen.run(visitor, experiment, variant, types.join(' '));
    for (const [experiment, metric, { first_at, value_sum }] of metrics.values()) this.writeMetric.run(visitor, experiment, metric, first_at, value_sum);
  }

  private of(visitor: number): Unwritten {
    let rows = this.unwritten.get(visitor);
    if (rows === undefined) this.unwritten.set(visitor, (rows = { seen: new Map(), metrics: new Map() }));
    return rows;
  }

  private readSeen(visitor: number): Seen {
    const seen: Seen = new Map();
    for (const row of this.selectSeen.all(visitor)) {
      const experiment = row['experiment'] as number;
      const variants = seen.get(experiment) ?? new Map<number, number[]>();
      seen.set(experiment, variants.set(row['variant'] as number, (row['types'] as string).split(' ').map(Number)));
    }
    return seen;
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
