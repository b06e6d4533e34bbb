/** A set of bits is taken once it costs no more than so many bytes for each visitor in it. */
const BYTES_A_VISITOR = 64;

const NO_BITS = new Uint32Array(0);

/** Counts different visitors by their numbers: a few as a set, many as bits. */
export class VisitorSet {
  private few: Set<number> | undefined = new Set();
  private bits: Uint32Array = NO_BITS;
  private many = 0;

  /** How many different visitors were added. */
  get size(): number {
    return this.few === undefined ? this.many : this.few.size;
  }

  /** Adds a visitor; answers false for one who was added before. */
  add(visitor: number): boolean {
    const { few } = this;
    if (few === undefined) return this.setBit(visitor);
    const before = few.size;
    few.add(visitor);
    const is_new = few.size !== before;
    if (few.size * BYTES_A_VISITOR * 8 < visitor) return is_new;
    this.few = undefined;
    for (const each of few) this.setBit(each);
    return is_new;
  }

  private setBit(visitor: number): boolean {
    const word = visitor / 32 | 0;
    if (word >= this.bits.length) {
      const larger = new Uint32Array(Math.max(word + 1, this.bits.length * 2));
      larger.set(this.bits);
      this.bits = larger;
    }
    const bit = 1 << (visitor & 31);
    const before = this.bits[word] as number;
    if ((before & bit) !== 0) return false;
    this.bits[word] = before | bit;
    this.many += 1;
    return true;
  }
}
