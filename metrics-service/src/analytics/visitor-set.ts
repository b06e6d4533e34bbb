/** A set of bits is taken once it costs no more than so many bytes for each visitor in it. */
const BYTES_A_VISITOR = 64;

/** Counts different visitors by their numbers: a few as a set, many as bits. */
export class VisitorSet {
  private few: Set<number> | undefined = new Set();
  private bits: Uint32Array = new Uint32Array(0);
  private many = 0;

  /** How many different visitors were added. */
  get size(): number {
    return this.few === undefined ? this.many : this.few.size;
  }

  add(visitor: number): void {
    const { few } = this;
    if (few === undefined) {
      this.setBit(visitor);
      return;
    }
    few.add(visitor);
    if (few.size * BYTES_A_VISITOR * 8 < visitor) return;
    this.few = undefined;
    for (const each of few) this.setBit(each);
  }

  private setBit(visitor: number): void {
    const word = visitor / 32 | 0;
    if (word >= this.bits.length) {
      const larger = new Uint32Array(Math.max(word + 1, this.bits.length * 2));
      larger.set(this.bits);
      this.bits = larger;
    }
    const bit = 1 << (visitor & 31);
    const before = this.bits[word] as number;
    if ((before & bit) !== 0) return;
    this.bits[word] = before | bit;
    this.many += 1;
  }
}
