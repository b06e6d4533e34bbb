import { mkdirSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { isoTime } from '../../shared/clock.ts';
import { Peer } from '../../shared/http/peer.ts';
import { VERSION } from '../../shared/version.ts';
import { ProgressDisplay } from '../import/progress.ts';
import type { Screen } from '../import/progress.ts';
import type { Settings } from '../start/settings.ts';
import { stampOf, unfinishedName } from './backup-folders.ts';
import { checkDatabase } from './check-database.ts';
import { copyFile } from './copy-file.ts';
import { fetchDatabase } from './fetch-database.ts';
import { MANIFEST_FILE } from './manifest.ts';
import type { BackupFile, Manifest } from './manifest.ts';
import type { BackupOptions } from './options.ts';
import { removeWhenStopped } from './remove-when-stopped.ts';
import type { ServiceDatabase } from './service-databases.ts';
import { findSideFiles } from './side-files.ts';
import { syncFolder } from './sync-folder.ts';

const MEGABYTE = 1_000_000;

/** What making a backup needs. */
export interface BackupNeeds {
  readonly options: BackupOptions;
  readonly settings: Settings;
  readonly token: string;
  readonly screen: Screen;
  readonly now: () => number;
}

/** A backup that is complete. */
export interface MadeBackup {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Writes a size for a reader. */
export const sizeText = (bytes: number): string => (bytes < MEGABYTE ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / MEGABYTE).toFixed(1)} MB`);

const takeDatabase = async ({ settings, token, screen }: BackupNeeds, folder: string, database: ServiceDatabase): Promise<BackupFile> => {
  const { service, file } = database;
  const address = settings.services.find(({ name }) => name === service)?.health_url ?? '';
  const peer = new Peer({ url: new URL(address).origin, token });
  const display = new ProgressDisplay(screen, `MB of ${service}`);
  const began = performance.now();
  try {
    const fetched = await fetchDatabase(peer, database, join(folder, file), (done, total) => display.show({ done, total, rows: Math.round(done / MEGABYTE) }));
    const checked = checkDatabase(join(folder, file), database);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    screen.write(`${screen.isTTY ? '\r\u001b[2K' : ''}  ${file.padEnd(16)} ${sizeText(fetched.bytes).padStart(10)}  copied and checked in ${seconds} s\n`);
    return { path: file, ...fetched, ...checked };
  } finally {
    peer.close();
  }
};

const write = async (path: string, text: string): Promise<void> => {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
};

/** Makes a backup in a folder of its own, which has its name once everything is in it, checked and on disk; otherwise nothing is left. Throws StartFault. */
export const makeBackup = async (needs: BackupNeeds): Promise<MadeBackup> => {
  const { options, settings, token, now } = needs;
  const began = now();
  const stamp = stampOf(began);
  const part = join(options.folder, unfinishedName(stamp));
  const folder = join(options.folder, stamp);
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  mkdirSync(part, { mode: 0o700 });
  const remove = removeWhenStopped(part);
  try {
    const files: BackupFile[] = [];
    for (const database of options.databases) files.push(await takeDatabase(needs, part, database));
    const { paths, missing } = findSideFiles(settings.data_dir, token);
    for (const path of paths) files.push({ path, ...(await copyFile(join(settings.data_dir, path), join(part, path))) });
    const manifest: Manifest = { format: 1, version: VERSION, began_at: isoTime(began), ended_at: isoTime(now()), files, missing };
    await write(join(part, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    syncFolder(part);
    renameSync(part, folder);
    syncFolder(options.folder, false);
    return { folder, manifest };
  } finally {
    // Under this name there is nothing left once it is complete.
    remove();
  }
};
