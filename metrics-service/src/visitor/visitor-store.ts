import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../../shared/sqlite/database.ts';
import { shownId, storedId } from '../../../shared/sqlite/stored-id.ts';
import { enrolmentsOf, NOT_ENROLLED } from '../assignment/enrolment.ts';
import type { Enrolments, StoredAssignment } from '../assignment/enrolment.ts';
import { KeptSeen } from '../rollup/seen.ts';
import type { Seen, Sighting } from '../rollup/seen.ts';

/** How many visitors are kept in memory; the older half goes first. One half is more than any work has. */
const REMEMBERED_MAX = 8_000;

/** First conversion and revenue of a visitor in one metric. */
export interface VisitorMetric {
  readonly first_at: number;
  readonly value_sum: number;
}

/** What the writer knows of a visitor without asking the disk. */
export interface Visitor {
  readonly id: number;
  readonly enrolments: Enrolments;
  /** False for somebody who certainly has none. */
  has_events: boolean;
  /** Changed by `see` alone. */
  seen: Seen;
  /** Undefined where they were not asked for yet. By metric by experiment; holds all that is stored where `knowsAllMetrics`, else what was asked for. */
  metrics: Map<number, Map<number, VisitorMetric>> | undefined;
  knowsAllMetrics: boolean;
}

/** Numbers for visitors, what they were seen with, and a bounded memory of what was read about them. Who is new is written at the end of a work, with all of it. */
export class VisitorStore {
  private readonly kept_seen = new KeptSeen();
  /** Who has no row yet, by id, and whose row says less than they were seen with. */
  private readonly made = new Map<string, Visitor>();
  private readonly changed = new Set<Visitor>();
  private young = new Map<string, Visitor>();
  private old = new Map<string, Visitor>();
  private readonly select;
  private readonly selectId;
  private readonly insert;
  private readonly update;
  private readonly insertTexts;
  private readonly insertUuids;
  private readonly selectAssignments;
  private readonly remove;
  private last_id: number;

  constructor(database: Database) {
    this.select = database.prepare('SELECT id, seen FROM visitors WHERE visitor_id = ?');
    this.select.setReturnArrays(true);
    this.selectId = database.prepare('SELECT visitor_id FROM visitors WHERE id = ?');
    this.insert = database.prepare('INSERT INTO visitors (id, visitor_id, seen) VALUES (?, ?, ?)');
    this.update = database.prepare('UPDATE visitors SET seen = ? WHERE id = ?');
    // One statement for many costs half of one for each.
    const [insertTexts, insertUuids] = ['value', "unhex(value, '-')"].map((id) => database.prepare(`INSERT INTO visitors (id, visitor_id) SELECT ? + key, ${id} FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING id`)) as [StatementSync, StatementSync];
    this.insertTexts = insertTexts;
    this.insertUuids = insertUuids;
    for (const insert of [insertTexts, insertUuids]) insert.setReturnArrays(true);
    this.selectAssignments = database.prepare('SELECT experiment, variant, assigned_at, forced FROM assignments WHERE visitor = ?');
    this.remove = database.prepare('DELETE FROM visitors WHERE id = ?');
    // A number is never given twice: sessions of somebody whom retention removed keep theirs.
    const row = database.prepare('SELECT (SELECT max(id) FROM visitors) AS visitor, (SELECT max(visitor) FROM sessions) AS session').get();
    this.last_id = Math.max(Number(row?.['visitor'] ?? 0), Number(row?.['session'] ?? 0));
  }

  /** Answers a visitor, made inside the open transaction if unknown. */
  open(visitor_id: string): Visitor {
    const known = this.recall(visitor_id);
    if (known !== undefined) return this.remember(visitor_id, known);
    const row = this.row(visitor_id);
    if (row === undefined) {
      const made = this.begin(visitor_id, this.numberOfNobody());
      this.made.set(visitor_id, made);
      return made;
    }
    const [id, seen] = row;
    return this.remember(visitor_id, { id, enrolments: this.enrolments(id), has_events: true, seen: this.kept_seen.read(seen), metrics: undefined, knowsAllMetrics: false });
  }

  /** Notes that a visitor was seen with more. */
  see(visitor: Visitor, seen: Seen): void {
    visitor.seen = seen;
    this.changed.add(visitor);
  }

