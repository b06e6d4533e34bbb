import type { Database } from '../../../shared/sqlite/database.ts';
import type { Session } from './session.ts';
import { decodeTrail, encodeTrail } from './trail.ts';

const FIGURES = 'visitor, start, last, views, events, visible, scroll, engaged, opening_rank, opening_at, opening_seq, source, path, device, browser, language';

/** A row as a list, in the order of `FIGURES` and with the trail, if that was asked for, at its end. */
type Row = readonly [
  visitor: number, start: number, last: number, views: number, events: number, visible: number, scroll: number, engaged: number,
  rank: 0 | 1 | null, at: number, seq: number, source: number, path: number, device: number, browser: number, language: number,
  trail?: Uint8Array,
];

const toSession = ([visitor, start, last, views, events, visible, scroll, engaged, rank, at, seq, source, path, device, browser, language, trail]: Row): Session => ({
  visitor,
  start,
  last,
  views,
  events,
  visible,
  scroll,
  engaged: engaged === 1,
  opening: rank === null ? undefined : { rank, at, seq, source, path, device, browser, language },
  trail: trail === undefined ? [] : decodeTrail(trail, start),
});

const toSessions = (rows: readonly unknown[]): readonly Session[] => (rows as readonly Row[]).map(toSession);

/** Visitors' sessions, one row each, by visitor and by time. */
export class SessionStore {
  private readonly write;
  private readonly remove;
  private readonly selectNear;
  private readonly selectNextStart;
  private readonly selectStarts;
  private readonly selectEnded;
  private readonly rename;
  private readonly removeOfVisitor;
  private readonly selectBetween;
  private readonly selectFiguresBetween;
  private readonly selectMaxVisitor;
  private readonly selectStartAt;

  constructor(database: Database) {
    this.write = database.prepare(
      `INSERT INTO sessions (${FIGURES}, trail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET last = excluded.last, views = excluded.views, events = excluded.events, visible = excluded.visible, scroll = excluded.scroll, engaged = excluded.engaged,
         opening_rank = excluded.opening_rank, opening_at = excluded.opening_at, opening_seq = excluded.opening_seq, source = excluded.source, path = excluded.path,
         device = excluded.device, browser = excluded.browser, language = excluded.language, trail = excluded.trail`,
    );
    this.remove = database.prepare('DELETE FROM sessions WHERE visitor = ? AND start = ?');
    this.selectNear = database.prepare(`SELECT ${FIGURES}, trail FROM sessions WHERE visitor = ? AND start <= ? ORDER BY start DESC LIMIT 2`);
    this.selectNextStart = database.prepare('SELECT min(start) AS start FROM sessions WHERE visitor = ? AND start > ?');
    this.selectStarts = database.prepare('SELECT start FROM sessions WHERE visitor = ?');
    this.selectEnded = database.prepare('SELECT start FROM sessions WHERE visitor = ? AND last < ?');
    this.rename = database.prepare('UPDATE sessions SET visitor = ? WHERE visitor = ? AND last < ?');
    this.removeOfVisitor = database.prepare('DELETE FROM sessions WHERE visitor = ?');
    this.selectBetween = database.prepare(`SELECT ${FIGURES}, trail FROM sessions INDEXED BY sessions_by_start WHERE (start, visitor) > (?, ?) AND start < ? ORDER BY start, visitor LIMIT ?`);
    this.selectFiguresBetween = database.prepare(`SELECT ${FIGURES} FROM sessions INDEXED BY sessions_by_start WHERE (start, visitor) > (?, ?) AND start < ? ORDER BY start, visitor LIMIT ?`);
    // Half the time of rows that are objects.
    for (const statement of [this.selectNear, this.selectBetween, this.selectFiguresBetween]) statement.setReturnArrays(true);
    this.selectStartAt = database.prepare('SELECT start FROM sessions INDEXED BY sessions_by_start WHERE start >= ? ORDER BY start, visitor LIMIT 1 OFFSET ?');
    this.selectMaxVisitor = database.prepare('SELECT max(visitor) AS visitor FROM sessions');
  }

  /** Writes a session; its row is found by its visitor and start. */
  put(session: Session): void {
    const { opening } = session;
    this.write.run(
      session.visitor, session.start, session.last, session.views, session.events, session.visible, session.scroll, session.engaged ? 1 : 0,
      opening?.rank ?? null, opening?.at ?? null, opening?.seq ?? null, opening?.source ?? 0, opening?.path ?? 0, opening?.device ?? 0, opening?.browser ?? 0, opening?.language ?? 0,
      encodeTrail(session.trail, session.start),
    );
  }

  /** Removes one session. */
  delete(visitor: number, start: number): void {
    this.remove.run(visitor, start);
  }

  /** Reads the two sessions of a visitor that began last, up to a moment; the later first. */
  near(visitor: number, until: number): readonly Session[] {
    return toSessions(this.selectNear.all(visitor, until));
  }

  /** When the visitor's next session begins; Infinity if there is none. */
  nextStart(visitor: number, after: number): number {
    return (this.selectNextStart.get(visitor, after)?.['start'] as number | null) ?? Infinity;
  }

  /** When the visitor's sessions began. */
  starts(visitor: number): readonly number[] {
    return this.selectStarts.all(visitor).map((row) => row['start'] as number);
  }

  /** When those of the visitor's sessions began that ended before a time. */
  startsOfEnded(visitor: number, before: number): readonly number[] {
    return this.selectEnded.all(visitor, before).map((row) => row['start'] as number);
  }

  /** Gives those sessions to another visitor, who has none. */
  giveAway(visitor: number, before: number, to: number): void {
    this.rename.run(to, visitor, before);
  }

  /** Removes all sessions of a visitor. */
  deleteOfVisitor(visitor: number): void {
    this.removeOfVisitor.run(visitor);
  }

  /**
   * Reads some sessions in order of start and visitor: those after a place and before a moment; their trails only if told so.
   */
  page(after: { readonly start: number; readonly visitor: number }, before: number, limit: number, with_trails: boolean): readonly Session[] {
    return toSessions((with_trails ? this.selectBetween : this.selectFiguresBetween).all(after.start, after.visitor, before, limit));
  }

  /** When the session begins that has so many before it, counted from a moment on; undefined if they are fewer. */
  startAt(from: number, place: number): number | undefined {
    return this.selectStartAt.get(from, place)?.['start'] as number | undefined;
  }

  /** The highest number of a visitor who has sessions. */
  maxVisitor(): number {
    return (this.selectMaxVisitor.get()?.['visitor'] as number | null) ?? 0;
  }
}
