import type { Database } from '../../../shared/sqlite/database.ts';
import type { Enrolment } from '../assignment/enrolment.ts';
import type { Visitor, VisitorStore } from '../visitor/visitor-store.ts';
import type { AttributableEvent } from './attribution.ts';
import { metricsOf, resultPlaces, statsPlaces } from './attribution.ts';
import { ANY, ASSIGNED, CellDeltas } from './cell-deltas.ts';
import { seenIn } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { Seen } from './seen.ts';
import { VisitorRows } from './visitor-rows.ts';

/** Keeps the rollups: adds events as they arrive, or changes all that a visitor has added. Works inside the caller's transaction. */
export class RollupStore {
  private readonly deltas: CellDeltas;
  private readonly frozen: CellDeltas;
  private readonly rows: VisitorRows;
  private readonly visitors: VisitorStore;

  constructor(database: Database, visitors: VisitorStore) {
    this.visitors = visitors;
    this.deltas = new CellDeltas(database);
    this.frozen = new CellDeltas(database, 'frozen_');
    this.rows = new VisitorRows(database);
  }

  /** Counts a new event of a visitor wherever it counts. */
  add(visitor: Visitor, event: AttributableEvent): void {
    for (const { experiment, variant } of statsPlaces(event, visitor.enrolments)) {
      this.deltas.stats(experiment, variant, event.type, 1, 0);
      this.see(visitor, experiment, variant, event.type);
    }
    for (const { enrolment, at } of resultPlaces(event, visitor.enrolments))
      for (const metric of metricsOf(event)) this.convert(visitor, enrolment.experiment, enrolment.variant, metric, at, event.value ?? 0, metric === event.type ? 1 : 0);
  }

  private see(visitor: Visitor, experiment: number, variant: number, type: number): void {
    const step = visitor.seen.after(experiment, variant, type);
    if (step === undefined) return;
    for (const [cell_variant, cell_type] of step.cells) this.deltas.stats(experiment, cell_variant, cell_type, 0, 1);
    this.visitors.see(visitor, step.seen);
  }

  private convert(visitor: Visitor, experiment: number, variant: number, metric: number, at: number, value: number, events: number): void {
    const { deltas } = this;
    const known = this.rows.metric(visitor, experiment, metric);
    const first_at = Math.min(at, known?.first_at ?? at);
    const before = known?.value_sum ?? 0;
    const value_sum = before + value;
    deltas.result(experiment, variant, metric, known === undefined ? 1 : 0, events, value, value_sum * value_sum - before * before);
    if (known !== undefined && first_at === known.first_at && value === 0) return;
    if (first_at !== known?.first_at) {
      if (known !== undefined) deltas.bucket(experiment, metric, known.first_at, variant, -1);
      deltas.bucket(experiment, metric, first_at, variant, 1);
    }
    this.rows.setMetric(visitor, experiment, metric, { first_at, value_sum });
  }

  /** Counts a visitor of whom nothing is counted yet into the experiment that they were assigned in. */
  enrol(enrolment: Enrolment): void {
    enrol(this.deltas, enrolment, 1);
  }

  /** Changes what a visitor has added from one ledger to another, rows and cells; answers what they were seen with then. */
  replace(visitor: number, before: Ledger, after: Ledger): Seen {
    applyTo(this.deltas, before, -1);
    applyTo(this.deltas, after, 1);
    return this.replaceRows(visitor, before, after);
  }

  /** Keeps a visitor's share in the figures while what it came from goes: the difference is what all figures have without anybody's rows. */
  freeze(visitor: number, before: Ledger, after: Ledger): void {
    applyTo(this.frozen, before, 1);
    applyTo(this.frozen, after, -1);
    this.replaceRows(visitor, before, after);
  }

  /** Writes what the transaction changed; called at its end. */
  flush(): void {
    this.visitors.flush();
    this.rows.flush();
    this.deltas.flush();
    this.frozen.flush();
  }

  /** Drops what was gathered: its transaction was undone. */
  forget(): void {
    this.rows.forget();
    this.deltas.forget();
    this.frozen.forget();
  }

  private replaceRows(visitor: number, before: Ledger, after: Ledger): Seen {
    this.rows.replace(visitor, before, after);
    return this.visitors.seeAnew(visitor, seenIn(before), seenIn(after));
  }
}

const enrol = (deltas: CellDeltas, { experiment, variant, assigned_at, standing }: Enrolment, sign: 1 | -1): void => {
  if (standing !== 'counted') {
    deltas.exclusion(experiment, standing, sign);
    return;
  }
  deltas.result(experiment, variant, ASSIGNED, sign, 0, 0, 0);
  deltas.bucket(experiment, ASSIGNED, assigned_at, variant, sign);
};

/** Adds a visitor's ledger to cells, or takes it off. */
const applyTo = (deltas: CellDeltas, ledger: Ledger, sign: 1 | -1): void => {
  for (const enrolment of ledger.enrolments.values()) enrol(deltas, enrolment, sign);
  const visited = new Set<string>();
  for (const { experiment, variant, type, events } of ledger.sightings.values()) {
    deltas.stats(experiment, variant, type, sign * events, 0);
    for (const [seen_variant, seen_type] of [[variant, type], [ANY, type], [variant, ANY], [ANY, ANY]] as const) {
      const key = `${experiment} ${seen_variant} ${seen_type}`;
      if (!visited.has(key)) deltas.stats(experiment, seen_variant, seen_type, 0, sign);
      visited.add(key);
    }
  }
  for (const { experiment, variant, metric, first_at, value_sum, events } of ledger.conversions.values()) {
    deltas.result(experiment, variant, metric, sign, sign * events, sign * value_sum, sign * value_sum * value_sum);
    deltas.bucket(experiment, metric, first_at, variant, sign);
  }
};
