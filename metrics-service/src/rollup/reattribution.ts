import type { Sessionizer } from '../analytics/sessionizer.ts';
import type { AssignmentKind, AssignmentStore, AssignmentRow, FirstAssignment } from '../assignment/assignment-store.ts';
import { enrolmentOf, enrolmentsOf, NOT_ENROLLED } from '../assignment/enrolment.ts';
import type { EventWriter } from '../event/event-writer.ts';
import type { VisitorStore } from '../visitor/visitor-store.ts';
import { ledgerOf } from './ledger.ts';
import type { RollupStore } from './rollup-store.ts';

/** What was removed of a person. */
export interface Erased {
  readonly events: number;
  readonly assignments: number;
  readonly sessions: number;
}

/** What somebody adds who did nothing and is in no experiment. */
const NOTHING = ledgerOf([], NOT_ENROLLED);

/** Changes who was assigned what, and with it where events that are known already count. Works inside the caller's transaction. */
export class Reattribution {
  private readonly event_writer: EventWriter;
  private readonly visitors: VisitorStore;
  private readonly assignments: AssignmentStore;
  private readonly rollups: RollupStore;
  private readonly sessionizer: Sessionizer;

  constructor(stores: { readonly event_writer: EventWriter; readonly visitors: VisitorStore; readonly assignments: AssignmentStore; readonly rollups: RollupStore; readonly sessionizer: Sessionizer }) {
    this.event_writer = stores.event_writer;
    this.visitors = stores.visitors;
    this.assignments = stores.assignments;
    this.rollups = stores.rollups;
    this.sessionizer = stores.sessionizer;
  }

  /** Stores an assignment; the visitor's earlier events count from now on where it says. Answers false if the very same is there. */
  assign(visitor_id: string, assignment: Omit<AssignmentRow, 'visitor'>): boolean {
    const visitor = this.visitors.open(visitor_id);
    const { id, enrolments } = visitor;
    const first = !enrolments.has(assignment.experiment);
    if (!this.assignments.add({ visitor: id, ...assignment }, first && !assignment.forced)) return false;
    // Most are new, and then there is nothing to be read.
    const events = visitor.has_events ? this.event_writer.attributable(id) : [];
    const after = enrolments.size === 0 ? enrolmentsOf([assignment]) : this.visitors.enrolments(id);
    this.visitors.enrol(visitor_id, visitor, after, this.rollups.replace(id, ledgerOf(events, enrolments), ledgerOf(events, after)));
    const enrolment = after.get(assignment.experiment);
    if (!first && enrolment !== undefined) this.assignments.settle(id, enrolment);
    return true;
  }

  /**
   * Stores an assignment of each of some visitors as `assign` does, at a fraction of the cost for those who are new; answers how many are new
   * themselves. Of the new visitors only those whose events are `coming` are remembered.
   */
  assignAll(kind: AssignmentKind, visitor_ids: readonly string[], assigned_at: readonly number[], coming: ReadonlySet<string>): number {
    const made = this.visitors.makeAll(visitor_ids);
    const first: FirstAssignment[] = [];
    const others: number[] = [];
    for (let place = 0; place < visitor_ids.length; place += 1) {
      const visitor_id = visitor_ids[place] as string;
      const id = made.get(visitor_id);
      if (id === undefined) {
        others.push(place);
        continue;
      }
      // Who is assigned once more is not new any more.
      made.delete(visitor_id);
      const at = assigned_at[place] as number;
      const enrolment = enrolmentOf({ ...kind, assigned_at: at });
      this.rollups.enrol(enrolment);
      if (coming.has(visitor_id)) this.visitors.begin(visitor_id, id, new Map([[kind.experiment, enrolment]]));
      first.push({ visitor: id, assigned_at: at });
    }
    this.assignments.addFirst(kind, first);
    return others.reduce((count, place) => count + (this.assign(visitor_ids[place] as string, { ...kind, assigned_at: assigned_at[place] as number }) ? 1 : 0), first.length);
  }

  /** Changes the stored facts of some visitors and counts all of their events anew. */
  change(visitors: readonly number[], change: () => void): void {
    for (const id of visitors) this.rollups.replace(id, ledgerOf(this.event_writer.attributable(id), this.visitors.enrolments(id)), NOTHING);
    change();
    for (const id of visitors) {
      const enrolments = this.visitors.enrolments(id);
      this.rollups.replace(id, NOTHING, ledgerOf(this.event_writer.attributable(id), enrolments));
      for (const enrolment of enrolments.values()) this.assignments.settle(id, enrolment);
    }
    this.visitors.flush();
    this.visitors.forget();
  }

  /** Removes what a visitor did before a time, and their part in experiments that they entered before it; every figure stays as it is. */
  retire(id: number, before: number): Omit<Erased, 'sessions'> {
    const old = ledgerOf(this.event_writer.attributable(id), this.visitors.enrolments(id));
    const removed = { events: this.event_writer.remove(id, before), assignments: this.assignments.deleteEntered(id, before) };
    const enrolments = this.visitors.enrolments(id);
    const events = this.event_writer.attributable(id);
    this.rollups.freeze(id, old, ledgerOf(events, enrolments));
    // Sessions of a number that is nobody's any more may keep it.
    if (events.length === 0 && enrolments.size === 0) this.visitors.deleteNumber(id);
    else this.sessionizer.retire(id, before, () => this.visitors.numberOfNobody());
    return removed;
  }

  /** Removes a person from events, assignments and every rollup; undefined if nobody is known by that id. */
  erase(visitor_id: string): Erased | undefined {
    const id = this.visitors.find(visitor_id);
    if (id === undefined) return undefined;
    this.rollups.replace(id, ledgerOf(this.event_writer.attributable(id), this.visitors.enrolments(id)), NOTHING);
    const erased = { events: this.event_writer.remove(id), assignments: this.assignments.delete(id), sessions: this.sessionizer.erase(id) };
    this.visitors.delete(visitor_id, id);
    return erased;
  }
}
