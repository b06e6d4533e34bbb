import type { EventContext } from '../../../shared/contract/event.ts';
import type { JsonObject } from '../../../shared/schema/composites.ts';
import type { MetaStore } from '../meta-store.ts';
import type { WordStore } from '../word/word-store.ts';
import type { BlockStore } from './block-store.ts';
import { eventSigns, plainPath } from './event-signs.ts';
import { OpeningWords } from './opening-words.ts';
import { addEvent, joinSession, opensBefore, SESSION_GAP_MS, sessionOf } from './session.ts';
import type { Session, SessionEvent } from './session.ts';
import type { SessionStore } from './session-store.ts';
import type { UnreadEvents } from './unread-events.ts';

/** How many changed sessions may wait in memory before they are written: a millisecond's work. */
const DIRTY_MAX = 200;
/** How many visitors' sessions are kept in memory; the older half goes first. */
export const REMEMBERED_MAX = 4_000;
/** How many events are read from the log at once. */
const READ_AT_ONCE = 2_000;
/** Under which name it is stored how far the log of events is in the sessions on disk. */
const PLACE = 'sessions_seq';

/** An event as the recorder has it in hand, or the log. */
export interface FollowedEvent {
  readonly visitor: number;
  readonly at: number;
  readonly type: number;
  readonly named_metric: number | null;
  readonly event_type: string;
  readonly event_name: string | null;
  /** JSON. */
  readonly properties: string | null;
  /** JSON. */
  readonly context: string | null;
}

/** What sessions are made with. */
export interface SessionizerNeeds {
  readonly sessions: SessionStore;
  readonly blocks: BlockStore;
  readonly unread: UnreadEvents;
  readonly words: WordStore;
  readonly meta: MetaStore;
  /** The newest event of the log. */
  readonly last_seq: number;
  /** Hosts of one's own, which are no source of visits. */
  readonly own_hosts: readonly string[];
}

interface Remembered extends Session {
  /** The starts by which it, or what was joined to it, is on disk. */
  stored: readonly number[];
  /** When the visitor's next session begins. */
  next_start: number;
  dirty: boolean;
}

/**
 * Follows the log of events and keeps the sessions: events are added in memory as they are recorded, and changed sessions written some at a
 * time, together with how far the log was followed. What memory lost (at the start, after a transaction that was undone) is read from the log
 * again, so the sessions on disk and in memory always come to the same as all events. Nothing is written but all that changed, for the place in
 * the log to be true. Works inside the caller's transaction.
 */
export class Sessionizer {
  private readonly needs: SessionizerNeeds;
  private readonly opening_words: OpeningWords;
  private young = new Map<number, Remembered>();
  private old = new Map<number, Remembered>();
  private readonly dirty = new Set<Remembered>();
  /** How far the log is in the sessions; undefined where only the disk knows. */
  private seq: number | undefined;
  private live = false;
  private max_visitor = 0;

  constructor(needs: SessionizerNeeds) {
    this.needs = needs;
    this.opening_words = new OpeningWords(needs.words, needs.own_hosts);
    // The newest events may have been erased before a restart: then their places are given out again.
    if (Number(needs.meta.find(PLACE) ?? 0) > needs.last_seq) needs.meta.set(PLACE, needs.last_seq);
    this.live = this.place() === needs.last_seq;
  }

  /** Whether all events of the log are in the sessions. */
  get isLive(): boolean {
    return this.live;
  }

  /** Whether sessions in memory are newer than on disk. */
  get isDirty(): boolean {
    return this.dirty.size > 0;
  }

  /** Adds an event that was just stored, in the same transaction; while the log is still being read, it will be read from there. */
  add(seq: number, event: FollowedEvent): void {
    if (!this.live) return;
    this.absorb(seq, event);
    this.seq = seq;
  }

  /** Reads some of the log; answers whether there is more. */
  read(): boolean {
    if (this.live) return false;
    const events = this.needs.unread.after(this.place(), READ_AT_ONCE);
    for (const event of events) {
      this.absorb(event.seq, event);
      this.seq = event.seq;
    }
    this.live = events.length < READ_AT_ONCE;
    this.flush();
    return !this.live;
  }

  /** Writes the changed sessions if they are many. */
  flushIfMany(): void {
    if (this.dirty.size >= DIRTY_MAX) this.flush();
  }

  /** Writes the changed sessions, and how far the log is in them. */
  flush(): void {
    const { meta } = this.needs;
    const place = this.place();
    for (const session of this.dirty) this.store(session);
    this.dirty.clear();
    if (meta.find(PLACE) !== place) meta.set(PLACE, place);
  }

  /** Removes a visitor's sessions; answers how many. */
  erase(visitor: number): number {
    const { sessions, blocks } = this.needs;
    const known = this.find(visitor);
    if (known !== undefined) this.dirty.delete(known);
    this.drop(visitor);
    const starts = sessions.starts(visitor);
    for (const start of starts) blocks.change(start);
    sessions.deleteOfVisitor(visitor);
    // The one in memory may be on disk under several starts, or under none yet.
    return starts.length + (known === undefined ? 0 : 1 - known.stored.length);
  }

