import type { EventLogAnswer, LoggedEvent } from '../../../shared/contract/event.ts';
import { cursorOf, readCursor } from '../../../shared/page-cursor.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import type { VisitorStore } from '../visitor/visitor-store.ts';
import type { WordStore } from '../word/word-store.ts';
import { EVENTS_BEFORE_SQL } from './event-store.ts';
import type { EventStore } from './event-store.ts';

/** Which events are wanted; all conditions hold together. */
export interface EventFilter {
  readonly visitor_id?: string;
  /** Id or key; events that name neither experiment nor variant are of none. */
  readonly experiment?: string;
  readonly variant?: string;
  readonly event_type?: string;
  readonly event_name?: string;
  /** `name=value` of `properties`, compared as text. */
  readonly property?: string;
  readonly from?: number;
  readonly to?: number;
}

/** How many rows a page looks at before it is given out, full or not: a rare filter must not hold up the writer. */
const LOOKED_AT_MAX = 20_000;

interface Stores {
  readonly events: EventStore;
  readonly visitors: VisitorStore;
  readonly words: WordStore;
  readonly experiments: ExperimentStore;
}

const NOTHING = '0';

/** Reads the event log, newest first, a page at a time. */
export class EventLog {
  private readonly stores: Stores;

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /**
   * Reads the next page: by arrival, or by time where a stretch of time is asked for. Pages may be short where few events pass the filter;
   * `next_cursor` says whether there are more. Throws Problem `invalid` for a cursor that was not given out for such a filter.
   */
  page(filter: EventFilter, limit: number, cursor: string | undefined): EventLogAnswer {
    const isTimed = filter.visitor_id === undefined && (filter.from !== undefined || filter.to !== undefined);
    return isTimed ? this.pageByTime(filter, limit, cursor) : this.pageByArrival(filter, limit, cursor);
  }

  private pageByArrival(filter: EventFilter, limit: number, cursor: string | undefined): EventLogAnswer {
    const { events } = this.stores;
    const before = Math.min(cursor === undefined ? Infinity : Number(readCursor(cursor, 1)[0]), events.lastSeq + 1);
    const { clauses, values } = this.conditions(filter);
    // A visitor's events are found by their own index; otherwise a stretch of the log is looked at.
    const floor = filter.visitor_id === undefined ? Math.max(0, before - 1 - LOOKED_AT_MAX) : 0;
    const condition = [...clauses, 'events.seq < ?', 'events.seq > ?'].join(' AND ');
    const data = events.prepareLogged(`${condition} ORDER BY events.seq DESC LIMIT ?`).all(...values, before, floor, limit);
    const last = data.at(-1);
    const next = data.length === limit && last !== undefined ? last.seq : floor > 0 ? floor + 1 : undefined;
    return { data, next_cursor: next === undefined ? null : cursorOf([next]) };
  }

  private pageByTime(filter: EventFilter, limit: number, cursor: string | undefined): EventLogAnswer {
    const { events } = this.stores;
    const { from = 0, to = Number.MAX_SAFE_INTEGER, ...others } = filter;
    const [at, seq] = cursor === undefined ? [to, 0] : (readCursor(cursor, 2).map(Number) as [number, number]);
    const { clauses, values } = this.conditions(others);
    const condition = [`events.seq IN (SELECT seq FROM (${EVENTS_BEFORE_SQL}))`, ...clauses].join(' AND ');
    const looked_at = clauses.length === 0 ? limit : LOOKED_AT_MAX;
    const data = events.prepareLogged(`${condition} ORDER BY at DESC, events.seq DESC LIMIT ?`).all(from, at, at, seq, looked_at, ...values, limit);
    const last = data.at(-1);
    const next = data.length === limit && last !== undefined ? ([Date.parse(last.timestamp), last.seq] as const) : events.placeByTime(from, at, seq, looked_at);
    return { data, next_cursor: next === undefined ? null : cursorOf(next) };
  }

  /** The newest place of the log. */
  get lastSeq(): number {
    return this.stores.events.lastSeq;
  }

  /** Reads the events after a place of the log, oldest first, imported ones left out: what a listener missed. There may be more behind `until`. */
  after(seq: number, limit: number): { readonly events: readonly LoggedEvent[]; readonly until: number } {
    const looked_until = Math.min(seq + LOOKED_AT_MAX, this.lastSeq);
    const events = this.stores.events.prepareLogged('events.seq > ? AND events.seq <= ? AND imported = 0 ORDER BY events.seq LIMIT ?').all(seq, looked_until, limit);
    return { events, until: events.length < limit ? looked_until : (events.at(-1)?.seq ?? seq) };
  }

  private conditions(filter: EventFilter): { readonly clauses: readonly string[]; readonly values: readonly (number | string)[] } {
    const { visitors, words } = this.stores;
    const clauses: string[] = [];
    const values: (number | string)[] = [];
    const add = (clause: string, ...more: readonly (number | string | undefined)[]): void => {
      // Something that was never heard of: no event has it.
      if (more.includes(undefined)) clauses.push(NOTHING);
      else {
        clauses.push(clause);
        values.push(...(more as readonly (number | string)[]));
      }
    };
    const { visitor_id, experiment, variant, event_type, event_name, property, from, to } = filter;
    if (visitor_id !== undefined) add('visitor = ?', visitors.find(visitor_id));
    if (experiment !== undefined) add('experiment IN (SELECT id FROM experiment_names WHERE experiment = ?)', this.stores.experiments.findName(experiment)?.experiment);
    if (variant !== undefined) add('variant = ?', words.find(variant));
    if (event_type !== undefined) add('type = ?', words.find(event_type));
    if (event_name !== undefined && event_type !== undefined) add('name = ?', words.find(`${event_type}:${event_name}`));
    else if (event_name !== undefined) add("(SELECT word FROM words WHERE id = name) = (SELECT word FROM words WHERE id = type) || ':' || ?", event_name);
    if (property !== undefined) {
      const [name = '', ...value] = property.split('=');
      add(value.length === 0 ? 'json_type(properties, ?) IS NOT NULL' : 'CAST(properties ->> ? AS TEXT) = ?', `$.${JSON.stringify(name)}`, ...(value.length === 0 ? [] : [value.join('=')]));
    }
    if (from !== undefined) add('at >= ?', from);
    if (to !== undefined) add('at < ?', to);
    return { clauses, values };
  }
}
