import { isoTime } from '../../../shared/clock.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import type { Definitions } from '../definitions.ts';
import type { SettingsStore } from '../settings-store.ts';
import { ERASED } from './assignment-store.ts';
import type { AssignmentStore, LogRow } from './assignment-store.ts';

/** How many followers may wait at once; more are answered at once, empty. */
export const WAITING_MAX = 100;

interface Waiting {
  readonly answer: () => void;
  readonly timer: NodeJS.Timeout;
}

/** What the log reads from. */
export interface AssignmentLogNeeds {
  readonly database: Database;
  readonly assignments: AssignmentStore;
  readonly settings: SettingsStore;
  readonly definitions: Definitions;
}

/** The assignments in the order in which they were made, for followers that remember how far they are. */
export class AssignmentLogReader {
  readonly #needs: AssignmentLogNeeds;
  readonly #waiting = new Set<Waiting>();
  #name: string;
  #stopped = false;

  constructor(needs: AssignmentLogNeeds) {
    this.#needs = needs;
    this.#name = needs.database.transaction(() => needs.settings.log);
  }

  /** The entries after `after` as the text of the answer; waits up to `wait_ms` for the first where there is none yet. */
  async read(after: number, limit: number, wait_ms: number): Promise<string> {
    this.#noticeRestoredBackup(after);
    const rows = this.#needs.assignments.after(after, limit);
    if (rows.length > 0 || wait_ms <= 0 || this.#stopped || this.#waiting.size >= WAITING_MAX) return this.#text(rows, after);
    await this.#wait(wait_ms);
    return this.#text(this.#needs.assignments.after(after, limit), after);
  }

  /** Answers everybody who waits: there are new entries. */
  notify(): void {
    for (const waiting of this.#waiting) {
      clearTimeout(waiting.timer);
      waiting.answer();
    }
    this.#waiting.clear();
  }

  /** Answers everybody who waits, and lets nobody wait any more. */
  stop(): void {
    this.#stopped = true;
    this.notify();
  }

  #wait(wait_ms: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting: Waiting = {
        answer: resolve,
        timer: setTimeout(() => {
          this.#waiting.delete(waiting);
          resolve();
        }, wait_ms),
      };
      this.#waiting.add(waiting);
    });
  }

  /** A follower that is ahead of us read entries that a restored backup does not have: what we write from now on is another log. */
  #noticeRestoredBackup(after: number): void {
    if (after > this.#needs.assignments.last_seq) this.#name = this.#needs.database.transaction(() => this.#needs.settings.renameLog());
  }

  #text(rows: readonly LogRow[], after: number): string {
    return `{"log":"${this.#name}","data":[${rows.map((row) => this.#entry(row)).join(',')}],"last_seq":${rows.at(-1)?.seq ?? after}}`;
  }

  #entry({ seq, visitor_id, experiment, variant, assigned_at, forced }: LogRow): string {
    const visitor = JSON.stringify(visitor_id);
    if (experiment === ERASED) return `{"seq":${seq},"experiment_id":null,"visitor_id":${visitor},"variant_id":null,"variant":null,"assignment_timestamp":null,"forced":false,"erased":true}`;
    const live = this.#needs.definitions.findExperimentByRow(experiment);
    if (live === undefined) throw new TypeError(`Assignment ${seq} names an experiment that is not there.`);
    const { log_experiment, log_variant } = live.variantByRow(variant);
    return `{"seq":${seq},${log_experiment}${visitor}${log_variant}"${isoTime(assigned_at)}","forced":${forced === 1},"erased":false}`;
  }
}
