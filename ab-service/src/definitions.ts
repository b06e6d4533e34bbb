import type { Clock } from '../../shared/clock.ts';
import type { Experiment } from '../../shared/contract/experiment.ts';
import type { Toggle } from '../../shared/contract/toggle.ts';
import { Problem } from '../../shared/problem.ts';
import type { Database } from '../../shared/sqlite/database.ts';
import type { Edit, ChangeStore } from './change/change-store.ts';
import { LiveExperiment } from './experiment/live-experiment.ts';
import type { ExperimentStore } from './experiment/experiment-store.ts';
import type { SettingsStore } from './settings-store.ts';
import type { ToggleStore } from './toggle/toggle-store.ts';

/** The stores that definitions are read from and written to. */
export interface DefinitionStores {
  readonly experiments: ExperimentStore;
  readonly toggles: ToggleStore;
  readonly changes: ChangeStore;
  readonly settings: SettingsStore;
}

/** The switch for all experiments, as changes remember it. */
export interface SettingsDefinition {
  readonly experiment_enabled: boolean;
}

/** Changes that were made, and by whom. */
export interface Made {
  readonly actor: string;
  readonly edits: readonly Edit[];
}

/**
 * All experiments, toggles and the switch in memory, ready to decide with, and the only way to change them: a change is stored, remembered
 * in the audit and counted in one transaction, and seen by everybody after it.
 */
export class Definitions {
  readonly #database: Database;
  readonly #stores: DefinitionStores;
  readonly #clock: Clock;
  readonly #by_id = new Map<string, LiveExperiment>();
  readonly #by_key = new Map<string, LiveExperiment>();
  readonly #by_row = new Map<number, LiveExperiment>();
  #toggles = new Map<string, Toggle>();
  #running: readonly Experiment[] = [];
  #version = 0;
  #experiment_enabled = true;
  #changed_at = 0;
  readonly #listeners: ((made: Made) => void)[] = [];

  constructor(database: Database, stores: DefinitionStores, clock: Clock) {
    this.#database = database;
    this.#stores = stores;
    this.#clock = clock;
    for (const kept of stores.experiments.all()) this.#keep(new LiveExperiment(kept));
    for (const { definition } of stores.toggles.all()) this.#toggles.set(definition.key, definition);
    this.#readSettings();
  }

  /** Counts changes; the version of the configuration. */
  get version(): number {
    return this.#version;
  }

  get experiment_enabled(): boolean {
    return this.#experiment_enabled;
  }

  /** Every experiment, oldest first. */
  get experiments(): readonly LiveExperiment[] {
    return [...this.#by_row.values()];
  }

  /** The definitions of those that are RUNNING. */
  get running(): readonly Experiment[] {
    return this.#running;
  }

  /** Every toggle, by key. */
  get toggles(): readonly Toggle[] {
    return [...this.#toggles.values()];
  }

  /** An experiment by id or key, or undefined. */
  findExperiment(name: string): LiveExperiment | undefined {
    return this.#by_key.get(name) ?? this.#by_id.get(name);
  }

  /** An experiment by id or key; throws Problem `not_found`. */
  getExperiment(name: string): LiveExperiment {
    const found = this.findExperiment(name);
    if (found === undefined) throw new Problem('not_found', 'There is no such experiment.');
    return found;
  }

  /** An experiment by the number that stands for it in assignments, or undefined. */
  findExperimentByRow(row: number): LiveExperiment | undefined {
    return this.#by_row.get(row);
  }

  findToggle(key: string): Toggle | undefined {
    return this.#toggles.get(key);
  }

  /** A toggle by key; throws Problem `not_found`. */
  getToggle(key: string): Toggle {
    const found = this.#toggles.get(key);
    if (found === undefined) throw new Problem('not_found', 'There is no such toggle.');
    return found;
  }

  /** Whether a key stands for an experiment or a toggle; the id of an experiment does, too. */
  isTaken(key: string): boolean {
    return this.findExperiment(key) !== undefined || this.#toggles.has(key);
  }

  /** The time in ms of the last change. */
  get changed_at(): number {
    return this.#changed_at;
  }

  /** The time in ms that a change now is made at: each later than the one before, so that `updated_after` misses none. */
  get change_time(): number {
    return Math.max(this.#clock(), this.#changed_at + 1);
  }

  /** Calls a listener after each change, and, without edits, when what is shown changed by itself. */
  onChange(listener: (made: Made) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Makes changes, all of them or none, in the name of `actor`. What an edit says was there before must be what is there.
   * Throws Problem `conflict` when a key is taken or a page has a RUNNING experiment already; what was announced is then forgotten.
   */
  commit(actor: string, edits: readonly Edit[]): void {
    const real = edits.filter(({ before, after }) => before !== after);
    if (real.length === 0) return;
    const at = this.change_time;
    const { settings, changes } = this.#stores;
    this.#database.transaction(() => {
      for (const edit of real) {
        this.#write(edit);
        changes.append(edit, actor, at);
      }
      settings.version = this.#version + 1;
      settings.changed_at = at;
    });
    for (const edit of real) this.#reread(edit);
    this.#readSettings();
    this.#announce({ actor, edits: real });
  }

  /** Counts a change of what is shown that no definition made, such as a toggle whose time has come, and tells the listeners. */
  bump(): void {
    const { settings } = this.#stores;
    const at = this.change_time;
    this.#database.transaction(() => {
      settings.version = this.#version + 1;
      settings.changed_at = at;
    });
    this.#readSettings();
    this.#announce({ actor: 'schedule', edits: [] });
  }

