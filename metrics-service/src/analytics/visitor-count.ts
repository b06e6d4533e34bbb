import type { WideColumn } from '../columns.ts';

/** How many visitors there is room for at first. */
const LISTED_MIN = 16;
/** How many visitors wait for their bits to be set together: bits of many sets in turns would be in no cache. */
const WAITING = 1_024;
/** So many visitors at once have their bits set without waiting. */
const AT_ONCE = 256;
/** Fewer visitors than this share of the highest number are sorted to be counted, which is quicker than bits. */
const SORTED_SHARE = 1 / 1_024;

/** Counts different visitors once all have been added: lists them, and has bits where these take less room. Visitors are numbers below 2^32. */
export class VisitorCount {
  private listed: Uint32Array = new Uint32Array(LISTED_MIN);
  private count = 0;
  private max = 0;
  private bits: Uint32Array | undefined;
  private many = 0;

  /** Adds a visitor. */
  add(visitor: number): void {
    this.listed[this.count] = visitor;
    this.count += 1;
    if (visitor > this.max) this.max = visitor;
    if (this.count === this.listed.length) this.makeRoom();
  }

  /** Adds the visitors at the places that `rows` has from one place to before another. */
  addAll(visitor: WideColumn, rows: WideColumn, begin: number, end: number): void {
    if (this.bits !== undefined && end - begin >= AT_ONCE) this.setBits(visitor, rows, begin, end);
    else this.list(visitor, rows, begin, end);
  }

  private list(visitor: WideColumn, rows: WideColumn, begin: number, end: number): void {
    for (let at = begin; at < end; ) {
      const { listed } = this;
      const until = Math.min(end, at + listed.length - this.count);
      let { count, max } = this;
      for (; at < until; at += 1, count += 1) {
        const each = visitor[rows[at] as number] as number;
        listed[count] = each;
        if (each > max) max = each;
      }
      this.count = count;
      this.max = max;
      if (count === listed.length) this.makeRoom();
    }
  }

  private setBits(visitor: WideColumn, rows: WideColumn, begin: number, end: number): void {
    let bits = this.bits as Uint32Array;
    let { many } = this;
    for (let at = begin; at < end; at += 1) {
      const each = visitor[rows[at] as number] as number;
      if (each >>> 5 >= bits.length) bits = this.enlarge((each >>> 5) + 1);
      const word = bits[each >>> 5] as number;
      many += (~word >>> (each & 31)) & 1;
      bits[each >>> 5] = word | (1 << (each & 31));
    }
    this.many = many;
  }

  /** How many different visitors were added. */
  get size(): number {
    const listed = this.listed.subarray(0, this.count);
    if (this.bits === undefined && listed.length < this.max * SORTED_SHARE) return differentIn(listed.toSorted());
    this.settle();
    return this.many;
  }

  private makeRoom(): void {
    const { listed } = this;
    if (this.bits !== undefined) this.settle();
    else if (listed.byteLength * 2 < this.max / 8) {
      this.listed = new Uint32Array(listed.length * 2);
      this.listed.set(listed);
    } else {
      this.settle();
      this.listed = new Uint32Array(WAITING);
    }
  }

  /** Sets the bits of those who wait. */
  private settle(): void {
    const { listed, count } = this;
    const words = (this.max >>> 5) + 1;
    const bits = this.bits === undefined || words > this.bits.length ? this.enlarge(words) : this.bits;
    let { many } = this;
    // Without a branch: nobody can foresee who was there before.
    for (let place = 0; place < count; place += 1) {
      const visitor = listed[place] as number;
      const word = bits[visitor >>> 5] as number;
      many += (~word >>> (visitor & 31)) & 1;
      bits[visitor >>> 5] = word | (1 << (visitor & 31));
    }
    this.many = many;
    this.count = 0;
  }

  private enlarge(words: number): Uint32Array {
    const before = this.bits ?? new Uint32Array(0);
    const larger = new Uint32Array(Math.max(words, before.length * 2));
    larger.set(before);
    return (this.bits = larger);
  }
}

const differentIn = (sorted: Uint32Array): number => {
  let different = 0;
  for (let place = 0; place < sorted.length; place += 1) if (place === 0 || sorted[place] !== sorted[place - 1]) different += 1;
  return different;
};
