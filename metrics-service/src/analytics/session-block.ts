import { packColumns, unpackColumns, Widener } from '../columns.ts';
import type { WideColumn } from '../columns.ts';
import { TRAIL_STRIDE } from './trail.ts';
import type { Session } from './session.ts';

/**
 * The parts of a block that are kept and read apart: whose sessions they are and when they began, their figures, how they were opened, what they list
 * by type and by path, what happened, when it did.
 * Whoever changes what is packed adds a migration that empties the two tables of blocks: they are made again from the sessions.
 */
export const FAMILIES = ['visits', 'figures', 'openings', 'metrics', 'pages', 'trails', 'times'] as const;
/** One of them. */
export type Family = (typeof FAMILIES)[number];

/** What each session comes to. */
export interface FigureColumns {
  readonly views: WideColumn;
  readonly events: WideColumn;
  readonly visible: WideColumn;
  readonly scroll: WideColumn;
  readonly engaged: WideColumn;
}

/** What each session's opening says: numbers of words, 0 where it is not said. */
export interface OpeningColumns {
  readonly source: WideColumn;
  readonly path: WideColumn;
  readonly device: WideColumn;
  readonly browser: WideColumn;
  readonly language: WideColumn;
}

/** What sessions list, by what it is: the sessions that list `key[i]` are from `ends[i - 1]` (0 for the first) to `ends[i]`. */
export interface ListColumns {
  /** A path; or the number of a type and name, of the type where there is no name. */
  readonly key: WideColumn;
  /** The type of the first such event. */
  readonly type: WideColumn;
  readonly ends: WideColumn;
  /** Places of sessions, in order. */
  readonly row: WideColumn;
  /** How often each has it. */
  readonly count: WideColumn;
}

/** Everything that happened, in order; that of session `i` is from `ends[i - 1]` (0 for the first) to `ends[i]`. */
export interface TrailColumns {
  readonly ends: WideColumn;
  /** What happened, as a place in the two columns that follow: a block has few different things. */
  readonly kind: WideColumn;
  readonly type_of_kind: WideColumn;
  readonly metric_of_kind: WideColumn;
}

/** Sessions column by column; a family is there if it was asked for. */
export interface SessionBlock {
  /** When its first session begins, in milliseconds since 1970. */
  readonly base: number;
  readonly visitor: WideColumn;
  /** When each session begins, counted from the base (milliseconds). */
  readonly start: WideColumn;
  readonly figures?: FigureColumns;
  readonly openings?: OpeningColumns;
  readonly metrics?: ListColumns;
  readonly pages?: ListColumns;
  readonly trails?: TrailColumns;
  /** When each event of the trails was, counted from the base (milliseconds). */
  readonly times?: WideColumn;
}

const baseOf = (sessions: readonly Session[]): number => sessions[0]?.start ?? 0;

const packVisits = (sessions: readonly Session[]): Uint8Array =>
  packColumns([[baseOf(sessions)], sessions.map((session) => session.visitor), sessions.map((session) => session.start - baseOf(sessions))]);

const packFigures = (sessions: readonly Session[]): Uint8Array =>
  packColumns([
    sessions.map((session) => session.views),
    sessions.map((session) => session.events),
    sessions.map((session) => session.visible),
    sessions.map((session) => session.scroll),
    sessions.map((session) => (session.engaged ? 1 : 0)),
  ]);

const packOpenings = (sessions: readonly Session[]): Uint8Array =>
  packColumns((['source', 'path', 'device', 'browser', 'language'] as const).map((name) => sessions.map(({ opening }) => opening?.[name] ?? 0)));

/** Lists the sessions by one of the numbers of their steps, and how often each has it; steps where it is 0 are left out. */
const packLists = (sessions: readonly Session[], part: 2 | 3): Uint8Array => {
  const lists = new Map<number, { readonly type: number; readonly rows: number[]; readonly counts: number[] }>();
  for (const [row, { trail }] of sessions.entries()) {
    for (let index = 0; index < trail.length; index += TRAIL_STRIDE) {
      const key = trail[index + part] as number;
      if (key === 0) continue;
      let list = lists.get(key);
      if (list === undefined) lists.set(key, (list = { type: trail[index + 1] as number, rows: [], counts: [] }));
      const { rows, counts } = list;
      if (rows.at(-1) === row) counts[counts.length - 1] = (counts.at(-1) as number) + 1;
      else {
        rows.push(row);
        counts.push(1);
      }
    }
  }
  const all = [...lists.values()];
  let end = 0;
  return packColumns([[...lists.keys()], all.map(({ type }) => type), all.map(({ rows }) => (end += rows.length)), all.flatMap(({ rows }) => rows), all.flatMap(({ counts }) => counts)]);
};

