/** How many visitors' numbers lie together: so few pages that where they are stays at hand. Of a page the system gives memory only to what is used. */
const PAGE = 65_536;

/** Keeps a number from 0 to 2^32 - 1 for each visitor, 0 for those never heard of; visitors are numbers from 1 on. */
export class VisitorNumbers {
  private readonly pages: (Uint32Array | undefined)[] = [];

  get(visitor: number): number {
    const page = this.pages[visitor / PAGE | 0];
    return page === undefined ? 0 : (page[visitor & (PAGE - 1)] as number);
  }

  set(visitor: number, number: number): void {
    const place = visitor / PAGE | 0;
    while (this.pages.length <= place) this.pages.push(undefined);
    const page = (this.pages[place] ??= new Uint32Array(PAGE));
    page[visitor & (PAGE - 1)] = number;
  }

  /** Visits all numbers that are not 0, in order of their visitors. */
  each(visit: (number: number, visitor: number) => void): void {
    for (const [place, page] of this.pages.entries()) {
      if (page === undefined) continue;
      for (let index = 0; index < PAGE; index += 1) if (page[index] !== 0) visit(page[index] as number, place * PAGE + index);
    }
  }
}
