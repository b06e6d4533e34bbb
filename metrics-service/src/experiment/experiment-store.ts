import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { Database } from '../../../shared/sqlite/database.ts';

/** How many names are kept in memory before the memory starts anew: a stranger may send any number of them. */
const REMEMBERED_MAX = 10_000;

/** Where what is known of an experiment came from: ab-service, an import, or events that name it. */
export type ExperimentSource = 'ab' | 'import' | 'events';

/** An experiment as it is stored here. */
export interface StoredExperiment {
  readonly id: number;
  /** What results and answers call it: the id in ab-service, else the first name it was called by. */
  readonly public_id: string;
  readonly definition: Experiment | null;
  readonly source: ExperimentSource;
}

/** A name that events or imports gave an experiment, and the experiment that it means. */
export interface ExperimentName {
  readonly id: number;
  readonly experiment: number;
}

/** Copies of ab-service's experiments, and the names that events know experiments by: an id, a key, or something not known (yet). */
export class ExperimentStore {
  private changed: () => void = () => {};
  private readonly names = new Map<string, ExperimentName>();
  private readonly meanings = new Map<number, number>();
  private readonly publicIds = new Map<number, string>();
  private readonly exportNames = new Map<number, string>();
  /** Those that were noted as imported, or had a definition. */
  private readonly marked = new Set<number>();
  private readonly testers = new Map<number, ReadonlySet<string>>();
  private readonly selectName;
  private readonly insertName;
  private readonly selectMeaning;
  private readonly selectById;
  private readonly selectByDefinition;
  private readonly selectAll;
  private readonly insert;
  private readonly update;
  private readonly mark;
  private readonly rename;
  private readonly repoint;
  private readonly remove;
  private readonly selectNames;

  constructor(database: Database) {
    this.selectName = database.prepare('SELECT id, experiment FROM experiment_names WHERE name = ? ORDER BY id DESC LIMIT 1');
    this.insertName = database.prepare('INSERT INTO experiment_names (name, experiment) VALUES (?, ?)');
    this.selectMeaning = database.prepare('SELECT name, experiment FROM experiment_names WHERE id = ?');
    const columns = 'id, definition, source, coalesce(experiment_id, (SELECT name FROM experiment_names WHERE experiment = experiments.id ORDER BY id LIMIT 1)) AS public_id';
    this.selectById = database.prepare(`SELECT ${columns} FROM experiments WHERE id = ?`);
    this.selectByDefinition = database.prepare('SELECT id FROM experiments WHERE experiment_id = ?');
    this.selectAll = database.prepare(`SELECT ${columns} FROM experiments WHERE id > ? ORDER BY id LIMIT ?`);
    this.insert = database.prepare('INSERT INTO experiments (source) VALUES (?)');
    this.update = database.prepare("UPDATE experiments SET experiment_id = ?, definition = ?, source = ? WHERE id = ?");
    this.mark = database.prepare("UPDATE experiments SET source = 'import' WHERE id = ? AND source = 'events'");
    this.rename = database.prepare('UPDATE experiment_names SET name = ? WHERE id = ?');
    this.repoint = database.prepare('UPDATE experiment_names SET experiment = ? WHERE experiment = ?');
    this.remove = database.prepare('DELETE FROM experiments WHERE id = ?');
    this.selectNames = database.prepare('SELECT id FROM experiment_names WHERE experiment = ?');
  }

  /** Has somebody told when what was known of an experiment or a name is not true any more. */
  onChange(changed: () => void): void {
    this.changed = changed;
  }

  /** Answers what a name means; one that was never heard gets an experiment of its own, inside the open transaction. */
  name(text: string): ExperimentName {
    const known = this.findName(text);
    if (known !== undefined) return known;
    const experiment = Number(this.insert.run('events').lastInsertRowid);
    return this.addName(text, experiment);
  }

  /** Answers what a name means if it was heard before. */
  findName(text: string): ExperimentName | undefined {
    const known = this.names.get(text);
    if (known !== undefined) return known;
    const row = this.selectName.get(text) as unknown as ExperimentName | undefined;
    return row === undefined ? undefined : this.rememberName(text, { id: row.id, experiment: row.experiment });
  }

  /** Answers the experiment that an event's name means. */
  meaningOf(name: number): number {
    let experiment = this.meanings.get(name);
    if (experiment === undefined) {
      experiment = this.selectMeaning.get(name)?.['experiment'] as number;
      this.meanings.set(name, experiment);
    }
    return experiment;
  }

