import { isoTime } from '../../../shared/clock.ts';
import { SESSION_GAP_MS } from '../analytics/session.ts';
import type { Difference } from './difference.ts';
import type { FactEvent, FactReader } from './fact-reader.ts';

interface CountedSession {
  readonly start: number;
  last: number;
  events: number;
  views: number;
}

const FIGURES = ['last', 'events', 'views'] as const;

/** Compares a visitor's sessions with those that their events come to: cut where nothing happened for half an hour. */
export class SessionCheck {
  private readonly reader: FactReader;
  private readonly report: (difference: Difference) => void;
  private readonly selectSessions;
  /** How far the log of events is in the sessions: what came later is not expected in them. */
  private readonly followed: number;
  private readonly page_view: number;
  /** How many sessions belonged to a visitor. */
  rows = 0;

  constructor(reader: FactReader, report: (difference: Difference) => void) {
    this.reader = reader;
    this.report = report;
    const { database } = reader;
    this.selectSessions = database.prepare('SELECT start, last, events, views FROM sessions WHERE visitor = ? ORDER BY start');
    this.followed = Number(database.prepare("SELECT value FROM meta WHERE name = 'sessions_seq'").get()?.['value'] ?? 0);
    this.page_view = Number(database.prepare("SELECT id FROM words WHERE word = 'page_view'").get()?.['id'] ?? 0);
  }

  /** Whether an event is expected in the sessions. */
  isFollowed(event: FactEvent): boolean {
    return event.seq <= this.followed;
  }

  /** A moment and kind of an event, in one number: that is all that is kept of it. */
  noteOf({ at, type }: FactEvent): number {
    return at * 2 + (type === this.page_view ? 1 : 0);
  }

  check(visitor: number, notes: number[]): void {
    const counted = new Map(sessionsOf(notes).map((session) => [session.start, session]));
    const first = counted.values().next().value?.start ?? Infinity;
    let retired_until = -Infinity;
    for (const row of this.selectSessions.all(visitor)) {
      this.rows += 1;
      const stored = row as unknown as CountedSession;
      // Retention removed events and left their sessions; the last of these may go on into what is kept.
      if (stored.start < first) retired_until = stored.last;
      else this.compare(visitor, stored.start, stored, counted.get(stored.start));
      counted.delete(stored.start);
    }
    for (const session of counted.values()) if (session.start > retired_until) this.compare(visitor, session.start, undefined, session);
  }

  private compare(visitor: number, start: number, stored: CountedSession | undefined, counted: CountedSession | undefined): void {
    for (const figure of FIGURES) {
      if (stored?.[figure] === counted?.[figure]) continue;
      this.report({ table: 'sessions', place: `${this.reader.visitorOf(visitor)}, from ${isoTime(start)}`, figure, stored: stored?.[figure] ?? null, counted: counted?.[figure] ?? null });
      if (stored === undefined || counted === undefined) return;
    }
  }
}

const sessionsOf = (notes: number[]): readonly CountedSession[] => {
  notes.sort((a, b) => a - b);
  const sessions: CountedSession[] = [];
  for (const note of notes) {
    const at = Math.floor(note / 2);
    const view = note - at * 2;
    const known = sessions.at(-1);
    if (known === undefined || at - known.last > SESSION_GAP_MS) sessions.push({ start: at, last: at, events: 1, views: view });
    else {
      known.last = at;
      known.events += 1;
      known.views += view;
    }
  }
  return sessions;
};
