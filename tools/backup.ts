import { StartFault } from '../shared/start-fault.ts';
import { removeOldBackups } from './backup/backup-folders.ts';
import { makeBackup, sizeText } from './backup/make-backup.ts';
import { BACKUP_USAGE, readBackupOptions } from './backup/options.ts';
import { readSettings } from './backup/read-settings.ts';
import { findToken } from './backup/side-files.ts';

const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.length === 0) {
    process.stdout.write(`${BACKUP_USAGE}\n`);
    return;
  }
  const options = readBackupOptions(args);
  const settings = readSettings();
  const token = findToken(settings.data_dir, settings.api_token);
  if (token === undefined) {
    throw new StartFault(`No token: there is none in ${settings.data_dir}/secrets, and API_TOKEN is not set (with containers: API_TOKEN=$(docker compose exec -T ab-service cat /data/secrets/api-token) npm run backup -- …).`);
  }
  const { folder, manifest } = await makeBackup({ options, settings, token, screen: process.stdout, now: Date.now });
  const removed = removeOldBackups(options.folder, options.keep, Date.now());
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  process.stdout.write(`Backup complete: ${folder} (${manifest.files.length} files, ${sizeText(bytes)}).\n`);
  if (removed.length > 0) process.stdout.write(`Removed ${removed.length} older: ${removed.join(', ')}.\n`);
  if (manifest.missing.length > 0) process.stdout.write(`Not in it:\n${manifest.missing.map((line) => `  ${line}\n`).join('')}`);
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof StartFault ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
