import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartFault } from '../../shared/start-fault.ts';
import { settingsOf } from '../start/settings.ts';
import type { Settings } from '../start/settings.ts';

/** Reads what `npm start` reads, from `.env` of the checkout too: a relative DATA_DIR belongs to where it was written. Throws StartFault. */
export const readSettings = (): Settings => {
  const root = dirname(dirname(import.meta.dirname));
  const env_file = join(root, '.env');
  const folder = process.env['DATA_DIR'] ? process.cwd() : root;
  try {
    if (existsSync(env_file)) process.loadEnvFile(env_file);
  } catch (error) {
    throw new StartFault(`${env_file} cannot be read: ${(error as Error).message}.`);
  }
  return settingsOf(process.env, folder);
};
