import { randomBytes } from 'node:crypto';
import type { StatementSync } from 'node:sqlite';
import type { Database } from '../../shared/sqlite/database.ts';
import { uuidv7 } from '../../shared/uuid.ts';

/** Keeps the few values that there is one of: the version of the configuration, the switch for all experiments, the log's name, the key of previews. */
export class SettingsStore {
  readonly #database: Database;
  readonly #select: StatementSync;
  readonly #put: StatementSync;

  constructor(database: Database) {
    this.#database = database;
    this.#select = database.prepare('SELECT value FROM meta WHERE name = ?');
    this.#put = database.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value');
  }

  /** Counts changes of experiments, toggles and the switch; 0 before the first. */
  get version(): number {
    return Number(this.#find('version') ?? 0);
  }

  set version(version: number) {
    this.#put.run('version', version);
  }

  /** The time in ms of the last change. */
  get changed_at(): number {
    return Number(this.#find('changed_at') ?? 0);
  }

  set changed_at(time: number) {
    this.#put.run('changed_at', time);
  }

  /** False: nobody new is assigned, in any experiment. */
  get experiment_enabled(): boolean {
    return this.#find('experiment_enabled') !== 0;
  }

  set experiment_enabled(enabled: boolean) {
    this.#put.run('experiment_enabled', enabled ? 1 : 0);
  }

  /** The name of the assignment log; made when it is first asked for. */
  get log(): string {
    return String(this.#find('log') ?? this.renameLog());
  }

  /** Gives the log another name, so that followers read it again from the start; answers the name. */
  renameLog(): string {
    const log = uuidv7();
    this.#put.run('log', log);
    return log;
  }

  /** The key that signs previews, 32 random bytes known to this service alone; made when it is first asked for. */
  get preview_key(): Uint8Array {
    return this.#database.transaction(() => {
      const known = this.#find('preview_key');
      if (known instanceof Uint8Array) return known;
      const key = randomBytes(32);
      this.#put.run('preview_key', key);
      return key;
    });
  }

  #find(name: string): unknown {
    return this.#select.get(name)?.['value'];
  }
}
