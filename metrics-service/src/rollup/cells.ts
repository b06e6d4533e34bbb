/** Things by three numbers, of experiments and words. Every event touches some, and joined keys would cost more than the rest of it. */
export class Cells<T> {
  private readonly cells = new Map<number, Map<number, Map<number, T>>>();

  find(experiment: number, first: number, second: number): T | undefined {
    return this.cells.get(experiment)?.get(first)?.get(second);
  }

  set(experiment: number, first: number, second: number, cell: T): T {
    let firsts = this.cells.get(experiment);
    if (firsts === undefined) this.cells.set(experiment, (firsts = new Map()));
    let seconds = firsts.get(first);
    if (seconds === undefined) firsts.set(first, (seconds = new Map()));
    seconds.set(second, cell);
    return cell;
  }

  each(visit: (cell: T, experiment: number, first: number, second: number) => void): void {
    for (const [experiment, firsts] of this.cells) for (const [first, seconds] of firsts) for (const [second, cell] of seconds) visit(cell, experiment, first, second);
  }

  clear(): void {
    this.cells.clear();
  }
}
