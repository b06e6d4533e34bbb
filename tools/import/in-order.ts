/** Lets some works be under way at once and takes note of each when all before it are done: whatever becomes of them, what was noted is true up to the last note. */
export class InOrder {
  private readonly under_way_max: number;
  private readonly under_way: Promise<void>[] = [];
  private last: Promise<void> = Promise.resolve();

  constructor(under_way_max: number) {
    this.under_way_max = under_way_max;
  }

  /** Begins a work as soon as there is room, and then resolves; `note` is called with what it came to. Rejects as an earlier work or note did. */
  async begin<T>(work: () => Promise<T>, note: (result: T) => void): Promise<void> {
    if (this.under_way.length >= this.under_way_max) await this.under_way.shift();
    const before = this.last;
    this.last = Promise.all([work(), before]).then(([result]) => note(result));
    this.last.catch(() => {});
    this.under_way.push(this.last);
  }

  /** Resolves when all works are done and noted. */
  end(): Promise<void> {
    return this.last;
  }
}
