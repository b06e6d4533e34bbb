import { createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { StartFault } from '../../../shared/start-fault.ts';

const KEY_BYTES = 32;
const FILE_NAME = 'landing-cookie-key';

const make = (file: string): void => {
  const part = `${file}.new`;
  const descriptor = openSync(part, 'w', 0o600);
  try {
    writeSync(descriptor, randomBytes(KEY_BYTES).toString('base64url'));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(part, file);
};

/**
 * The key that signs visitors' cookies: the one given (`COOKIE_KEY`), or 32 random bytes kept in `data_dir` (0600, part of the backup:
 * without it every visitor is a new one). Called while the database is open, so that two processes cannot make two. Throws StartFault.
 */
export const openCookieKey = (data_dir: string, given: string | undefined): KeyObject => {
  if (given !== undefined) return createSecretKey(given, 'utf8');
  const file = join(data_dir, FILE_NAME);
  try {
    if (!existsSync(file)) make(file);
    const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
    if (key.length >= KEY_BYTES) return createSecretKey(key);
  } catch (error) {
    throw new StartFault(`The cookie key ${file} cannot be kept: ${error instanceof Error ? error.message : String(error)}.`);
  }
  throw new StartFault(`The cookie key ${file} is damaged: restore it from a backup, or delete it and every visitor is a new one.`);
};