const packTrails = (sessions: readonly Session[]): Uint8Array => {
  const [ends, kinds, types, metrics]: [number[], number[], number[], number[]] = [[], [], [], []];
  const known = new Map<number, number>();
  const kindOf = (type: number, metric: number): number => {
    // A word that is both a type and another type with its name is one metric, yet two kinds.
    for (let kind = known.get(metric) ?? types.length; kind < types.length; kind += 1) if (types[kind] === type && metrics[kind] === metric) return kind;
    if (!known.has(metric)) known.set(metric, types.length);
    metrics.push(metric);
    return types.push(type) - 1;
  };
  for (const { trail } of sessions) {
    for (let index = 0; index < trail.length; index += TRAIL_STRIDE) kinds.push(kindOf(trail[index + 1] as number, trail[index + 2] as number));
    ends.push(kinds.length);
  }
  return packColumns([ends, kinds, types, metrics]);
};

const packTimes = (sessions: readonly Session[]): Uint8Array => {
  const base = baseOf(sessions);
  return packColumns([sessions.flatMap(({ trail }) => trail.filter((_, index) => index % TRAIL_STRIDE === 0).map((at) => at - base))]);
};

/** Packs one family of sessions that are in order of their start; what they list, what happened and when is made from their trails. */
export const packFamily = (family: Family, sessions: readonly Session[]): Uint8Array => {
  if (family === 'visits') return packVisits(sessions);
  if (family === 'openings') return packOpenings(sessions);
  if (family === 'figures') return packFigures(sessions);
  if (family === 'trails') return packTrails(sessions);
  if (family === 'times') return packTimes(sessions);
  return packLists(sessions, family === 'metrics' ? 2 : 3);
};

type Five = readonly [WideColumn, WideColumn, WideColumn, WideColumn, WideColumn];

/** Opens packed blocks, one after the other in the same memory: a block is good until the next is opened. */
export class BlockOpener {
  private readonly wideners = new Map<string, Widener>();

  /** Opens families as a block; the visits must be among them. */
  open(packed: ReadonlyMap<Family, Uint8Array>): SessionBlock {
    const columnsOf = <T extends readonly WideColumn[]>(family: Family): T | undefined => {
      const bytes = packed.get(family);
      return bytes === undefined ? undefined : (unpackColumns(bytes).map((column, place) => this.widener(`${family} ${place}`).widen(column)) as readonly WideColumn[] as T);
    };
    const [base, visitor, start] = columnsOf('visits') as readonly [WideColumn, WideColumn, WideColumn];
    const [figures, openings, times] = [columnsOf<Five>('figures'), columnsOf<Five>('openings'), columnsOf<readonly [WideColumn]>('times')];
    const [metrics, pages, trails] = [columnsOf<Five>('metrics'), columnsOf<Five>('pages'), columnsOf<readonly [WideColumn, WideColumn, WideColumn, WideColumn]>('trails')];
    return {
      base: base[0] as number,
      visitor,
      start,
      ...(figures === undefined ? {} : { figures: { views: figures[0], events: figures[1], visible: figures[2], scroll: figures[3], engaged: figures[4] } }),
      ...(openings === undefined ? {} : { openings: { source: openings[0], path: openings[1], device: openings[2], browser: openings[3], language: openings[4] } }),
      ...(metrics === undefined ? {} : { metrics: listsOf(metrics) }),
      ...(pages === undefined ? {} : { pages: listsOf(pages) }),
      ...(trails === undefined ? {} : { trails: { ends: trails[0], kind: trails[1], type_of_kind: trails[2], metric_of_kind: trails[3] } }),
      ...(times === undefined ? {} : { times: times[0] }),
    };
  }

  private widener(column: string): Widener {
    const known = this.wideners.get(column) ?? new Widener();
    this.wideners.set(column, known);
    return known;
  }
}

const listsOf = ([key, type, ends, row, count]: Five): ListColumns => ({ key, type, ends, row, count });
