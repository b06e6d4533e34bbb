/** A kind of array whose memory the system gives only where it is used. */
type Numbers = Uint8Array | Uint32Array;

/** Keeps a number for each visitor, 0 for those never heard of, in one array: finding it in pages would take several times as long. */
export class VisitorNumbers<T extends Numbers> {
  private readonly NumbersOf: new (length: number) => T;
  private readonly highest: number;
  private numbers: T;

  /** `highest` is the number of the last visitor that is expected; memory is taken when the first number is. */
  constructor(NumbersOf: new (length: number) => T, highest: number) {
    this.NumbersOf = NumbersOf;
    this.highest = highest;
    this.numbers = new NumbersOf(0);
  }

  /** The numbers by visitor, with room for all up to one. */
  upTo(visitor: number): T {
    const before = this.numbers;
    if (visitor < before.length) return before;
    this.numbers = new this.NumbersOf(Math.max(visitor, this.highest, before.length * 2) + 1);
    this.numbers.set(before);
    return this.numbers;
  }

  /** The numbers of all visitors, as far as there are any. */
  get all(): T {
    return this.numbers;
  }
}
