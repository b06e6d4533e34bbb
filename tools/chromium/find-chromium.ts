import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * Finds the browser's binary: `CHROMIUM_PATH` where it is set, else the first known name on the `PATH` or in /usr/bin.
 * Throws with what to do when there is none.
 */
export const findChromium = (environment: Readonly<Record<string, string | undefined>> = process.env): string => {
  const given = environment['CHROMIUM_PATH'];
  if (given) {
    if (isExecutable(given)) return given;
    throw new Error(`CHROMIUM_PATH is ${given}, which is not a program that can be run.`);
  }
  const folders = [...(environment['PATH'] ?? '').split(delimiter).filter(Boolean), '/usr/bin'];
  for (const folder of folders) {
    for (const name of NAMES) {
      if (isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  throw new Error('No Chromium found. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH to its binary.');
};
