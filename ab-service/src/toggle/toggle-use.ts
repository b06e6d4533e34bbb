import type { Clock } from '../../../shared/clock.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import type { ToggleStore } from './toggle-store.ts';

/** A toggle that nobody evaluated for so long is stale: a candidate for removal. */
export const STALE_MS: number = 30 * 24 * 60 * 60 * 1_000;
/** Times are kept no finer than this, so that a busy toggle is not written all the time. */
const GRAIN_MS = 60_000;

/** Remembers when each toggle was last evaluated; kept in memory and written now and then. */
export class ToggleUse {
  readonly #database: Database;
  readonly #toggles: ToggleStore;
  readonly #clock: Clock;
  readonly #at = new Map<string, number>();
  readonly #dirty = new Set<string>();

  constructor(database: Database, toggles: ToggleStore, clock: Clock) {
    this.#database = database;
    this.#toggles = toggles;
    this.#clock = clock;
    for (const { definition, evaluated_at } of toggles.all()) if (evaluated_at !== null) this.#at.set(definition.key, evaluated_at);
  }

  /** Notes that a toggle is evaluated now. */
  note(key: string): void {
    const now = this.#clock();
    const known = this.#at.get(key);
    if (known !== undefined && now - known < GRAIN_MS) return;
    this.#at.set(key, now);
    this.#dirty.add(key);
  }

  /** When a toggle was last evaluated, in ms, within a minute; null for never. */
  evaluated_at(key: string): number | null {
    return this.#at.get(key) ?? null;
  }

  /** Whether a toggle that was last changed at `updated_at` (ms) has been neither changed nor evaluated for 30 days. */
  isStale(key: string, updated_at: number): boolean {
    return this.#clock() - Math.max(updated_at, this.#at.get(key) ?? 0) > STALE_MS;
  }

  /** Forgets a toggle that is deleted, so that a later one of the same key starts anew. */
  forget(key: string): void {
    this.#at.delete(key);
    this.#dirty.delete(key);
  }

  /** Writes what was noted since the last time. */
  flush(): void {
    if (this.#dirty.size === 0) return;
    this.#database.transaction(() => {
      for (const key of this.#dirty) this.#toggles.touch(key, this.#at.get(key) as number);
    });
    this.#dirty.clear();
  }
}
