/** How many visitors' places lie together: numbers of visitors who come at one time are near each other. */
const PAGE = 1_024;

/** Gives visitors places 0, 1, 2, … in the order in which they are first met. */
export class VisitorSlots {
  /** By number of the visitor, a page at a time: the place and one, 0 for none. */
  private readonly pages: (Uint32Array | undefined)[] = [];
  private visitors: Float64Array = new Float64Array(1_024);
  private count = 0;

  /** How many visitors have a place. */
  get size(): number {
    return this.count;
  }

  /** The place of a visitor, a new one if there was none. */
  of(visitor: number): number {
    const number = visitor / PAGE | 0;
    while (this.pages.length <= number) this.pages.push(undefined);
    const page = (this.pages[number] ??= new Uint32Array(PAGE));
    const known = page[visitor & (PAGE - 1)] as number;
    if (known !== 0) return known - 1;
    if (this.count === this.visitors.length) {
      const larger = new Float64Array(this.count * 2);
      larger.set(this.visitors);
      this.visitors = larger;
    }
    this.visitors[this.count] = visitor;
    this.count += 1;
    page[visitor & (PAGE - 1)] = this.count;
    return this.count - 1;
  }

  /** The place of a visitor; -1 if there is none. */
  find(visitor: number): number {
    const page = this.pages[visitor / PAGE | 0];
    return page === undefined ? -1 : (page[visitor & (PAGE - 1)] as number) - 1;
  }

  /** The visitor who has a place. */
  visitorAt(place: number): number {
    return this.visitors[place] as number;
  }
}
