import type { VisitSource } from '../../../shared/contract/analytics.ts';
import type { WordStore } from '../word/word-store.ts';
import type { WideColumn } from '../columns.ts';
import type { ListColumns, OpeningName, SessionBlock, TimeColumn } from './session-block.ts';

/** Which sessions a caller wants to see; what is absent lets all pass. */
export interface SessionWish {
  readonly device?: string;
  readonly browser?: string;
  readonly language?: string;
  readonly channel?: string;
  readonly source?: string;
  readonly campaign?: string;
  /** A path that was viewed in the session. */
  readonly path?: string;
}

const WANTED = 1;
const UNWANTED = 2;

/** Reads the source of visits that a word stands for; undefined for 0, where no event said anything. */
export const readSource = (words: WordStore, id: number): VisitSource | undefined => {
  if (id === 0) return undefined;
  const [channel, source, medium, campaign] = JSON.parse(words.wordOf(id)) as [VisitSource['channel'], string | null, string | null, string | null];
  return { channel, source, medium, campaign };
};

/** Tells the sessions that a caller wants to see; the words of a wish are compared as numbers. */
export class SessionFilter {
  /** What of a block is needed to tell. */
  readonly families: readonly (OpeningName | 'pages')[];
  /** The path that must have been viewed; undefined if any will do. */
  private readonly path: number | undefined;
  private readonly words: WordStore;
  private readonly wish: SessionWish;
  private readonly equal: readonly (readonly [name: 'device' | 'browser' | 'language', id: number])[];
  private readonly asks_source: boolean;
  /** By number of a source: `WANTED`, `UNWANTED`, or 0 if nobody has looked. */
  private sources: Uint8Array = new Uint8Array(0);
  private all_rows: Uint32Array = new Uint32Array(0);
  private chosen: Uint32Array = new Uint32Array(0);
  private readonly takes: ((visitor: number) => boolean) | undefined;

  /** `takes` says whether a visitor is among those looked at. */
  constructor(words: WordStore, wish: SessionWish, takes?: (visitor: number) => boolean) {
    // No word has the number -1: what was never seen is found nowhere.
    const find = (word: string): number => words.find(word) ?? -1;
    this.words = words;
    this.wish = wish;
    this.path = wish.path === undefined ? undefined : find(wish.path);
    this.equal = (['device', 'browser', 'language'] as const).flatMap((name) => (wish[name] === undefined ? [] : [[name, find(wish[name])] as const]));
    this.takes = takes;
    this.asks_source = [wish.channel, wish.source, wish.campaign].some((each) => each !== undefined);
    this.families = [...this.equal.map(([name]) => name), ...(this.asks_source ? (['source'] as const) : []), ...(wish.path === undefined ? [] : (['pages'] as const))];
  }

  /** The places of the sessions that begin in a stretch of time (all of the block's where it does not say when they began) and pass, in order; good until the next are asked for. */
  rowsOf(block: SessionBlock, from: number, to: number): Uint32Array {
    const { visitor, starts, pages, source } = block;
    const all = this.allRows(visitor.length);
    const rows = starts === undefined ? all : all.subarray(placeFrom(from, starts, all), placeFrom(to, starts, all));
    if (this.families.length === 0 && this.takes === undefined) return rows;
    if (this.chosen.length < rows.length) this.chosen = new Uint32Array(rows.length * 2);
    this.chosen.set(rows);
    let left = this.chosen.subarray(0, rows.length);
    const { takes, path } = this;
    for (const [name, id] of this.equal) left = equalTo(id, block[name] as WideColumn, left);
    if (this.asks_source) {
      left = wantedOf(this.lookAtAll(source as WideColumn, left), source as WideColumn, left);
    }
    if (path !== undefined) left = listedIn(pages as ListColumns, path, left);
    return takes === undefined ? left : left.subarray(0, keep(left, (row) => takes(visitor[row] as number)));
  }

  private allRows(count: number): Uint32Array {
    if (this.all_rows.length < count) this.all_rows = Uint32Array.from({ length: count * 2 }, (_, row) => row);
    return this.all_rows.subarray(0, count);
  }

  /** Looks at the sources of some rows that nobody has looked at, so that those that are wanted are found without a branch. */
  private lookAtAll(ids: WideColumn, rows: Uint32Array): Uint8Array {
    for (let at = 0; at < rows.length; at += 1) {
      const id = ids[rows[at] as number] as number;
      if ((this.sources[id] ?? 0) === 0) this.lookAt(id);
    }
    return this.sources;
  }

  private lookAt(id: number): void {
    const { channel, source, campaign } = this.wish;
    const found = readSource(this.words, id);
    const is_wanted =
      found !== undefined && (channel === undefined || found.channel === channel) && (source === undefined || found.source === source) && (campaign === undefined || found.campaign === campaign);
    if (id >= this.sources.length) {
      const larger = new Uint8Array(id * 2 + 1);
      larger.set(this.sources);
      this.sources = larger;
    }
    this.sources[id] = is_wanted ? WANTED : UNWANTED;
  }
}

/** Moves the rows that pass to the front, in order; answers how many. Without a branch, because nobody can foresee who passes. */
const keep = (rows: Uint32Array, passes: (row: number) => boolean): number => {
  let many = 0;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    rows[many] = row;
    many += Number(passes(row));
  }
  return many;
};

// Loops of their own: a function for each row, of one of many kinds, would take twice as long.

const equalTo = (value: number, column: WideColumn, rows: Uint32Array): Uint32Array => {
  let many = 0;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    rows[many] = row;
    many += Number(column[row] === value);
  }
  return rows.subarray(0, many);
};

const wantedOf = (sources: Uint8Array, ids: WideColumn, rows: Uint32Array): Uint32Array => {
  let many = 0;
  for (let at = 0; at < rows.length; at += 1) {
    const row = rows[at] as number;
    rows[many] = row;
    many += Number(sources[ids[row] as number] === WANTED);
  }
  return rows.subarray(0, many);
};

/** Both are in order. */
const listedIn = ({ key, ends, row: listed }: ListColumns, wanted: number, rows: Uint32Array): Uint32Array => {
  const place = key.indexOf(wanted);
  let at = place < 1 ? 0 : (ends[place - 1] as number);
  const end = place < 0 ? 0 : (ends[place] as number);
  return rows.subarray(0, keep(rows, (row) => {
    while (at < end && (listed[at] as number) < row) at += 1;
    return at < end && listed[at] === row;
  }));
};

/** The first of some rows, which are in order, whose session begins at a time or later; their number where none does. */
export const placeFrom = (time: number, { base, after }: TimeColumn, rows: Uint32Array): number => {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (base + (after[rows[middle] as number] as number) < time) low = middle + 1;
    else high = middle;
  }
  return low;
};
