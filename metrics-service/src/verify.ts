import { StoredDatabase } from '../../shared/sqlite/stored-database.ts';
import { StartFault } from '../../shared/start-fault.ts';
import { verifyDatabase } from './verify/verify-database.ts';

/** How many differences are told in full; the others are only counted. */
const TOLD_MAX = 1_000;

// Run by `npm run verify`, with the path of a copy of metrics.sqlite; every line of the output is JSON.
const tell = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

try {
  using database = new StoredDatabase(process.argv[2] ?? '');
  let differences = 0;
  for (const fault of database.faults()) {
    differences += 1;
    tell({ fault });
  }
  const summary = verifyDatabase(database, {
    onDifference: (difference) => {
      differences += 1;
      if (differences <= TOLD_MAX) tell({ difference });
    },
    onProgress: (progress) => tell({ progress }),
  });
  tell({ summary: { ...summary, differences } });
} catch (error) {
  process.stderr.write(`${error instanceof StartFault ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
