import { createReadStream, existsSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { openSecrets } from '../shared/secrets.ts';
import { Peer, PeerAway } from '../shared/http/peer.ts';
import { IMPORT_LINES_AT_ONCE } from '../shared/import-lines.ts';
import { StartFault } from '../shared/start-fault.ts';
import type { ImportAnswer } from '../shared/contract/event.ts';
import type { ResultsAnswer } from '../shared/contract/results.ts';
import { Checkpoint } from './import/checkpoint.ts';
import { CsvReader } from './import/csv-reader.ts';
import type { CsvRow } from './import/csv-reader.ts';
import { ImportRefused, sendLines } from './import/import-sender.ts';
import { InOrder } from './import/in-order.ts';
import { LineBytes } from './import/line-bytes.ts';
import { readImportOptions, USAGE } from './import/options.ts';
import type { ImportOptions } from './import/options.ts';
import { ProgressDisplay } from './import/progress.ts';
import { Rejects } from './import/rejects.ts';
import type { RejectedRow } from './import/rejects.ts';
import { rowReader } from './import/row-records.ts';
import { settingsOf } from './start/settings.ts';

/** A row is an assignment, and an event if it converted. */
const LINES_PER_ROW_MAX = 2;
/** Where few rows are kept, so many are enough to remember that they were read. */
const ROWS_PER_CHUNK_MAX = 50_000;
/** While one request is being stored, the next is read by the service and the one after it prepared here. */
const REQUESTS_UNDER_WAY_MAX = 2;
const NOTHING_SENT: ImportAnswer = { lines: 0, accepted: 0, duplicates: 0, rejected: 0, errors: [] };
const GZIP_MAGIC = 0x1f;

const count = new Intl.NumberFormat('en');

/** The file's rows in pieces, unpacked where it is gzipped, and how many of its bytes were read. */
async function* rowsOf(options: ImportOptions, read: (bytes: number) => void): AsyncGenerator<readonly CsvRow[]> {
  const source = createReadStream(options.file, { highWaterMark: 262_144 });
  const [first] = await createReadStream(options.file, { end: 0 }).toArray();
  source.on('data', (chunk) => read(chunk.length));
  const bytes = (first as Buffer | undefined)?.[0] === GZIP_MAGIC ? source.pipe(createGunzip()) : source;
  source.once('error', (error) => bytes.destroy(error));
  const reader = new CsvReader(options.delimiter);
  const decoder = new TextDecoder();
  for await (const chunk of bytes) yield reader.push(decoder.decode(chunk as Buffer, { stream: true }));
  yield reader.push(decoder.decode());
  yield reader.end();
}

/** Rows that are dealt with together: the lines of a request, and the rows that they came from. */
class Chunk {
  readonly lines = new LineBytes();
  readonly sources: CsvRow[] = [];
  readonly rejected: RejectedRow[] = [];
  rows = 0;

  get isFull(): boolean {
    return this.lines.count + LINES_PER_ROW_MAX > IMPORT_LINES_AT_ONCE || this.rows >= ROWS_PER_CHUNK_MAX;
  }

  /** Adds the rows of which the service refused a line, in the order of the file. */
  rejectedWith(errors: ImportAnswer['errors']): readonly RejectedRow[] {
    const reasons = new Map<CsvRow, Set<string>>();
    for (const { line, errors: faults } of errors) {
      const row = this.sources[line - 1];
      if (row === undefined) continue;
      const known = reasons.get(row) ?? new Set();
      reasons.set(row, faults.reduce((all, { field, message }) => all.add(`${field} ${message}`), known));
    }
    const refused = [...reasons].map(([row, all]): RejectedRow => ({ row, reason: [...all].join('; ') }));
    return [...this.rejected, ...refused].sort((one, other) => one.row.line - other.row.line);
  }
}

const showResults = async (peer: Peer, experiment: string): Promise<void> => {
  const { status, body } = await peer.json({ method: 'GET', path: `/experiments/${encodeURIComponent(experiment)}/results`, timeout_ms: 30_000 });
  if (status !== 200) return;
  const results = body as ResultsAnswer;
  process.stdout.write(`\n${results.name}: ${count.format(results.total_users_in_experiment)} visitors\n`);
  for (const [name, stats] of Object.entries(results.variant_stats))
    process.stdout.write(`  ${name.padEnd(12)} ${count.format(stats.total_assigned_users).padStart(9)} visitors ${count.format(stats.conversion_count).padStart(8)} converted  ${stats.conversion_rate === null ? '–' : `${(stats.conversion_rate * 100).toFixed(4)} %`}\n`);
  const { p_value } = results.analysis.chi_squared;
  if (p_value !== null) process.stdout.write(`  chi-squared p = ${p_value.toPrecision(6)}\n`);
  process.stdout.write(`  ${results.analysis.decision.reason}\n`);
};

const importFile = async (options: ImportOptions, peer: Peer, data_dir: string): Promise<void> => {
  if (!existsSync(options.file)) throw new StartFault(`There is no file ${options.file}.`);
  const total = statSync(options.file).size;
  const checkpoint = new Checkpoint(data_dir, options);
  const skip = options.dry_run ? 0 : checkpoint.read();
  const rejects = new Rejects(options.rejects);
  const display = new ProgressDisplay(process.stdout);
  const totals = { rows: 0, kept: 0, left_out: 0, accepted: 0, duplicates: 0 };
  if (skip > 0) process.stdout.write(`Going on after row ${count.format(skip)}, where the last run stopped.\n`);
  else rejects.begin();

  let bytes = 0;
  let read: ReturnType<typeof rowReader> | undefined;
  let chunk = new Chunk();
  const requests = new InOrder(REQUESTS_UNDER_WAY_MAX);
  const flush = (): Promise<void> => {
    const full = chunk;
    const until_row = totals.rows;
    chunk = new Chunk();
    return requests.begin(
      async () => (full.lines.count === 0 || options.dry_run ? NOTHING_SENT : sendLines(peer, full.lines.bytes, pause)),
      ({ accepted, duplicates, errors }) => {
        totals.accepted += accepted;
        totals.duplicates += duplicates;
        const rejected = full.rejectedWith(errors);
        totals.kept -= rejected.length - full.rejected.length;
        rejects.add(rejected);
        if (!options.dry_run) checkpoint.write(until_row);
      },
    );
  };

  for await (const rows of rowsOf(options, (size) => (bytes += size))) {
    for (const row of rows) {
      if (read === undefined) {
        read = rowReader(row.fields, options);
        continue;
      }
      totals.rows += 1;
      if (totals.rows <= skip) continue;
      chunk.rows += 1;
      const outcome = read(row.fields);
      if (outcome.kind === 'left_out') totals.left_out += 1;
      else if (outcome.kind === 'rejected') chunk.rejected.push({ row, reason: outcome.reason });
      else {
        totals.kept += 1;
        for (const line of outcome.lines) {
          chunk.lines.add(line);
          chunk.sources.push(row);
        }
      }
      if (chunk.isFull) await flush();
    }
    display.show({ done: bytes, total, rows: totals.rows });
  }
  if (read === undefined) throw new StartFault(`${options.file} is empty.`);
  await flush();
  await requests.end();
  display.end({ done: bytes, total, rows: totals.rows });
  checkpoint.clear();

  const sent = options.dry_run ? 'Nothing was sent (--dry-run).' : `${count.format(totals.accepted)} records stored, ${count.format(totals.duplicates)} were there already.`;
  process.stdout.write(`${count.format(totals.rows)} rows: ${count.format(totals.kept)} kept, ${count.format(totals.left_out)} left out by --keep, ${count.format(rejects.count)} rejected${rejects.count > 0 ? ` (see ${options.rejects})` : ''}. ${sent}\n`);
  if (!options.dry_run) await showResults(peer, options.experiment);
};

const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.length === 0) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const options = readImportOptions(args);
  if (existsSync('.env')) process.loadEnvFile('.env');
  const settings = settingsOf(process.env, process.cwd());
  const { api_token } = openSecrets(settings);
  const url = settings.services.find(({ name }) => name === 'metrics-service')?.url ?? '';
  const peer = new Peer({ url, token: api_token });
  process.once('SIGINT', () => {
    process.stdout.write('\nStopped. Run the same command again to go on from here.\n');
    process.exit(130);
  });
  try {
    await importFile(options, peer, settings.data_dir);
  } catch (error) {
    if (error instanceof PeerAway) throw new StartFault(`metrics-service at ${url} does not answer (${error.message}). Is Fairsplit running? What was sent is kept: run the same command again to go on.`);
    if (error instanceof ImportRefused || !(error instanceof StartFault)) throw new StartFault((error as Error).message);
    throw error;
  } finally {
    peer.close();
  }
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof StartFault ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