  /** Remembers that somebody was assigned in an experiment; the caller has stored it. */
  markAssigned(row: number): void {
    this.#by_row.get(row)?.markAssigned();
  }

  #announce(made: Made): void {
    for (const listener of this.#listeners) listener(made);
  }

  #write({ kind, key, before, after }: Edit): void {
    const { experiments, toggles, settings } = this.#stores;
    if (kind === 'settings') {
      settings.experiment_enabled = (after as SettingsDefinition).experiment_enabled;
      return;
    }
    if (before === null) this.#takeKey(key, kind);
    if (kind === 'toggle') {
      if (after === null) toggles.delete(key);
      else toggles.put(after as Toggle);
    } else if (before === null) experiments.insert(after as Experiment);
    else if (after === null) experiments.delete((before as Experiment).experiment_id);
    else experiments.update(after as Experiment);
    if (after === null) this.#freeKey(key);
  }

  #takeKey(key: string, kind: string): void {
    const { changes } = this.#database.prepare('INSERT INTO keys (key, kind) VALUES (?, ?) ON CONFLICT DO NOTHING').run(key, kind);
    if (changes !== 1 || this.#by_id.has(key)) throw new Problem('conflict', `The key "${key}" is taken by another experiment or toggle.`);
  }

  #freeKey(key: string): void {
    this.#database.prepare('DELETE FROM keys WHERE key = ?').run(key);
  }

  #reread({ kind, key, before, after }: Edit): void {
    if (kind === 'toggle') {
      if (after === null) this.#toggles.delete(key);
      else this.#toggles = new Map([...this.#toggles, [key, after as Toggle] as const].sort(([a], [b]) => (a < b ? -1 : 1)));
    } else if (kind === 'experiment') {
      if (after === null) this.#forget((before as Experiment).experiment_id);
      else this.#keep(new LiveExperiment(this.#stores.experiments.get((after as Experiment).experiment_id)));
    }
  }

  #keep(experiment: LiveExperiment): void {
    const { definition, row } = experiment;
    this.#by_id.set(definition.experiment_id, experiment);
    this.#by_key.set(definition.key, experiment);
    this.#by_row.set(row, experiment);
  }

  #forget(experiment_id: string): void {
    const known = this.#by_id.get(experiment_id);
    if (known === undefined) return;
    this.#by_id.delete(experiment_id);
    this.#by_key.delete(known.definition.key);
    this.#by_row.delete(known.row);
  }

  #readSettings(): void {
    const { settings } = this.#stores;
    this.#version = settings.version;
    this.#changed_at = settings.changed_at;
    this.#experiment_enabled = settings.experiment_enabled;
    this.#running = this.experiments.map(({ definition }) => definition).filter(({ status }) => status === 'RUNNING');
  }
}
