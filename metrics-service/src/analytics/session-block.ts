import { packColumns, unpackColumns } from '../columns.ts';
import type { Column } from '../columns.ts';
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
  readonly views: Column;
  readonly events: Column;
  readonly visible: Column;
  readonly scroll: Column;
  readonly engaged: Column;
}

/** What each session's opening says: numbers of words, 0 where it is not said. */
export interface OpeningColumns {
  readonly source: Column;
  readonly path: Column;
  readonly device: Column;
  readonly browser: Column;
  readonly language: Column;
}

/** Lists of sessions laid end to end: that of session `i` is from `ends[i - 1]` (0 for the first) to `ends[i]`. */
export interface MetricColumns {
  readonly ends: Column;
  /** Number of type and name; of the type where there is no name. */
  readonly metric: Column;
  readonly type: Column;
  readonly events: Column;
}

/** The paths that sessions viewed. */
export interface PageColumns {
  readonly ends: Column;
  readonly path: Column;
  readonly views: Column;
}

/** Everything that happened, in order. */
export interface TrailColumns {
  readonly ends: Column;
  /** What happened, as a place in the two columns that follow: a block has few different things. */
  readonly kind: Column;
  readonly type_of_kind: Column;
  readonly metric_of_kind: Column;
}

/** Sessions column by column; a family is there if it was asked for. */
export interface SessionBlock {
  /** When its first session begins, in milliseconds since 1970. */
  readonly base: number;
  readonly visitor: Column;
  /** When each session begins, counted from the base (milliseconds). */
  readonly start: Column;
  readonly figures?: FigureColumns;
  readonly openings?: OpeningColumns;
  readonly metrics?: MetricColumns;
  readonly pages?: PageColumns;
  readonly trails?: TrailColumns;
  /** When each event of the trails was, counted from the base (milliseconds). */
  readonly times?: Column;
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

/** Counts the steps of each session by one of their numbers; steps where it is 0 are left out. `type` is that of the first such step. */
const packCounts = (sessions: readonly Session[], part: 2 | 3): Uint8Array => {
  const [ends, keys, types, counts]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (const { trail } of sessions) {
    const begin = keys.length;
    for (let index = 0; index < trail.length; index += TRAIL_STRIDE) {
      const key = trail[index + part] as number;
      if (key === 0) continue;
      // Lists are short: looking along one is quicker than a map.
      const known = keys.indexOf(key, begin);
      if (known >= 0) counts[known] = (counts[known] as number) + 1;
      else {
        keys.push(key);
        types.push(trail[index + 1] as number);
        counts.push(1);
      }
    }
    ends.push(keys.length);
  }
  return packColumns([ends, keys, types, counts]);
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
  return packCounts(sessions, family === 'metrics' ? 2 : 3);
};

type Four = readonly [Column, Column, Column, Column];

/** Opens packed families as a block; the visits must be among them. */
export const openBlock = (packed: ReadonlyMap<Family, Uint8Array>): SessionBlock => {
  const columnsOf = <T>(family: Family): T | undefined => {
    const bytes = packed.get(family);
    return bytes === undefined ? undefined : (unpackColumns(bytes) as T);
  };
  const [base, visitor, start] = columnsOf('visits') as readonly [Column, Column, Column];
  const [figures, openings, times] = [columnsOf<readonly [...Four, Column]>('figures'), columnsOf<readonly [...Four, Column]>('openings'), columnsOf<readonly [Column]>('times')];
  const [metrics, pages, trails] = [columnsOf<Four>('metrics'), columnsOf<Four>('pages'), columnsOf<Four>('trails')];
  return {
    base: base[0] as number,
    visitor,
    start,
    ...(figures === undefined ? {} : { figures: { views: figures[0], events: figures[1], visible: figures[2], scroll: figures[3], engaged: figures[4] } }),
    ...(openings === undefined ? {} : { openings: { source: openings[0], path: openings[1], device: openings[2], browser: openings[3], language: openings[4] } }),
    ...(metrics === undefined ? {} : { metrics: { ends: metrics[0], metric: metrics[1], type: metrics[2], events: metrics[3] } }),
    ...(pages === undefined ? {} : { pages: { ends: pages[0], path: pages[1], views: pages[3] } }),
    ...(trails === undefined ? {} : { trails: { ends: trails[0], kind: trails[1], type_of_kind: trails[2], metric_of_kind: trails[3] } }),
    ...(times === undefined ? {} : { times: times[0] }),
  };
};
