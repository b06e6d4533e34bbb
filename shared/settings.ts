import { readFileSync } from 'node:fs';
import { StartFault } from './start-fault.ts';

/** The environment of a process: `process.env` in a service's `config.ts`, a literal in tests. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads text; an empty variable counts as absent, as Compose passes absent ones on empty. */
export const textSetting = (environment: Environment, name: string, fallback: string): string => environment[name]?.trim() || fallback;

/** Reads a TCP port; 0 asks the system for a free one. */
export const portSetting = (environment: Environment, name: string, fallback: number): number => {
  const text = textSetting(environment, name, String(fallback));
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new StartFault(`${name} must be a port from 0 to 65535.`);
  return port;
};

/** Reads a whole number within bounds. */
export const numberSetting = (environment: Environment, name: string, fallback: number, bounds: { readonly min: number; readonly max: number }): number => {
  const value = Number(textSetting(environment, name, String(fallback)));
  if (!Number.isSafeInteger(value) || value < bounds.min || value > bounds.max) throw new StartFault(`${name} must be a whole number from ${bounds.min} to ${bounds.max}.`);
  return value;
};

/** Reads a switch: on, 1, true, yes or off, 0, false, no. */
export const switchSetting = (environment: Environment, name: string, fallback: boolean): boolean => {
  const text = textSetting(environment, name, fallback ? 'on' : 'off').toLowerCase();
  if (['on', '1', 'true', 'yes'].includes(text)) return true;
  if (['off', '0', 'false', 'no'].includes(text)) return false;
  throw new StartFault(`${name} must be on or off.`);
};

/** Reads one of a few words. */
export const choiceSetting = <const T extends string>(environment: Environment, name: string, allowed: readonly T[], fallback: T): T => {
  const text = textSetting(environment, name, fallback) as T;
  if (!allowed.includes(text)) throw new StartFault(`${name} must be one of ${allowed.join(', ')}.`);
  return text;
};

/** Reads an http or https address without path, as `https://host:port`. */
export const originSetting = (environment: Environment, name: string, fallback: string): string => {
  const text = textSetting(environment, name, fallback);
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search !== '' || url.username !== '')
    throw new StartFault(`${name} must be an address such as http://localhost:8080, without a path.`);
  return url.origin;
};

/** Reads a list separated by commas or white space. */
export const listSetting = (environment: Environment, name: string, fallback: readonly string[]): readonly string[] => {
  const text = textSetting(environment, name, '');
  return text === '' ? fallback : text.split(/[\s,]+/).filter((item) => item !== '');
};

/** Reads a secret from `NAME`, or from the file that `NAME_FILE` names; undefined where neither is set. */
export const secretSetting = (environment: Environment, name: string): string | undefined => {
  const own = textSetting(environment, name, '');
  if (own !== '') return own;
  const file = textSetting(environment, `${name}_FILE`, '');
  if (file === '') return undefined;
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text !== '') return text;
  } catch {
    throw new StartFault(`${name}_FILE names a file that cannot be read.`);
  }
  throw new StartFault(`${name}_FILE names an empty file.`);
};
