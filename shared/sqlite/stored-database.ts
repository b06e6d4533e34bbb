import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { StartFault } from '../start-fault.ts';

const FAULTS_MAX = 10;

/**
 * A database file that nobody writes: a backup, or that of a service that was stopped. Nothing is changed in it, and nothing appears
 * beside it, also where the folder is read-only.
 */
export class StoredDatabase {
  readonly #connection: DatabaseSync;

  /** Throws a StartFault for a file that is not there, is no database, or is being written. */
  constructor(file: string) {
    if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) throw new StartFault(`There is no file ${file}.`);
    // What is in a log beside it would be passed over.
    if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) throw new StartFault(`The database ${file} is in use, or its service was killed: take a backup, or stop the service first.`);
    const address = pathToFileURL(file);
    address.searchParams.set('immutable', '1');
    this.#connection = new DatabaseSync(address, { readOnly: true, limits: { attach: 0 } });
    try {
      this.#connection.exec('PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; SELECT count(*) FROM sqlite_schema');
    } catch (error) {
      this.#connection.close();
      throw new StartFault(`${file} is not a database, or it is damaged (${error instanceof Error ? error.message : error}).`);
    }
  }

  /** Says whose database it is: each service has a number of its own. */
  get application_id(): number {
    return this.#number('application_id');
  }

  /** How many migrations it has been through. */
  get version(): number {
    return this.#number('user_version');
  }

  /** Compiles a statement that reads. */
  prepare(sql: string): StatementSync {
    return this.#connection.prepare(sql);
  }

  /** Reads every page and compares every index with its table; answers what is wrong, the first few lines of it. */
  faults(): readonly string[] {
    try {
      const lines = this.#connection.prepare(`PRAGMA integrity_check(${FAULTS_MAX})`).all().map((row) => String(row['integrity_check']));
      const orphans = this.#connection.prepare('PRAGMA foreign_key_check').all().slice(0, FAULTS_MAX).map((row) => `${row['table']} ${row['rowid']} refers to nothing in ${row['parent']}`);
      return [...lines.filter((line) => line !== 'ok'), ...orphans].slice(0, FAULTS_MAX);
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  }

  /** Counts the rows of each table. */
  rowCounts(): Readonly<Record<string, number>> {
    const tables = this.tables();
    return Object.fromEntries(tables.map((table) => [table, Number(this.#connection.prepare(`SELECT count(*) AS rows FROM "${table}"`).get()?.['rows'])]));
  }

  /** Names the tables, in the order of the alphabet. */
  tables(): readonly string[] {
    const rows = this.#connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name").all();
    return rows.map((row) => String(row['name']));
  }

  close(): void {
    if (this.#connection.isOpen) this.#connection.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #number(pragma: string): number {
    return Number(this.#connection.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
  }
}