  /** Gives a visitor's sessions that ended before a time to nobody: the figures of those days stay, without the person. */
  retire(visitor: number, before: number, nobody: () => number): void {
    const { sessions, blocks } = this.needs;
    this.flush();
    const starts = sessions.startsOfEnded(visitor, before);
    if (starts.length === 0) return;
    this.drop(visitor);
    for (const start of starts) blocks.change(start);
    sessions.giveAway(visitor, before, nobody());
  }

  /** Forgets what a rolled-back transaction may have taught: it is read from the log again. */
  forget(): void {
    this.young.clear();
    this.old.clear();
    this.dirty.clear();
    this.live = false;
    this.seq = undefined;
    this.opening_words.forget();
    this.needs.blocks.forget();
  }

  private place(): number {
    if (this.seq !== undefined) return this.seq;
    this.max_visitor = this.needs.sessions.maxVisitor();
    return (this.seq = Number(this.needs.meta.find(PLACE) ?? 0));
  }

  private drop(visitor: number): void {
    this.young.delete(visitor);
    this.old.delete(visitor);
  }

  private find(visitor: number): Remembered | undefined {
    return this.young.get(visitor) ?? this.old.get(visitor);
  }

  private absorb(seq: number, followed: FollowedEvent): void {
    // Before anything changes: what is written must be as the place in the log says.
    if (this.young.size >= REMEMBERED_MAX / 2) this.age();
    const event = this.sessionEvent(seq, followed);
    const session = this.take(followed.visitor, event);
    if (followed.context !== null) this.open(session, event, followed.context);
    if (session.dirty) return;
    session.dirty = true;
    this.dirty.add(session);
  }

  private sessionEvent(seq: number, event: FollowedEvent): SessionEvent {
    const { at, type, named_metric, event_type, event_name, properties, context } = event;
    const is_view = event_type === 'page_view';
    const path = is_view && context !== null ? plainPath((JSON.parse(context) as EventContext).path) : '';
    const { visible, scroll, engaged } = eventSigns(event_type, event_name ?? undefined, properties === null ? undefined : (JSON.parse(properties) as JsonObject));
    return { seq, at, type, metric: named_metric ?? type, views: is_view ? 1 : 0, path: path === '' ? 0 : this.needs.words.idOf(path), visible, scroll, engaged };
  }

  /** Finds the session that an event belongs to and adds it, or begins one. */
  private take(visitor: number, event: SessionEvent): Remembered {
    const { at } = event;
    const known = this.find(visitor);
    if (known !== undefined && at >= known.start && at <= known.last + SESSION_GAP_MS && at + SESSION_GAP_MS < known.next_start) {
      addEvent(known, event);
      return this.remember(known);
    }
    // Numbers of visitors grow: one that is higher than all before has no sessions yet.
    const is_new = visitor > this.max_visitor;
    this.max_visitor = Math.max(this.max_visitor, visitor);
    if (is_new) return this.remember({ ...sessionOf(visitor, event), stored: [], next_start: Infinity, dirty: false });
    if (known?.dirty) this.flush();
    return this.remember(this.fromDisk(visitor, event));
  }

  /** Joins what is on disk around an event; the rows that it came from are removed when it is written. */
  private fromDisk(visitor: number, event: SessionEvent): Remembered {
    const { sessions } = this.needs;
    const [later, earlier] = sessions.near(visitor, event.at + SESSION_GAP_MS).filter(({ last }) => last >= event.at - SESSION_GAP_MS);
    const stored = [later, earlier].flatMap((session) => session?.start ?? []);
    const joined = later ?? sessionOf(visitor, event);
    if (later !== undefined) addEvent(joined, event);
    if (earlier !== undefined) joinSession(joined, earlier);
    return { ...joined, stored, next_start: sessions.nextStart(visitor, event.at + SESSION_GAP_MS), dirty: false };
  }

  private open(session: Remembered, event: SessionEvent, context: string): void {
    const rank = event.views === 1 ? 0 : 1;
    if (!opensBefore(session.opening, rank, event.at, event.seq)) return;
    session.opening = { rank, at: event.at, seq: event.seq, path: event.views === 1 ? event.path : 0, ...this.opening_words.of(JSON.parse(context) as EventContext) };
  }

  private remember(session: Remembered): Remembered {
    this.young.set(session.visitor, session);
    return session;
  }

  /** What memory lets go must be on disk. */
  private age(): void {
    this.flush();
    this.old = this.young;
    this.young = new Map();
  }

  private store(session: Remembered): void {
    const { sessions, blocks } = this.needs;
    for (const start of session.stored) {
      if (start === session.start) continue;
      blocks.change(start);
      sessions.delete(session.visitor, start);
    }
    blocks.change(session.start);
    sessions.put(session);
    session.stored = [session.start];
    session.dirty = false;
  }
}
