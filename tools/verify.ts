import { spawn } from 'node:child_process';
import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Peer } from '../shared/http/peer.ts';
import { StartFault } from '../shared/start-fault.ts';
import { fetchDatabase } from './backup/fetch-database.ts';
import { readSettings } from './backup/read-settings.ts';
import { removeWhenStopped } from './backup/remove-when-stopped.ts';
import { findToken } from './backup/side-files.ts';
import { ProgressDisplay } from './import/progress.ts';
import type { Progress } from './import/progress.ts';
import { findBackup } from './restore/check-backup.ts';

const USAGE = `Counts every figure of metrics-service anew, from its events and assignments, and reports each that is stored otherwise.

  npm run verify                 the running service, through a copy of its database as it is now
  npm run verify -- FOLDER       a backup, or the newest in a folder of backups
  npm run verify -- FILE         a copy of metrics.sqlite

Exit code 1 if anything differs.`;

const count = new Intl.NumberFormat('en');

/** What metrics-service's `verify.ts` writes, a line at a time. */
interface Message {
  readonly progress?: { readonly done: number; readonly total: number; readonly events: number };
  readonly fault?: string;
  readonly difference?: { readonly table: string; readonly place: string; readonly figure: string; readonly stored: number | string | null; readonly counted: number | string | null };
  readonly summary?: { readonly events: number; readonly visitors: number; readonly cells: number; readonly differences: number };
}

const textOf = (value: number | string | null): string => (value === null ? 'nothing' : String(value));

/** Runs the count in a process of its own; answers how many figures differ. Throws StartFault with what that process said. */
const verifyFile = async (file: string): Promise<number> => {
  const main = join(dirname(import.meta.dirname), 'metrics-service/src/verify.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const display = new ProgressDisplay(process.stdout, 'events');
  let complaint = '';
  let summary: Message['summary'];
  let progress: Progress = { done: 0, total: 1, rows: 0 };
  child.stderr.on('data', (bytes) => (complaint = `${complaint}${bytes}`.slice(0, 4_096)));
  const closed = new Promise((settle) => child.once('close', settle));
  const told: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line) as Message;
    if (message.progress) display.show((progress = { ...message.progress, rows: message.progress.events }));
    if (message.fault) told.push(`the file is damaged: ${message.fault}`);
    if (message.difference) {
      const { table, place, figure, stored, counted } = message.difference;
      told.push(`${table}: ${place}: ${figure} stored ${textOf(stored)}, counted ${textOf(counted)}`);
    }
    if (message.summary) summary = message.summary;
  }
  await closed;
  if (summary === undefined) throw new StartFault(complaint.trim() || 'The count was broken off.');
  display.end(progress);
  for (const line of told) process.stdout.write(`  ${line}\n`);
  const { events, visitors, cells, differences } = summary;
  if (differences > told.length) process.stdout.write(`  … and ${count.format(differences - told.length)} more\n`);
  process.stdout.write(`${count.format(events)} events of ${count.format(visitors)} visitors counted anew, ${count.format(cells)} cells of rollups compared: ${differences === 0 ? 'all is as it should be' : `${count.format(differences)} differ`}.\n`);
  return differences;
};

/** Takes a copy of the running service's database, has it used, and removes it. */
const withLiveCopy = async (use: (file: string) => Promise<number>): Promise<number> => {
  const settings = readSettings();
  const token = findToken(settings.data_dir, settings.api_token);
  if (token === undefined) throw new StartFault(`No token: there is none in ${settings.data_dir}/secrets, and API_TOKEN is not set.`);
  // Beside the data there is as much room as it takes; elsewhere a small file system may hold the temporary files.
  const beside = statSync(settings.data_dir, { throwIfNoEntry: false })?.isDirectory() === true;
  const folder = mkdtempSync(join(beside ? settings.data_dir : tmpdir(), 'verify-'));
  const remove = removeWhenStopped(folder);
  const address = settings.services.find(({ name }) => name === 'metrics-service')?.health_url ?? '';
  const peer = new Peer({ url: new URL(address).origin, token });
  try {
    const file = join(folder, 'metrics.sqlite');
    await fetchDatabase(peer, { service: 'metrics-service' }, file, () => {});
    return await use(file);
  } finally {
    peer.close();
    remove();
  }
};

const main = async (): Promise<number> => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { help: { type: 'boolean' } } });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const [path] = positionals;
  if (positionals.length > 1) throw new StartFault('Name one file or folder at most. --help shows how.');
  if (path === undefined) return withLiveCopy(verifyFile);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return verifyFile(isFile ? resolve(path) : join(findBackup(resolve(path)), 'metrics.sqlite'));
};

try {
  process.exitCode = (await main()) === 0 ? 0 : 1;
} catch (error) {
  const expected = error instanceof StartFault || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
