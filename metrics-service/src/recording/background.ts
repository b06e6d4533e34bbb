import { setTimeout as pause } from 'node:timers/promises';

/** How long a work lets others go first (milliseconds). */
const PATIENCE_MS = 50;
const LOOK_MS = 1;

/** Lets long works happen one at a time, each when all that others wait for is done, or has gone first for long enough: an event waits for one of them, not for two. */
export class Background {
  private readonly isBusy: () => boolean;
  private readonly patience_ms: number;
  private last: Promise<unknown> = Promise.resolve();

  /** `isBusy` says whether others wait for something; `patience_ms` is for tests. */
  constructor(isBusy: () => boolean, patience_ms: number = PATIENCE_MS) {
    this.isBusy = isBusy;
    this.patience_ms = patience_ms;
  }

  /** Does a work when its time has come, and resolves or rejects as it does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const own = this.last.then(() => this.giveWay()).then(work);
    this.last = own.catch(() => {});
    return own;
  }

  private async giveWay(): Promise<void> {
    const until = performance.now() + this.patience_ms;
    while (this.isBusy() && performance.now() < until) await pause(LOOK_MS);
  }
}
