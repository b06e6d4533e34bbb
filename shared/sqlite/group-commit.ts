import type { StatementSync } from 'node:sqlite';
import { Problem } from '../problem.ts';
import type { Database } from './database.ts';
import { storageProblem } from './storage-problem.ts';

/** How many works may wait when the caller names no bound. */
const QUEUE_MAX = 10_000;
/** A turn that has worked this long commits and lets the sockets have theirs; the rest follows in the next. */
const TURN_MS_MAX = 20;

/** A bound on what may wait for the disk. */
export interface GroupCommitOptions {
  readonly queue_max?: number;
}

interface Job {
  readonly work: () => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
  result: unknown;
}

/**
 * Gathers the writes of many requests into one transaction per turn of the event loop, and answers each after COMMIT:
 * one fsync for all of them, and an answer that survives a power cut.
 *
 * A work is synchronous and may be run again, after everything it wrote was undone, when another in its group failed: its only effects
 * are in the database, and whatever memory must follow the disk is changed by the caller after the promise resolved.
 */
export class GroupCommit {
  readonly #database: Database;
  readonly #queue_max: number;
  readonly #savepoint: StatementSync;
  readonly #release: StatementSync;
  readonly #undo: StatementSync;
  readonly #flush_next = (): void => this.#flush(TURN_MS_MAX);
  #queue: Job[] = [];
  #scheduled = false;

  constructor(database: Database, options: GroupCommitOptions = {}) {
    this.#database = database;
    this.#queue_max = options.queue_max ?? QUEUE_MAX;
    this.#savepoint = database.prepare('SAVEPOINT work');
    this.#release = database.prepare('RELEASE work');
    this.#undo = database.prepare('ROLLBACK TO work');
  }

  /** How many works wait for the next transaction. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Runs `work` inside the next transaction and resolves to its result once that is on disk. A work that throws is undone and rejected alone.
   * Rejects with the Problem `overloaded` when the queue is full, `disk_full` (the whole group) when the disk takes nothing; it works again when there is room.
   */
  run<T>(work: () => T): Promise<T> {
    if (this.#queue.length >= this.#queue_max) {
      return Promise.reject(new Problem('overloaded', 'Too many writes are waiting for the disk.', { retry_after_seconds: 1 }));
    }
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve, reject, result: undefined });
      if (this.#scheduled) return;
      this.#scheduled = true;
      setImmediate(this.#flush_next);
    });
  }

  /** Commits everything that waits, now: for shutting down, before the database is closed. */
  drain(): Promise<void> {
    while (this.#queue.length > 0) this.#flush(Infinity);
    return Promise.resolve();
  }

  #flush(turn_ms_max: number): void {
    this.#scheduled = false;
    const jobs = this.#queue;
    if (jobs.length === 0) return;
    this.#queue = [];
    const done = this.#commitTogether(jobs, turn_ms_max);
    if (done === jobs.length) return;
    // What the turn had no time for goes first in the next one.
    this.#queue = jobs.slice(done).concat(this.#queue);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flush_next);
  }

  /** Returns how many of the jobs were answered. */
  #commitTogether(jobs: readonly Job[], turn_ms_max: number): number {
    try {
      this.#database.begin();
    } catch (error) {
      rejectAll(jobs, this.#database.abort(error) ?? error);
      return jobs.length;
    }
    const deadline = performance.now() + turn_ms_max;
    let done = 0;
    try {
      for (const job of jobs) {
        work(job);
        done += 1;
        if (performance.now() > deadline) break;
      }
      this.#database.commit();
    } catch (error) {
      const problem = this.#database.abort(error);
      if (problem !== undefined) {
        rejectAll(jobs, problem);
        return jobs.length;
      }
      // done + 1: the one that threw is answered as well.
      const tried = jobs.slice(0, done + 1);
      this.#commitApart(tried);
      return tried.length;
    }
    for (let index = 0; index < done; index += 1) resolveJob(jobs[index]);
    return done;
  }

  /** The second try, after one in the group has thrown: still one transaction, but each work can be undone by itself. */
  #commitApart(jobs: readonly Job[]): void {
    const faults = new Map<Job, unknown>();
    try {
      this.#database.begin();
      for (const job of jobs) {
        this.#savepoint.run();
        try {
          work(job);
        } catch (error) {
          if (storageProblem(error) !== undefined) throw error;
          this.#undo.run();
          faults.set(job, error);
        }
        this.#release.run();
      }
      this.#database.commit();
    } catch (error) {
      const problem = this.#database.abort(error);
      if (problem === undefined) this.#commitAlone(jobs);
      else rejectAll(jobs, problem);
      return;
    }
    for (const job of jobs) {
      if (faults.has(job)) job.reject(faults.get(job));
      else resolveJob(job);
    }
  }

  /** The last resort, when COMMIT itself finds a fault (a deferred foreign key) and does not say whose: a transaction each. */
  #commitAlone(jobs: readonly Job[]): void {
    for (const job of jobs) {
      try {
        this.#database.transaction(() => work(job));
        resolveJob(job);
      } catch (error) {
        job.reject(error);
      }
    }
  }
}

const work = (job: Job): void => {
  job.result = job.work();
  if (job.result instanceof Promise) throw new TypeError('The work of a transaction must be synchronous.');
};

const resolveJob = (job: Job | undefined): void => job?.resolve(job.result as never);

const rejectAll = (jobs: readonly Job[], reason: unknown): void => {
  for (const job of jobs) job.reject(reason);
};