  /** Makes those of many visitors who are unknown, at half of what it costs to open each; answers their numbers, and remembers none of them. */
  makeAll(visitor_ids: readonly string[]): Map<string, number> {
    const made = new Map<string, number>();
    const unknown = visitor_ids.filter((visitor_id) => this.recall(visitor_id) === undefined);
    const { texts = [], uuids = [] } = Object.groupBy(unknown, (visitor_id) => (typeof storedId(visitor_id) === 'string' ? 'texts' : 'uuids'));
    for (const [insert, ids] of [[this.insertTexts, texts], [this.insertUuids, uuids]] as const) {
      if (ids.length === 0) continue;
      const first = this.last_id + 1;
      for (const [id] of insert.all(first, JSON.stringify(ids)) as unknown as readonly (readonly [number])[]) {
        this.last_id = Math.max(this.last_id, id);
        made.set(ids[id - first] as string, id);
      }
    }
    return made;
  }

  /** Remembers somebody new, of whom everything is known: nothing but what they were assigned. */
  begin(visitor_id: string, id: number, enrolments: Enrolments = NOT_ENROLLED): Visitor {
    return this.remember(visitor_id, { id, enrolments, has_events: false, seen: this.kept_seen.nothing, metrics: undefined, knowsAllMetrics: true });
  }

  /** Answers the number of a visitor who is known. */
  find(visitor_id: string): number | undefined {
    return this.recall(visitor_id)?.id ?? this.row(visitor_id)?.[0];
  }

  /** Answers the id of the visitor of a number; undefined if they are gone. */
  findId(id: number): string | undefined {
    const row = this.selectId.get(id);
    return row === undefined ? undefined : shownId(row['visitor_id']);
  }

  /** Reads what a visitor's assignments come to. */
  enrolments(id: number): Enrolments {
    const rows = this.selectAssignments.all(id);
    return rows.length === 0 ? NOT_ENROLLED : enrolmentsOf(rows.map((row) => ({ ...row, forced: row['forced'] === 1 }) as unknown as StoredAssignment));
  }

  /** Changes what somebody was seen with from some sightings to others; answers it. */
  seeAnew(id: number, before: readonly Sighting[], after: readonly Sighting[]): Seen {
    const seen = this.kept_seen.of(after);
    if (seen.text === this.kept_seen.of(before).text) return seen;
    // What waits is of before.
    this.flush();
    this.update.run(seen.text, id);
    return seen;
  }

  /** Remembers a visitor whose enrolments changed, and with them what they were seen with; metrics of one with events are read again. */
  enrol(visitor_id: string, visitor: Visitor, enrolments: Enrolments, seen: Seen): void {
    this.remember(visitor_id, visitor.has_events ? { id: visitor.id, enrolments, has_events: true, seen, metrics: undefined, knowsAllMetrics: false } : { ...visitor, enrolments });
  }

  /** Forgets one visitor: their assignments or rows changed by another way than event by event. */
  forgetOne(visitor_id: string): void {
    this.young.delete(visitor_id);
    this.old.delete(visitor_id);
  }

  /** Removes a visitor's number; whatever refers to it must be gone. */
  delete(visitor_id: string, id: number): void {
    this.deleteNumber(id);
    this.forgetOne(visitor_id);
  }

  /** Makes a number that is no visitor's and never will be. */
  numberOfNobody(): number {
    this.last_id += 1;
    return this.last_id;
  }

  /** Removes the number of a visitor who is gone; the caller makes the store forget. */
  deleteNumber(id: number): void {
    this.remove.run(id);
  }

  /** Writes who is new, and what others were seen with; called at the end of a work. */
  flush(): void {
    for (const [visitor_id, visitor] of this.made) {
      this.insert.run(visitor.id, storedId(visitor_id), visitor.seen.text);
      this.changed.delete(visitor);
    }
    for (const { id, seen } of this.changed) this.update.run(seen.text, id);
    this.made.clear();
    this.changed.clear();
  }

  /** Forgets what a rolled-back transaction may have taught. */
  forget(): void {
    this.young.clear();
    this.old.clear();
    this.made.clear();
    this.changed.clear();
  }

  private row(visitor_id: string): readonly [id: number, seen: string | null] | undefined {
    return this.select.get(storedId(visitor_id)) as unknown as readonly [number, string | null] | undefined;
  }

  private recall(visitor_id: string): Visitor | undefined {
    return this.young.get(visitor_id) ?? this.old.get(visitor_id);
  }

  private remember(visitor_id: string, visitor: Visitor): Visitor {
    if (this.young.size >= REMEMBERED_MAX / 2 && !this.young.has(visitor_id)) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(visitor_id, visitor);
    return visitor;
  }
}
