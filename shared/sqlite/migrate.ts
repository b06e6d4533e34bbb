import type { DatabaseSync } from 'node:sqlite';
import { StartFault } from '../start-fault.ts';

/** What a step of a database's history may use of the connection. */
export type MigratingConnection = Pick<DatabaseSync, 'exec' | 'prepare'>;

/** One step of a database's history; its number is its position, counted from 1. It is never changed once released. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** What SQL alone cannot do, afterwards and in the same transaction. */
  readonly run?: (connection: MigratingConnection) => void;
}

/**
 * Applies the migrations after `version` in one transaction and writes the new `user_version`: all of them or none.
 * Foreign keys are checked once, at the end, so that a migration may rebuild a table. Throws a StartFault that names the one that failed.
 */
export const migrate = (connection: DatabaseSync, migrations: readonly Migration[], version: number): void => {
  if (version === migrations.length) return;
  let applying = '';
  // Has no effect inside a transaction, hence before it.
  connection.exec('PRAGMA foreign_keys = OFF');
  try {
    connection.exec('BEGIN IMMEDIATE');
    for (const [index, migration] of migrations.entries()) {
      if (index < version) continue;
      applying = `Migration ${index + 1} (${migration.name})`;
      connection.exec(migration.sql);
      migration.run?.(connection);
      if (!connection.isTransaction) throw new Error('it ended the transaction');
    }
    if (connection.prepare('PRAGMA foreign_key_check').get() !== undefined) throw new Error('it leaves rows whose foreign key points nowhere');
    connection.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw new StartFault(`${applying || 'The migration'} of ${connection.location() ?? 'the database in memory'} failed: ${error instanceof Error ? error.message : error}. Nothing was changed.`);
  }
  connection.exec('PRAGMA foreign_keys = ON');
};
