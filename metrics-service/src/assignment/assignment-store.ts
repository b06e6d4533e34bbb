import type { Database } from '../../../shared/sqlite/database.ts';
import type { Enrolment } from './enrolment.ts';

/** An assignment as its row has it. */
export interface AssignmentRow {
  readonly visitor: number;
  readonly experiment: number;
  readonly variant: number;
  readonly assigned_at: number;
  readonly forced: boolean;
  /** True if it came from ab-service's log, false if it was imported. */
  readonly from_log: boolean;
}

/** What assignments of many visitors have in common. */
export type AssignmentKind = Omit<AssignmentRow, 'visitor' | 'assigned_at'>;

/** What they do not. */
export type FirstAssignment = Pick<AssignmentRow, 'visitor' | 'assigned_at'>;

/** An assignment that counts, as its place among them. */
export type CountedAssignment = readonly [assigned_at: number, variant: number, visitor: number];

/** Visitors' assignments: copies of ab-service's log, and imported ones. */
export class AssignmentStore {
  private readonly insert;
  private readonly insertMany;
  private readonly uncount;
  private readonly count;
  private readonly markForced;
  private readonly deleteOfVisitor;
  private readonly deleteOld;
  private readonly deleteFromLog;
  private readonly selectFromLog;
  private readonly selectOfVisitor;
  private readonly visitorsOfExperiment;
  private readonly moveExperiment;
  private readonly deleteOfExperiment;
  private readonly selectCounted;
  private readonly selectCountedAfter;
  private changed: (visitor: number | undefined) => void = () => {};

