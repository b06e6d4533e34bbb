import type { VisitSource } from '../../../shared/contract/analytics.ts';
import type { WordStore } from '../word/word-store.ts';
import type { Column } from '../columns.ts';
import type { SessionBlock } from './session-block.ts';

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

/** Reads the source of visits that a word stands for; undefined for 0, where no event said anything. */
export const readSource = (words: WordStore, id: number): VisitSource | undefined => {
  if (id === 0) return undefined;
  const [channel, source, medium, campaign] = JSON.parse(words.wordOf(id)) as [VisitSource['channel'], string | null, string | null, string | null];
  return { channel, source, medium, campaign };
};

/** Tells the sessions that a caller wants to see; the words of a wish are compared as numbers. */
export class SessionFilter {
  /** What of a block is needed to tell. */
  readonly families: readonly ('openings' | 'pages')[];
  /** The path that must have been viewed; undefined if any will do. */
  private readonly path: number | undefined;
  private readonly words: WordStore;
  private readonly wish: SessionWish;
  private readonly equal: readonly (readonly [name: 'device' | 'browser' | 'language', id: number])[];
  private readonly sources = new Map<number, boolean>();
  private all_rows: Uint32Array = new Uint32Array(0);
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
    const { device, browser, language, channel, source, campaign } = wish;
    this.families = [...([device, browser, language, channel, source, campaign].every((each) => each === undefined) ? [] : (['openings'] as const)), ...(wish.path === undefined ? [] : (['pages'] as const))];
  }

  /** The places of the sessions that begin in a stretch of time and pass, in order. */
  rowsOf(block: SessionBlock, from: number, to: number): Uint32Array {
    const begin = placeOf(block.start, from - block.base);
    const end = placeOf(block.start, to - block.base);
    if (this.families.length === 0 && this.takes === undefined) return this.allRows(end).subarray(begin, end);
    const rows = new Uint32Array(end - begin);
    let count = 0;
    for (let row = begin; row < end; row += 1) {
      if (!this.passes(block, row)) continue;
      rows[count] = row;
      count += 1;
    }
    return rows.subarray(0, count);
  }

  private allRows(end: number): Uint32Array {
    if (this.all_rows.length < end) this.all_rows = Uint32Array.from({ length: end }, (_, row) => row);
    return this.all_rows;
  }

  private passes(block: SessionBlock, row: number): boolean {
    return this.opens(block, row) && this.viewed(block, row) && (this.takes === undefined || this.takes(block.visitor[row] as number));
  }

  private opens({ openings }: SessionBlock, row: number): boolean {
    if (openings === undefined) return true;
    for (const [name, id] of this.equal) if (openings[name][row] !== id) return false;
    return this.comesFrom(openings.source[row] as number);
  }

  private comesFrom(id: number): boolean {
    const { channel, source, campaign } = this.wish;
    if (channel === undefined && source === undefined && campaign === undefined) return true;
    const known = this.sources.get(id);
    if (known !== undefined) return known;
    const found = readSource(this.words, id);
    const passes =
      found !== undefined && (channel === undefined || found.channel === channel) && (source === undefined || found.source === source) && (campaign === undefined || found.campaign === campaign);
    this.sources.set(id, passes);
    return passes;
  }

  private viewed({ pages }: SessionBlock, row: number): boolean {
    if (this.path === undefined) return true;
    if (pages === undefined) return false;
    const end = pages.ends[row] as number;
    for (let place = row === 0 ? 0 : (pages.ends[row - 1] as number); place < end; place += 1) if (pages.path[place] === this.path) return true;
    return false;
  }
}

/** The first place of an ascending column that is not below a value. */
const placeOf = (column: Column, value: number): number => {
  let [low, high] = [0, column.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};
