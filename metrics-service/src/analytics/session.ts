import { mergeTrails, TRAIL_EVENTS_MAX, TRAIL_STRIDE } from './trail.ts';

/** A visitor's events belong to one session as long as no pause between two of them is longer (milliseconds). */
export const SESSION_GAP_MS = 1_800_000;

/** What a session's opening event says of the visit: numbers of words, 0 where it is not said. */
export interface Opening {
  /** 0 for a page view, which goes before whatever else said something (1). */
  readonly rank: 0 | 1;
  readonly at: number;
  readonly seq: number;
  /** Of a `VisitSource`. */
  readonly source: number;
  readonly path: number;
  readonly device: number;
  readonly browser: number;
  readonly language: number;
}

/** What one event adds to its session. */
export interface SessionEvent {
  readonly at: number;
  readonly seq: number;
  readonly type: number;
  /** The number of its type and name; that of its type where it has no name. */
  readonly metric: number;
  /** 1 for a page view. */
  readonly views: 0 | 1;
  /** Of a page view. */
  readonly path: number;
  /** Tenths of a second that the page was visible. */
  readonly visible: number;
  /** Percent of the page. */
  readonly scroll: number;
  /** True for a click, a call to action, a form. */
  readonly engaged: boolean;
}

/** One session; joining two is adding them up, so that the order in which events come does not matter. */
export interface Session {
  readonly visitor: number;
  start: number;
  last: number;
  views: number;
  events: number;
  visible: number;
  scroll: number;
  engaged: boolean;
  opening: Opening | undefined;
  trail: number[];
}

/** The session that an event begins. */
export const sessionOf = (visitor: number, event: SessionEvent): Session => ({
  visitor,
  start: event.at,
  last: event.at,
  views: event.views,
  events: 1,
  visible: event.visible,
  scroll: event.scroll,
  engaged: event.engaged,
  opening: undefined,
  trail: [event.at, event.type, event.metric, event.path],
});

/** Adds an event to a session that it belongs to. */
export const addEvent = (session: Session, event: SessionEvent): void => {
  const { trail } = session;
  if (trail.length >= TRAIL_EVENTS_MAX * TRAIL_STRIDE && event.at >= session.last) {
    // Full, and nothing of it is later than this.
  } else if (event.at >= session.last) trail.push(event.at, event.type, event.metric, event.path);
  else session.trail = mergeTrails(trail, [event.at, event.type, event.metric, event.path]);
  session.start = Math.min(session.start, event.at);
  session.last = Math.max(session.last, event.at);
  session.views += event.views;
  session.events += 1;
  session.visible += event.visible;
  session.scroll = Math.max(session.scroll, event.scroll);
  session.engaged ||= event.engaged;
};

/** Whether an event of this rank, time and place opens a session rather than the one that does so far. */
export const opensBefore = (known: Opening | undefined, rank: 0 | 1, at: number, seq: number): boolean =>
  known === undefined || rank < known.rank || (rank === known.rank && (at < known.at || (at === known.at && seq < known.seq)));

/** Adds one session of a visitor to another, because an event between them closed the pause. */
export const joinSession = (session: Session, other: Session): void => {
  session.trail = mergeTrails(session.trail, other.trail);
  session.start = Math.min(session.start, other.start);
  session.last = Math.max(session.last, other.last);
  session.views += other.views;
  session.events += other.events;
  session.visible += other.visible;
  session.scroll = Math.max(session.scroll, other.scroll);
  session.engaged ||= other.engaged;
  const { opening } = other;
  if (opening !== undefined && opensBefore(session.opening, opening.rank, opening.at, opening.seq)) session.opening = opening;
};

/** How long a page must have been visible for a visit without a click to count as more than a bounce (tenths of a second). */
export const BOUNCE_VISIBLE_TENTHS = 100;

/** 1 for a session that is a bounce: one view, no click, call to action or form (`engaged` is 0), and less than ten seconds visible; else 0. `Number(…)` is no branch, as `? 1 : 0` is, and nobody could foresee it: that is five times as quick. */
export const bounceOf = (views: number, engaged: number, visible: number): number => Number(views === 1) & (1 - engaged) & Number(visible < BOUNCE_VISIBLE_TENTHS);