  constructor(database: Database) {
    this.insert = database.prepare('INSERT INTO assignments (visitor, experiment, variant, assigned_at, forced, from_log, counted) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
    this.insertMany = database.prepare('INSERT INTO assignments (visitor, experiment, variant, assigned_at, forced, from_log, counted) SELECT CAST(key AS INTEGER), ?, ?, value, ?, ?, ? FROM json_each(?)');
    this.uncount = database.prepare('UPDATE assignments SET counted = 0 WHERE visitor = ? AND experiment = ? AND counted = 1');
    this.count = database.prepare('UPDATE assignments SET counted = 1 WHERE visitor = ? AND experiment = ? AND variant = ? AND assigned_at = ?');
    this.markForced = database.prepare('UPDATE assignments SET forced = 1 WHERE visitor = ? AND experiment = ?');
    this.deleteOfVisitor = database.prepare('DELETE FROM assignments WHERE visitor = ?');
    this.deleteOld = database.prepare('DELETE FROM assignments WHERE visitor = :visitor AND experiment IN (SELECT experiment FROM assignments WHERE visitor = :visitor AND assigned_at < :before)');
    this.deleteFromLog = database.prepare('DELETE FROM assignments WHERE visitor = ? AND from_log = 1');
    this.selectFromLog = database.prepare('SELECT DISTINCT visitor FROM assignments INDEXED BY assignments_from_log WHERE from_log = 1 LIMIT ?');
    this.selectOfVisitor = database.prepare('SELECT experiment, variant, assigned_at, forced, from_log FROM assignments WHERE visitor = ? ORDER BY assigned_at');
    this.visitorsOfExperiment = database.prepare('SELECT DISTINCT visitor FROM assignments WHERE experiment = ?');
    this.moveExperiment = database.prepare('UPDATE OR IGNORE assignments SET experiment = ? WHERE experiment = ?');
    this.selectCounted = database.prepare('SELECT variant FROM assignments WHERE visitor = ? AND experiment = ? AND counted = 1');
    this.selectCountedAfter = database.prepare(
      'SELECT assigned_at, variant, visitor FROM assignments WHERE counted = 1 AND experiment = ? AND (assigned_at, variant, visitor) > (?, ?, ?) ORDER BY assigned_at, variant, visitor LIMIT ?',
    );
    // Half the time of rows that are objects.
    this.selectCountedAfter.setReturnArrays(true);
    this.deleteOfExperiment = database.prepare('DELETE FROM assignments WHERE experiment = ?');
  }

  /** Has somebody told of every visitor whose assignments change; undefined means any number of them. What is told may be undone with its transaction. */
  onChange(changed: (visitor: number | undefined) => void): void {
    this.changed = changed;
  }

  /** Says that a visitor's assignments, or any number of them, were changed by another connection. */
  tell(visitor: number | undefined): void {
    this.changed(visitor);
  }

  /** The variant that a visitor is counted in; undefined for none. */
  countedVariant(visitor: number, experiment: number): number | undefined {
    return this.selectCounted.get(visitor, experiment)?.['variant'] as number | undefined;
  }

  /** Reads assignments that count, in order, those after a place. */
  countedAfter(experiment: number, after: CountedAssignment | undefined, limit: number): readonly CountedAssignment[] {
    return this.selectCountedAfter.all(experiment, ...(after ?? [-1, 0, 0]), limit) as unknown as readonly CountedAssignment[];
  }

  /** Stores an assignment, marked as the one that counts if told so; answers false if the very same is there. */
  add(row: AssignmentRow, counted: boolean): boolean {
    this.changed(row.visitor);
    return this.insert.run(row.visitor, row.experiment, row.variant, row.assigned_at, row.forced ? 1 : 0, row.from_log ? 1 : 0, counted ? 1 : 0).changes !== 0;
  }

  /** Stores an assignment of each of some visitors who have none in its experiment, as the ones that count unless they are forced, at half of what each by itself costs. */
  addFirst({ experiment, variant, forced, from_log }: AssignmentKind, assignments: readonly FirstAssignment[]): void {
    for (const { visitor } of assignments) this.changed(visitor);
    this.insertMany.run(experiment, variant, forced ? 1 : 0, from_log ? 1 : 0, forced ? 0 : 1, `{${assignments.map(({ visitor, assigned_at }) => `"${visitor}":${assigned_at}`).join()}}`);
  }

  /** Marks the row that counts of a visitor in an experiment, after their assignments changed. */
  settle(visitor: number, enrolment: Enrolment): void {
    this.changed(visitor);
    this.uncount.run(visitor, enrolment.experiment);
    if (enrolment.standing === 'counted') this.count.run(visitor, enrolment.experiment, enrolment.variant, enrolment.assigned_at);
  }

  /** Reads all assignments of a visitor. */
  ofVisitor(visitor: number): readonly AssignmentRow[] {
    return this.selectOfVisitor.all(visitor).map((row) => ({
      visitor,
      experiment: row['experiment'] as number,
      variant: row['variant'] as number,
      assigned_at: row['assigned_at'] as number,
      forced: row['forced'] === 1,
      from_log: row['from_log'] === 1,
    }));
  }

  /** Marks a visitor's assignments in an experiment as those of a tester. */
  force(visitor: number, experiment: number): void {
    this.markForced.run(visitor, experiment);
  }

  /** Removes a visitor's assignments; answers how many. */
  delete(visitor: number): number {
    this.changed(visitor);
    return Number(this.deleteOfVisitor.run(visitor).changes);
  }

  /** Removes a visitor's assignments in all experiments that they entered before a time; answers how many. */
  deleteEntered(visitor: number, before: number): number {
    return Number(this.deleteOld.run({ visitor, before }).changes);
  }

  /** Removes those of a visitor that came from the log. */
  deleteLogged(visitor: number): void {
    this.changed(visitor);
    this.deleteFromLog.run(visitor);
  }

  /** Finds some visitors who have assignments from the log. */
  visitorsFromLog(limit: number): readonly number[] {
    return this.selectFromLog.all(limit).map((row) => row['visitor'] as number);
  }

  /** Finds the visitors of an experiment; reads all assignments. */
  visitorsIn(experiment: number): readonly number[] {
    return this.visitorsOfExperiment.all(experiment).map((row) => row['visitor'] as number);
  }

  /** Moves all assignments of one experiment into another. */
  move(from: number, into: number): void {
    this.changed(undefined);
    this.moveExperiment.run(into, from);
    this.deleteOfExperiment.run(from);
  }
}
