/** Things by three numbers, of experiments and words. Every event touches some, and joined keys would cost more than the rest of it. */
export class Cells<T> {
  private readonly cells = new Map<number, Map<number, Map<number, T>>>();
  /** Those of the experiment and first number that were asked for last: those of one visitor mostly come together. */
  private last: Map<number, T> | undefined;
  private last_experiment = 0;
  private last_first = 0;

  find(experiment: number, first: number, second: number): T | undefined {
    if (experiment !== this.last_experiment || first !== this.last_first) {
      this.last = this.cells.get(experiment)?.get(first);
      this.last_experiment = experiment;
      this.last_first = first;
    }
    return this.last?.get(second);
  }

  set(experiment: number, first: number, second: number, cell: T): T {
    let firsts = this.cells.get(experiment);
    if (firsts === undefined) this.cells.set(experiment, (firsts = new Map()));
    let seconds = firsts.get(first);
    if (seconds === undefined) firsts.set(first, (seconds = new Map()));
    seconds.set(second, cell);
    this.last = seconds;
    this.last_experiment = experiment;
    this.last_first = first;
    return cell;
  }

  each(visit: (cell: T, experiment: number, first: number, second: number) => void): void {
    for (const [experiment, firsts] of this.cells) for (const [first, seconds] of firsts) for (const [second, cell] of seconds) visit(cell, experiment, first, second);
  }

  clear(): void {
    this.cells.clear();
    this.last = undefined;
  }
}