  /** Answers the text of an event's name. */
  textOf(name: number): string {
    return this.selectMeaning.get(name)?.['name'] as string;
  }

  /** Answers all numbers of names that mean an experiment. */
  namesOf(experiment: number): readonly number[] {
    return this.selectNames.all(experiment).map((row) => row['id'] as number);
  }

  /** Answers what answers call an experiment. */
  publicIdOf(experiment: number): string {
    let id = this.publicIds.get(experiment);
    if (id === undefined) {
      id = this.get(experiment).public_id;
      this.publicIds.set(experiment, id);
    }
    return id;
  }

  /** Answers the name that an export gives an experiment: its key, which means it elsewhere too, else what it is called here. */
  exportNameOf(experiment: number): string {
    let name = this.exportNames.get(experiment);
    if (name === undefined) {
      const { definition, public_id } = this.get(experiment);
      name = definition !== null && this.findName(definition.key)?.experiment === experiment ? definition.key : public_id;
      this.exportNames.set(experiment, name);
    }
    return name;
  }

  get(id: number): StoredExperiment {
    return toExperiment(this.selectById.get(id) as Record<string, unknown>);
  }

  /** Who is named as a tester of an experiment; undefined if its definition is not here. */
  findTesters(id: number): ReadonlySet<string> | undefined {
    const known = this.testers.get(id);
    if (known !== undefined) return known;
    const { definition } = this.get(id);
    if (definition === null) return undefined;
    const testers = new Set(Object.keys(definition.forced ?? {}));
    this.testers.set(id, testers);
    return testers;
  }

  /** Answers the experiment of an id or key, if it is known by it. */
  find(name: string): StoredExperiment | undefined {
    const found = this.findName(name);
    return found === undefined ? undefined : this.get(found.experiment);
  }

  /** Lists experiments in the order they became known, after one of them. */
  list(after: number, limit: number): readonly StoredExperiment[] {
    return this.selectAll.all(after, limit).map((row) => toExperiment(row));
  }

  /** Notes that an experiment's assignments were imported. */
  markImported(id: number): void {
    if (!this.marked.has(id)) this.mark.run(id);
    this.marked.add(id);
  }

  /** Answers the experiment of an id of ab-service. */
  findDefined(experiment_id: string): number | undefined {
    return this.selectByDefinition.get(experiment_id)?.['id'] as number | undefined;
  }

  create(): number {
    return Number(this.insert.run('events').lastInsertRowid);
  }

  /** Stores a definition; one of an import gives way to ab-service's. */
  define(id: number, definition: Experiment, source: 'ab' | 'import'): void {
    this.changed();
    this.update.run(definition.experiment_id, JSON.stringify(definition), source, id);
    this.publicIds.delete(id);
    this.exportNames.delete(id);
    this.testers.delete(id);
  }

  addName(text: string, experiment: number): ExperimentName {
    return this.rememberName(text, { id: Number(this.insertName.run(text, experiment).lastInsertRowid), experiment });
  }

  /** Gives a name that now means another experiment a text of its own, so that old events keep their experiment. */
  retireName(name: ExperimentName, text: string): void {
    this.changed();
    this.rename.run(text, name.id);
    this.forget();
  }

  /** Makes every name of one experiment mean another, and removes the one that is empty now. */
  absorb(from: number, into: number): void {
    this.changed();
    this.repoint.run(into, from);
    this.remove.run(from);
    this.forget();
  }

  /** Forgets what a rolled-back transaction may have taught. */
  forget(): void {
    this.names.clear();
    this.meanings.clear();
    this.publicIds.clear();
    this.testers.clear();
    this.exportNames.clear();
    this.marked.clear();
  }

  private rememberName(text: string, name: ExperimentName): ExperimentName {
    if (this.names.size >= REMEMBERED_MAX) this.forget();
    this.names.set(text, name);
    this.meanings.set(name.id, name.experiment);
    return name;
  }
}

const toExperiment = (row: Record<string, unknown>): StoredExperiment => ({
  id: row['id'] as number,
  public_id: row['public_id'] as string,
  definition: row['definition'] === null ? null : (JSON.parse(row['definition'] as string) as Experiment),
  source: row['source'] as ExperimentSource,
});
