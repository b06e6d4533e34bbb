import type { Database } from '../../../shared/sqlite/database.ts';
import type { Enrolment } from '../assignment/enrolment.ts';
import type { Sighting, Visitor } from '../visitor/visitor-store.ts';
import type { AttributableEvent } from './attribution.ts';
import { metricsOf, resultPlaces, statsPlaces } from './attribution.ts';
import { ANY, ASSIGNED, CellDeltas } from './cell-deltas.ts';
import type { Ledger } from './ledger.ts';
import { VisitorRows } from './visitor-rows.ts';

/** Keeps the rollups: adds events as they arrive, takes a visitor's whole ledger off or puts it on. Works inside the caller's transaction. */
export class RollupStore {
  private readonly deltas: CellDeltas;
  private readonly frozen: CellDeltas;
  private readonly rows: VisitorRows;

  constructor(database: Database) {
    this.deltas = new CellDeltas(database);
    this.frozen = new CellDeltas(database, 'frozen_');
    this.rows = new VisitorRows(database);
  }

  /** Counts a new event of a visitor wherever it counts. */
  add(visitor: Visitor, event: AttributableEvent): void {
    for (const { experiment, variant } of statsPlaces(event, visitor.enrolments)) {
      this.deltas.stats(experiment, variant, event.type, 1, 0);
      this.see(visitor, experiment, event.type, variant);
    }
    for (const { enrolment, at } of resultPlaces(event, visitor.enrolments))
      for (const metric of metricsOf(event)) this.convert(visitor, enrolment.experiment, enrolment.variant, metric, at, event.value ?? 0, metric === event.type ? 1 : 0);
  }

  private see(visitor: Visitor, experiment: number, type: number, variant: number): void {
    const { deltas } = this;
    const seen = this.rows.seen(visitor);
    let [own, any_variant, any_type]: [Sighting | undefined, boolean, boolean] = [undefined, false, false];
    for (const sighting of seen) {
      if (sighting.experiment !== experiment) continue;
      any_type = true;
      if (sighting.types.includes(type)) any_variant = true;
      if (sighting.variant === variant) own = sighting;
    }
    if (any_variant && own?.types.includes(type) === true) return;
    deltas.stats(experiment, variant, type, 0, 1);
    if (!any_variant) deltas.stats(experiment, ANY, type, 0, 1);
    if (own === undefined) deltas.stats(experiment, variant, ANY, 0, 1);
    if (!any_type) deltas.stats(experiment, ANY, ANY, 0, 1);
    if (own === undefined) seen.push((own = { experiment, variant, types: [] }));
    own.types.push(type);
    this.rows.see(visitor, own);
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

  /** Takes off all that a visitor has added, rows and cells. */
  takeOff(visitor: number, ledger: Ledger): void {
    applyTo(this.deltas, ledger, -1);
    this.rows.remove(visitor, ledger);
  }

  /** Puts on all that a visitor adds, rows and cells; nothing of theirs may be there. */
  putOn(visitor: number, ledger: Ledger): void {
    applyTo(this.deltas, ledger, 1);
    this.rows.put(visitor, ledger);
  }

  /** Keeps a visitor's share in the figures while what it came from goes: the difference is what all figures have without anybody's rows. */
  freeze(visitor: number, before: Ledger, after: Ledger): void {
    applyTo(this.frozen, before, 1);
    applyTo(this.frozen, after, -1);
    this.rows.remove(visitor, before);
    this.rows.put(visitor, after);
  }

  /** Writes what the transaction changed; called at its end. */
  flush(): void {
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
