import { basename } from 'node:path';
import { StartFault } from '../shared/start-fault.ts';
import { stampOf } from './backup/backup-folders.ts';
import { sizeText } from './backup/make-backup.ts';
import { readRestoreOptions, RESTORE_USAGE } from './backup/options.ts';
import { readSettings } from './backup/read-settings.ts';
import { checkBackup, findBackup } from './restore/check-backup.ts';
import { putInPlace } from './restore/put-in-place.ts';

const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.length === 0) {
    process.stdout.write(`${RESTORE_USAGE}\n`);
    return;
  }
  const { folder, databases } = readRestoreOptions(args);
  const { data_dir } = readSettings();
  const backup = findBackup(folder);
  process.stdout.write(`Checking the backup ${backup} …\n`);
  const manifest = await checkBackup(backup, databases);
  const aside = await putInPlace({ backup, manifest, databases, data_dir, stamp: stampOf(Date.now()) });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const lines = [
    `Restored ${basename(backup)} (${sizeText(bytes)}, made by Fairsplit ${manifest.version}) into ${data_dir}.`,
    ...(aside === undefined ? [] : [`What was there is in ${aside}; delete it when you no longer need it.`]),
    ...(manifest.missing.length === 0 ? [] : ['The backup did not have:', ...manifest.missing.map((line) => `  ${line}`)]),
    'Next:',
    '  1. npm start. metrics-service then reads the assignments from ab-service anew by itself.',
    '  2. npm run verify, which counts everything again.',
    `  3. Whoever asked to be erased after ${manifest.began_at} is in it again: erase them once more.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
};

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof StartFault ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
