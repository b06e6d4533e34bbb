import type { GroupCommit } from '../../shared/sqlite/group-commit.ts';

/** Something that remembers what it wrote or read inside a transaction, and must forget it when that is undone. */
export interface Memory {
  forget(): void;
}

/**
 * Runs works in the shared transaction of the event-loop turn and keeps memories true: a work that is run again, or that failed,
 * makes all of them forget, because what they remember may have been undone.
 */
export class Writer {
  private readonly commit: GroupCommit;
  private readonly memories: readonly Memory[];
  private readonly finish: () => void;
  private committed: () => void = () => {};
  private begun = 0;

  /** `finish` is called at the end of each work, inside its transaction. */
  constructor(commit: GroupCommit, memories: readonly Memory[], finish: () => void) {
    this.commit = commit;
    this.memories = memories;
    this.finish = finish;
  }

  /** How many works were given to it. */
  get works(): number {
    return this.begun;
  }

  /** Has somebody told after each COMMIT, before whoever waits for it. */
  onCommit(committed: () => void): void {
    this.committed = committed;
  }

  /** Runs `work` and resolves to its result once that is on disk; rejects as `GroupCommit.run` does. */
  async run<T>(work: () => T): Promise<T> {
    let again = false;
    this.begun += 1;
    try {
      const done = await this.commit.run(() => {
        if (again) this.forget();
        again = true;
        const result = work();
        this.finish();
        return result;
      });
      this.committed();
      return done;
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Commits what waits, for stopping. */
  drain(): Promise<void> {
    return this.commit.drain();
  }

  private forget(): void {
    for (const memory of this.memories) memory.forget();
  }
}
