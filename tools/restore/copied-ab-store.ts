import { DatabaseSync } from 'node:sqlite';
import { uuidv7 } from '../../shared/uuid.ts';

/**
 * Gives the assignment log in a copy of ab.sqlite another name. What is written from now on differs from what was written after the backup,
 * so followers must read the log from its beginning, whether they were ahead of it or not.
 */
export const renameAssignmentLog = (file: string): void => {
  const database = new DatabaseSync(file);
  try {
    database.prepare("UPDATE meta SET value = ? WHERE name = 'log'").run(uuidv7());
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    // The last to close takes the log and its index with it.
    database.close();
  }
};
