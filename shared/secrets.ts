import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { StartFault } from './start-fault.ts';

const SECRET_BYTES = 32;
const SECRET_LENGTH_MAX = 1_024;
const LANDING_WAIT_MS = 5_000;
const LANDING_RETRY_MS = 50;
const HALF_WRITTEN_TRIES_MAX = 100;
const HALF_WRITTEN_RETRY_MS = 10;

/** What machines prove themselves with: the whole token, and the narrow one that landing-service sends. */
export interface Secrets {
  readonly api_token: string;
  readonly ingest_token: string;
}

/** What landing-service may know: enough to check an API token, never the token itself. */
export interface LandingSecrets {
  readonly api_token_sha256: string;
  readonly ingest_token: string;
}

/** Where the secrets are, and the values that the environment gave; an empty value counts as none. */
export interface SecretsOptions {
  readonly data_dir: string;
  readonly api_token?: string | undefined;
  readonly ingest_token?: string | undefined;
}

/** Where landing-service's secrets are, the values that the environment gave, and how long to wait for the files. */
export interface LandingSecretsOptions {
  readonly data_dir: string;
  readonly api_token_sha256?: string | undefined;
  readonly ingest_token?: string | undefined;
  readonly wait_ms?: number;
}

/** Hashes an API token the way that `API_TOKEN_SHA256` holds it: SHA-256 in lower-case hexadecimal. */
export const tokenHash = (token: string): string => createHash('sha256').update(token, 'utf8').digest('hex');

/**
 * Opens `DATA_DIR/secrets`, makes what is missing there, and publishes landing-service's share in `DATA_DIR/secrets-landing`.
 * Safe when many processes do it at once: all of them end with the same values. A value from the environment wins and is
 * stored, so that a service that was not given it agrees with those that were. Throws StartFault.
 */
export const openSecrets = (options: SecretsOptions): Secrets => {
  const own = join(options.data_dir, 'secrets');
  const landing = join(options.data_dir, 'secrets-landing');
  return withFaults(options.data_dir, () => {
    for (const folder of [options.data_dir, own, landing]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const secret = (file: string, name: string, given: string | undefined): string => {
      if (!given) return createOnce(join(own, file));
      checkSecret(name, given);
      replace(join(own, file), given);
      return given;
    };
    const api_token = secret('api-token', 'API_TOKEN', options.api_token);
    const ingest_token = secret('ingest-token', 'INGEST_TOKEN', options.ingest_token);
    replace(join(landing, 'api-token-sha256'), tokenHash(api_token));
    replace(join(landing, 'ingest-token'), ingest_token);
    return { api_token, ingest_token };
  });
};

/**
 * Reads landing-service's share, written by whoever called `openSecrets`; waits for it a little (`wait_ms`, 5 s unless told),
 * because both may be starting at the same time. Values that the environment gave are not looked for. Throws StartFault.
 */
export const readLandingSecrets = async (options: LandingSecretsOptions): Promise<LandingSecrets> => {
  const folder = join(options.data_dir, 'secrets-landing');
  if (options.api_token_sha256 && !/^[0-9a-f]{64}$/i.test(options.api_token_sha256)) {
    throw new StartFault('API_TOKEN_SHA256 must be 64 hexadecimal digits.');
  }
  if (options.ingest_token) checkSecret('INGEST_TOKEN', options.ingest_token);
  const deadline = performance.now() + (options.wait_ms ?? LANDING_WAIT_MS);
  for (;;) {
    const [hash, ingest_token] = withFaults(folder, () => [
      options.api_token_sha256 || find(join(folder, 'api-token-sha256')),
      options.ingest_token || find(join(folder, 'ingest-token')),
    ]);
    if (hash && ingest_token) return { api_token_sha256: hash.toLowerCase(), ingest_token };
    if (performance.now() >= deadline) {
      throw new StartFault(`No secrets in ${folder}: start ab-service first, or set API_TOKEN_SHA256 and INGEST_TOKEN.`);
    }
    await pause(LANDING_RETRY_MS);
  }
};

const checkSecret = (name: string, value: string): void => {
  if (value.length > SECRET_LENGTH_MAX || !/^[\x21-\x7e]+$/.test(value)) {
    throw new StartFault(`${name} must be 1 to ${SECRET_LENGTH_MAX} visible ASCII characters without spaces.`);
  }
};

const find = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};

const createOnce = (path: string): string => {
  const existing = find(path);
  if (existing) return existing;
  const temporary = temporaryFor(path);
  write(temporary, randomBytes(SECRET_BYTES).toString('base64url'));
  try {
    linkSync(temporary, path);
  } catch (error) {
    // Some file systems have no hard links: there the name itself is the lock, and losers wait for the winner's bytes.
    if (codeOf(error) !== 'EEXIST') createWithoutLink(path, readFileSync(temporary, 'utf8'));
  } finally {
    rmSync(temporary, { force: true });
  }
  for (let tries = 0; tries < HALF_WRITTEN_TRIES_MAX; tries += 1) {
    const won = find(path);
    if (won) return won;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HALF_WRITTEN_RETRY_MS);
  }
  throw new StartFault(`${path} is empty; delete it and start again to get a new secret.`);
};

const createWithoutLink = (path: string, value: string): void => {
  try {
    write(path, value);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
};

const replace = (path: string, value: string): void => {
  if (find(path) === value) return;
  const temporary = temporaryFor(path);
  write(temporary, value);
  renameSync(temporary, path);
};

const temporaryFor = (path: string): string => `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;

const write = (path: string, value: string): void => {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, value);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

const withFaults = <T>(folder: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    if (error instanceof StartFault || !codeOf(error)) throw error;
    const path = (error as NodeJS.ErrnoException).path ?? folder;
    throw new StartFault(`Cannot keep the secrets in ${folder}: ${codeOf(error)} at ${path}.`);
  }
};

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;
