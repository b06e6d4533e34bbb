import { openDatabase, type DatabaseOptions } from '../../sqlite/open.ts';
import type { Database } from '../../sqlite/database.ts';
import type { Migration } from '../../sqlite/migrate.ts';

/** The number that the tests' databases carry. */
export const NOTES_ID = 0x6e6f7465;

/** Two steps of a small history: the tests open with one, then with both. */
export const NOTES_HISTORY: readonly [Migration, Migration] = [
  { name: 'notes', sql: 'CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT' },
  { name: 'colours', sql: `ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'white'` },
];

/** Opens a database of notes as a service would. */
export const openNotes = (file: string, options: Partial<DatabaseOptions> = {}): Database =>
  openDatabase({ file, application_id: NOTES_ID, migrations: [NOTES_HISTORY[0]], ...options });

/** The texts stored, in the order of their ids. */
export const textsIn = (database: Database): unknown[] =>
  database.prepare('SELECT text FROM note ORDER BY id').all().map((row) => row['text']);
