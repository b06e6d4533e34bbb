import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StartFault } from '../../shared/start-fault.ts';
import { SERVICE_DATABASES } from './service-databases.ts';
import type { ServiceDatabase } from './service-databases.ts';

/** What `npm run backup` was asked to do. */
export interface BackupOptions {
  /** Where backups are kept; absolute. */
  readonly folder: string;
  /** How many are kept; undefined for all. */
  readonly keep: number | undefined;
  readonly databases: readonly ServiceDatabase[];
}

/** What `npm run restore` was asked to do. */
export interface RestoreOptions {
  readonly folder: string;
  readonly databases: readonly ServiceDatabase[];
}

/** What `npm run backup -- --help` prints. */
export const BACKUP_USAGE = `Backs Fairsplit up while it runs.

  npm run backup -- FOLDER

  --keep N            keeps the newest N backups in FOLDER and removes older ones; all of them unless said
  --service NAME      this service alone; may be given several times

Each backup is a folder of its own in FOLDER, named after its time: the four databases, each checked, and what lies beside them and is
needed as well (secrets, the cookie key, media). It appears when it is complete. It holds secrets and personal data: keep it as safe as the
data itself. Exit code 0 means that everything asked for is in it; what could not be reached is named.

The token is API_TOKEN, else the one in DATA_DIR/secrets; ports are read as npm start reads them.`;

/** What `npm run restore -- --help` prints. */
export const RESTORE_USAGE = `Puts a backup in the place of the present data, while Fairsplit is stopped.

  npm run restore -- FOLDER

  --service NAME      this service's database alone; may be given several times

FOLDER is a backup, or the folder of backups: then the newest is taken. The target is DATA_DIR (./data). What is there now is
moved to DATA_DIR.before-restore-TIME, never deleted. A backup that is not whole is refused before anything is touched.`;

const parse = (args: readonly string[]) =>
  parseArgs({ args: [...args], allowPositionals: true, options: { keep: { type: 'string' }, service: { type: 'string', multiple: true } } });

const read = (args: readonly string[]): { readonly folder: string; readonly keep: string | undefined; readonly databases: readonly ServiceDatabase[] } => {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    throw new StartFault(`${(error as Error).message.split('. ')[0]}. --help shows what there is.`);
  }
  const { values, positionals } = parsed;
  const [folder] = positionals;
  if (!folder || positionals.length > 1) throw new StartFault('Name one folder. --help shows how.');
  const names = new Set<string>(values.service ?? SERVICE_DATABASES.map(({ service }) => service));
  for (const name of names) if (!SERVICE_DATABASES.some(({ service }) => service === name)) throw new StartFault(`--service takes ${SERVICE_DATABASES.map(({ service }) => service).join(', ')}; "${name.slice(0, 60)}" is none.`);
  return { folder: resolve(folder), keep: values.keep, databases: SERVICE_DATABASES.filter(({ service }) => names.has(service)) };
};

/** Reads the command line of `npm run backup`; throws StartFault with what is wrong. */
export const readBackupOptions = (args: readonly string[]): BackupOptions => {
  const { keep, ...options } = read(args);
  if (keep !== undefined && !/^[1-9]\d{0,5}$/.test(keep)) throw new StartFault('--keep takes a number from 1 on.');
  return { ...options, keep: keep === undefined ? undefined : Number(keep) };
};

/** Reads the command line of `npm run restore`; throws StartFault with what is wrong. */
export const readRestoreOptions = (args: readonly string[]): RestoreOptions => {
  const { keep, ...options } = read(args);
  if (keep !== undefined) throw new StartFault('--keep belongs to npm run backup.');
  return options;
};
