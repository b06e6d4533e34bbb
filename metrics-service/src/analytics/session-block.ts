import { packColumns, unpackColumns, Widener } from '../columns.ts';
import type { WideColumn } from '../columns.ts';
import { TRAIL_STRIDE } from './trail.ts';
import type { Session } from './session.ts';

/**
 * The parts of a block that are kept and read apart: whose sessions they are, when they began, their figures, how they were opened, what they list
 * by type and by path, what happened, when it did.
 * Whoever changes what is packed adds a migration that empties the two tables of blocks: they are made again from the sessions.
 */
export const FAMILIES = ['visitors', 'starts', 'figures', 'source', 'path', 'device', 'browser', 'language', 'metrics', 'pages', 'trails', 'times'] as const;
/** One of them. */
export type Family = (typeof FAMILIES)[number];
/** What is known of how a session was opened. */
export type OpeningName = 'source' | 'path' | 'device' | 'browser' | 'language';

/** What each session comes to. */
export interface FigureColumns {
  readonly views: WideColumn;
  readonly events: WideColumn;
  readonly visible: WideColumn;
  readonly scroll: WideColumn;
  readonly engaged: WideColumn;
}

/** Moments, in milliseconds since 1970: the base and what each has beyond it. */
export interface TimeColumn {
  readonly base: number;
  readonly after: WideColumn;
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

/** Sessions column by column, in order of their start; a family is there if it was asked for. Openings are numbers of words, 0 where nothing is said. */
export interface SessionBlock extends Readonly<Partial<Record<OpeningName, WideColumn>>> {
  readonly visitor: WideColumn;
  readonly starts?: TimeColumn;
  readonly figures?: FigureColumns;
  readonly metrics?: ListColumns;
  readonly pages?: ListColumns;
  readonly trails?: TrailColumns;
  /** When each event of the trails was. */
  readonly times?: TimeColumn;
}

const packTimes = (times: readonly number[]): Uint8Array => {
  const base = times[0] ?? 0;
  return packColumns([[base], times.map((time) => time - base)]);
};

const packFigures = (sessions: readonly Session[]): Uint8Array =>
  packColumns([
    sessions.map((session) => session.views),
    sessions.map((session) => session.events),
    sessions.map((session) => session.visible),
    sessions.map((session) => session.scroll),
    sessions.map((session) => (session.engaged ? 1 : 0)),
  ]);

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

/** Packs one family of sessions that are in order of their start; what they list, what happened and when is made from their trails. */
export const packFamily = (family: Family, sessions: readonly Session[]): Uint8Array => {
  if (family === 'visitors') return packColumns([sessions.map(({ visitor }) => visitor)]);
  if (family === 'starts') return packTimes(sessions.map(({ start }) => start));
  if (family === 'figures') return packFigures(sessions);
  if (family === 'metrics' || family === 'pages') return packLists(sessions, family === 'metrics' ? 2 : 3);
  if (family === 'trails') return packTrails(sessions);
  if (family === 'times') return packTimes(sessions.flatMap(({ trail }) => trail.filter((_, index) => index % TRAIL_STRIDE === 0)));
  return packColumns([sessions.map(({ opening }) => opening?.[family] ?? 0)]);
};

type Columns<Count extends number, T extends readonly WideColumn[] = readonly []> = T['length'] extends Count ? T : Columns<Count, readonly [...T, WideColumn]>;

/** Opens packed blocks, one after the other in the same memory: a block is good until the next is opened. */
export class BlockOpener {
  private readonly wideners = new Map<string, Widener>();

  /** Opens families as a block; the visitors must be among them. */
  open(packed: ReadonlyMap<Family, Uint8Array>): SessionBlock {
    const block: { -readonly [Name in keyof SessionBlock]: SessionBlock[Name] } = { visitor: new Uint32Array(0) };
    for (const [family, bytes] of packed) {
      const columns = unpackColumns(bytes).map((column, place) => this.widener(`${family} ${place}`).widen(column)) as readonly WideColumn[];
      if (family === 'visitors') [block.visitor] = columns as Columns<1>;
      else if (family === 'figures') block.figures = figuresOf(columns as Columns<5>);
      else if (family === 'metrics' || family === 'pages') block[family] = listsOf(columns as Columns<5>);
      else if (family === 'trails') block.trails = trailsOf(columns as Columns<4>);
      else if (family === 'starts' || family === 'times') block[family] = timesOf(columns as Columns<2>);
      else [block[family]] = columns as Columns<1>;
    }
    return block;
  }

  private widener(column: string): Widener {
    const known = this.wideners.get(column) ?? new Widener();
    this.wideners.set(column, known);
    return known;
  }
}

const figuresOf = ([views, events, visible, scroll, engaged]: Columns<5>): FigureColumns => ({ views, events, visible, scroll, engaged });
const listsOf = ([key, type, ends, row, count]: Columns<5>): ListColumns => ({ key, type, ends, row, count });
const trailsOf = ([ends, kind, type_of_kind, metric_of_kind]: Columns<4>): TrailColumns => ({ ends, kind, type_of_kind, metric_of_kind });
const timesOf = ([[base = 0], after]: Columns<2>): TimeColumn => ({ base, after });
