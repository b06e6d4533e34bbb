import type { Experiment } from './experiment.ts';
import type { Toggle } from './toggle.ts';

/** The answer of `GET /config` and each message of `GET /config/stream`: all that is needed to decide without asking again. */
export interface ConfigDocument {
  /** Counts changes of anything in here; the ETag of `GET /config` and the id of the stream's message. */
  readonly version: number;
  /** False: nobody new is assigned, in any experiment. */
  readonly experiment_enabled: boolean;
  /** Every toggle's value for an anonymous visitor, by key. */
  readonly toggles: Readonly<Record<string, unknown>>;
  readonly toggle_rules: readonly Toggle[];
  /**
   * The RUNNING experiments, whole, and after them COMPLETED ones with a winner whose page no RUNNING one has taken.
   * Testers (`forced`) are named to holders of a token alone.
   */
  readonly experiments: readonly Experiment[];
}
