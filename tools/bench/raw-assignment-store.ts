import { DatabaseSync } from 'node:sqlite';
import { uuidv7 } from '../../shared/uuid.ts';

// The limit that `POST /assign` of many is measured against: assignments of new visitors inserted by SQLite alone, in transactions of
// a thousand, each on disk before the next, with the settings of the services.

const ROWS_PER_TRANSACTION = 1_000;
const VARIANT_ID = uuidv7();
const EXPERIMENT_ID = uuidv7();

const [file = ':memory:', warm_ms = '0', measure_ms = '1000'] = process.argv.slice(2);
const connection = new DatabaseSync(file);
connection.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 16000;
  CREATE TABLE assignments (
    seq INTEGER PRIMARY KEY,
    experiment_id TEXT NOT NULL,
    visitor_id TEXT NOT NULL,
    variant_id TEXT NOT NULL,
    assigned_at INTEGER NOT NULL,
    UNIQUE (experiment_id, visitor_id)
  ) STRICT;
`);
const insert = connection.prepare('INSERT INTO assignments (experiment_id, visitor_id, variant_id, assigned_at) VALUES (?, ?, ?, ?)');

const insertFor = (milliseconds: number): { readonly rows: number; readonly seconds: number; readonly cpu_us: number } => {
  const began = performance.now();
  const before = process.cpuUsage();
  let rows = 0;
  while (performance.now() - began < milliseconds) {
    connection.exec('BEGIN IMMEDIATE');
    for (let row = 0; row < ROWS_PER_TRANSACTION; row += 1) insert.run(EXPERIMENT_ID, uuidv7(), VARIANT_ID, Date.now());
    connection.exec('COMMIT');
    rows += ROWS_PER_TRANSACTION;
  }
  const { user, system } = process.cpuUsage(before);
  return { rows, seconds: (performance.now() - began) / 1_000, cpu_us: user + system };
};

insertFor(Number(warm_ms));
process.stdout.write(JSON.stringify(insertFor(Number(measure_ms))));
connection.close();
