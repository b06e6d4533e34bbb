import type { Clock } from '../../../shared/clock.ts';
import type { Log } from '../../../shared/log.ts';
import type { Writer } from '../writer.ts';
import type { Packer } from './packer.ts';
import type { Sessionizer } from './sessionizer.ts';

/** How often is looked whether something waits (milliseconds). */
const LOOK_MS = 1_000;
/** Blocks are packed in a fortieth of the time at most, so that ingestion hardly notices; */
const REST_PER_WORK = 39;
/** and in a quarter of it where nobody else writes: what was imported is packed within a minute, not ten. */
const QUIET_REST_PER_WORK = 3;
/** How long a step may rest at most (milliseconds). */
const REST_MS_MAX = 2_000;

/** How long to rest after a step (milliseconds), if there is `more` to do. */
export const restAfter = (worked_ms: number, more: boolean, is_quiet: boolean): number => (more ? Math.min(worked_ms * (is_quiet ? QUIET_REST_PER_WORK : REST_PER_WORK), REST_MS_MAX) : LOOK_MS);

/** Keeps sessions up with the log in the background: reads what was missed, writes what changed, packs what has settled. */
export class SessionFollower {
  private readonly sessionizer: Sessionizer;
  private readonly packer: Packer;
  private readonly writer: Writer;
  private timer: NodeJS.Timeout | undefined;

  constructor(needs: { readonly sessionizer: Sessionizer; readonly packer: Packer; readonly writer: Writer }) {
    this.sessionizer = needs.sessionizer;
    this.packer = needs.packer;
    this.writer = needs.writer;
  }

  /** Resolves when every event that is stored is in the sessions on disk. */
  async settle(): Promise<void> {
    const { sessionizer, writer } = this;
    while (!sessionizer.isLive) await writer.run(() => sessionizer.read());
    if (sessionizer.isDirty) await writer.run(() => sessionizer.flush());
  }

  /** Packs until there is nothing to pack; for tests and tools. */
  async packAll(now: number): Promise<void> {
    while (await this.writer.run(() => this.step(now)));
  }

  /** Begins to work in the background; answers how to end it. */
  start(clock: Clock, log: Log): () => void {
    let works_before = 0;
    const turn = async (): Promise<void> => {
      let [more, worked_ms] = [false, 0];
      const is_quiet = this.writer.works === works_before;
      try {
        more = await this.writer.run(() => {
          const begun = performance.now();
          const left = this.sessionizer.isLive ? this.step(clock()) : this.sessionizer.read();
          worked_ms = performance.now() - begun;
          return left;
        });
      } catch (error) {
        log.warn('sessions could not be kept up', { error: String(error) });
      }
      works_before = this.writer.works;
      if (this.timer !== undefined) this.timer = setTimeout(turn, restAfter(worked_ms, more, is_quiet)).unref();
    };
    this.timer = setTimeout(turn, LOOK_MS).unref();
    return () => {
      clearTimeout(this.timer);
      this.timer = undefined;
    };
  }

  private step(now: number): boolean {
    this.sessionizer.flush();
    return this.packer.step(now);
  }
}
