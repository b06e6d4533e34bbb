import type { Clock } from '../../../shared/clock.ts';
import type { Log } from '../../../shared/log.ts';
import { Problem } from '../../../shared/problem.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import type { Definitions } from '../definitions.ts';
import { changeExperiment } from '../experiment/change-experiment.ts';
import { dueSteps, nextTime, togglesTurned } from './due.ts';
import type { DueStep } from './due.ts';

/** A timer takes no longer waits, and a machine that slept or whose clock was set is noticed in time. */
const WAIT_MS_MAX = 60_000;

/**
 * Starts and ends experiments and turns toggles at the times that are set, also those that passed while the service was not there.
 * A start that is refused, because another experiment runs on the page, is tried again with every change and every minute.
 */
export class Schedule {
  readonly #definitions: Definitions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #refused = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #closed = false;

  constructor(definitions: Definitions, clock: Clock, log: Log) {
    this.#definitions = definitions;
    this.#clock = clock;
    this.#log = log;
    // The change is made, and answered as such, whatever becomes of this.
    definitions.onChange(() => this.#lookAgain());
    this.look();
  }

  /** Does what is due, and sets the timer for what comes next. */
  look(): void {
    // A step is a change, which leads back here: the loop below sees it.
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    // One time for all of it: what comes due in the middle is what is waited for.
    const now = this.#clock();
    try {
      if (togglesTurned(this.#definitions.toggles, this.#definitions.changed_at, now)) this.#definitions.bump();
      while (this.#step(now));
    } finally {
      this.#looking = false;
    }
    this.#wait(now);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Nobody waits for a timer's answer: what goes wrong is logged, and tried again later. */
  #lookAgain(): void {
    try {
      this.look();
    } catch (error) {
      this.#log.error('set times could not be looked at', { why: error instanceof Error ? (error.stack ?? error.message) : String(error) });
      this.#timer = setTimeout(() => this.#lookAgain(), WAIT_MS_MAX).unref();
    }
  }

  /** Tries what is due, and answers whether anything was done, after which more may be. */
  #step(now: number): boolean {
    const definitions = this.#definitions.experiments.map(({ definition }) => definition);
    return dueSteps(definitions, now).some((due) => this.#take(due));
  }

  #take({ experiment_id, status }: DueStep): boolean {
    const { definition, assigned } = this.#definitions.getExperiment(experiment_id);
    try {
      const after = changeExperiment(definition, { status }, { now: this.#definitions.change_time, mint: () => uuidv7(), assigned });
      this.#definitions.commit('schedule', [{ kind: 'experiment', key: definition.key, before: definition, after }]);
      this.#refused.delete(experiment_id);
      this.#log.info('a set time has come', { experiment: definition.key, status });
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (this.#refused.get(experiment_id) !== error.message) this.#log.warn('a set time has come, but nothing could be done', { experiment: definition.key, status, why: error.message });
      this.#refused.set(experiment_id, error.message);
      return false;
    }
  }

  #wait(now: number): void {
    clearTimeout(this.#timer);
    const definitions = this.#definitions.experiments.map(({ definition }) => definition);
    const next = nextTime(definitions, this.#definitions.toggles, now) ?? (this.#refused.size > 0 ? Infinity : undefined);
    if (next !== undefined) this.#timer = setTimeout(() => this.#lookAgain(), Math.min(next - now, WAIT_MS_MAX)).unref();
  }
}
