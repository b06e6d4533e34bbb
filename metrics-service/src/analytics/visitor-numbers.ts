/**
 * Keeps a small number for each visitor, 0 for those never heard of, in one array: finding it in pages would take several times as long, and the
 * system gives memory only where it is used.
 */
export class VisitorNumbers {
  private readonly highest: number;
  private numbers: Uint8Array = new Uint8Array(0);

  /** `highest` is the number of the last visitor that is expected; memory is taken when the first number is. */
  constructor(highest: number) {
    this.highest = highest;
  }

  /** The numbers by visitor, with room for all up to one. */
  upTo(visitor: number): Uint8Array {
    const before = this.numbers;
    if (visitor < before.length) return before;
    this.numbers = new Uint8Array(Math.max(visitor, this.highest, before.length * 2) + 1);
    this.numbers.set(before);
    return this.numbers;
  }

  /** The numbers of all visitors, as far as there are any. */
  get all(): Uint8Array {
    return this.numbers;
  }
}
