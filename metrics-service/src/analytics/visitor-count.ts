/** How many visitors there is room for at first. */
const LISTED_MIN = 16;
/** How many visitors wait for their bits to be set together: bits of many sets in turns would be in no cache. */
const WAITING = 1_024;
/** Fewer visitors than this share of the highest number are sorted to be counted, which is quicker than bits. */
const SORTED_SHARE = 1 / 1_024;

/** Counts different visitors once all have been added: lists them, and has bits where these take less room. Visitors are numbers below 2^32. */
export class VisitorCount {
  private listed: Uint32Array = new Uint32Array(LISTED_MIN);
  private count = 0;
  private max = 0;
  private bits: Uint32Array | undefined;
  private many = 0;

  add(visitor: number): void {
    this.listed[this.count] = visitor;
    this.count += 1;
    if (this.count === this.listed.length) this.makeRoom();
  }

  /** How many different visitors were added. */
  get size(): number {
    const listed = this.listed.subarray(0, this.count);
    if (this.bits === undefined && listed.length < this.highest() * SORTED_SHARE) return differentIn(listed.toSorted());
    this.settle();
    return this.many;
  }

  private makeRoom(): void {
    const { listed } = this;
    if (this.bits !== undefined) this.settle();
    else if (listed.byteLength * 2 < this.highest() / 8) {
      this.listed = new Uint32Array(listed.length * 2);
      this.listed.set(listed);
    } else {
      this.settle();
      this.listed = new Uint32Array(WAITING);
    }
  }

  private highest(): number {
    for (let place = 0; place < this.count; place += 1) if ((this.listed[place] as number) > this.max) this.max = this.listed[place] as number;
    return this.max;
  }

  /** Sets the bits of those who wait. */
  private settle(): void {
    const { listed, count } = this;
    const words = (this.highest() >>> 5) + 1;
    const before = this.bits;
    const bits = before === undefined || words > before.length ? new Uint32Array(Math.max(words, (before?.length ?? 0) * 2)) : before;
    if (before !== undefined && bits !== before) bits.set(before);
    let { many } = this;
    for (let place = 0; place < count; place += 1) {
      const visitor = listed[place] as number;
      const word = bits[visitor >>> 5] as number;
      const with_bit = word | (1 << (visitor & 31));
      if (with_bit === (word | 0)) continue;
      bits[visitor >>> 5] = with_bit;
      many += 1;
    }
    this.bits = bits;
    this.many = many;
    this.count = 0;
  }
}

const differentIn = (sorted: Uint32Array): number => {
  let different = 0;
  for (let place = 0; place < sorted.length; place += 1) if (place === 0 || sorted[place] !== sorted[place - 1]) different += 1;
  return different;
};
