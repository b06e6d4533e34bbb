import { seenIn } from '../rollup/ledger.ts';
import type { Ledger } from '../rollup/ledger.ts';
import { sightingsOf } from '../rollup/seen.ts';
import { isSame } from './difference.ts';
import type { Difference } from './difference.ts';
import type { FactAssignment, FactReader } from './fact-reader.ts';

/** Compares the rows that the rollups keep of each visitor with that visitor's ledger. */
export class VisitorCheck {
  private readonly reader: FactReader;
  private readonly report: (difference: Difference) => void;
  private readonly selectSeen;
  private readonly selectMetrics;
  /** How many rows belonged to a visitor, by table. */
  readonly rows: Record<'assignments' | 'visitor_metrics', number> = { assignments: 0, visitor_metrics: 0 };

  constructor(reader: FactReader, report: (difference: Difference) => void) {
    this.reader = reader;
    this.report = report;
    this.selectSeen = reader.database.prepare('SELECT seen FROM visitors WHERE id = ?');
    this.selectMetrics = reader.database.prepare('SELECT experiment, metric, first_at, value_sum FROM visitor_metrics WHERE visitor = ?');
  }

  check(visitor: number, ledger: Ledger, assignments: readonly FactAssignment[]): void {
    this.checkCounted(visitor, ledger, assignments);
    this.checkSeen(visitor, ledger);
    this.checkMetrics(visitor, ledger);
  }

  private differ(table: string, visitor: number, experiment: number, words: string, figure: string, stored: Difference['stored'], counted: Difference['counted']): void {
    this.report({ table, place: `${this.reader.visitorOf(visitor)}, ${this.reader.experimentOf(experiment)}${words}`, figure, stored, counted });
  }

  private checkCounted(visitor: number, { enrolments }: Ledger, assignments: readonly FactAssignment[]): void {
    this.rows.assignments += assignments.length;
    for (const { experiment, variant, assigned_at, counted } of assignments) {
      const enrolment = enrolments.get(experiment);
      const counts = enrolment?.standing === 'counted' && enrolment.variant === variant && enrolment.assigned_at === assigned_at;
      if (counts !== counted) this.differ('assignments', visitor, experiment, `, variant ${this.reader.wordOf(variant)}`, 'counted', counted ? 1 : 0, counts ? 1 : 0);
    }
  }

  private checkSeen(visitor: number, ledger: Ledger): void {
    const expected = new Map(seenIn(ledger).map((sighting) => [`${sighting.experiment} ${sighting.variant}`, sighting]));
    const words = (types: readonly number[]): string => types.map((type) => this.reader.wordOf(type)).sort().join(' ');
    const inOrder = (types: readonly number[]): string => types.toSorted((one, other) => one - other).join(' ');
    const text = this.selectSeen.get(visitor)?.['seen'] as string | null;
    for (const { experiment, variant, types } of text === null ? [] : sightingsOf(text)) {
      const counted = expected.get(`${experiment} ${variant}`);
      expected.delete(`${experiment} ${variant}`);
      if (counted === undefined || inOrder(counted.types) !== inOrder(types)) this.differ('visitors', visitor, experiment, `, variant ${this.reader.wordOf(variant)}`, 'seen', words(types), counted === undefined ? null : words(counted.types));
    }
    for (const { experiment, variant, types } of expected.values()) this.differ('visitors', visitor, experiment, `, variant ${this.reader.wordOf(variant)}`, 'seen', null, words(types));
  }

  private checkMetrics(visitor: number, { conversions }: Ledger): void {
    const expected = new Map(conversions);
    for (const row of this.selectMetrics.all(visitor)) {
      this.rows.visitor_metrics += 1;
      const { experiment, metric, first_at, value_sum } = row as { experiment: number; metric: number; first_at: number; value_sum: number };
      const counted = expected.get(`${experiment} ${metric}`);
      expected.delete(`${experiment} ${metric}`);
      if (counted?.first_at === first_at && isSame(value_sum, counted.value_sum)) continue;
      const words = `, ${this.reader.wordOf(metric)}`;
      if (counted?.first_at !== first_at) this.differ('visitor_metrics', visitor, experiment, words, 'first_at', first_at, counted?.first_at ?? null);
      if (counted !== undefined && !isSame(value_sum, counted.value_sum)) this.differ('visitor_metrics', visitor, experiment, words, 'value_sum', value_sum, counted.value_sum);
    }
    for (const { experiment, metric, first_at } of expected.values()) this.differ('visitor_metrics', visitor, experiment, `, ${this.reader.wordOf(metric)}`, 'first_at', null, first_at);
  }
}
