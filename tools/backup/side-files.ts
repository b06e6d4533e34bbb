import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Folders and files beside the databases that a restored Fairsplit needs, and what is lost without them. */
export const SIDE_FILES: readonly (readonly [path: string, loss: string])[] = [
  ['secrets', 'programs that hold the tokens need new ones'],
  ['secrets-landing', 'made anew from secrets'],
  ['landing-cookie-key', 'every visitor becomes a new one, unless COOKIE_KEY is set'],
  ['media', 'the music library has no sound'],
];
/** These are there only where somebody needs them, or are made anew. */
const MAY_BE_ABSENT = new Set(['media', 'secrets-landing']);
const UNFINISHED = /\.(tmp|part|new)$/;

/** Files to copy, from the data folder, and what is not there. */
export interface SideFiles {
  readonly paths: readonly string[];
  readonly missing: readonly string[];
}

const filesIn = (data_dir: string, path: string): readonly string[] => {
  const found = statSync(join(data_dir, path));
  if (found.isFile()) return UNFINISHED.test(path) ? [] : [path];
  return found.isDirectory() ? readdirSync(join(data_dir, path)).sort().flatMap((name) => filesIn(data_dir, `${path}/${name}`)) : [];
};

const tokenIn = (data_dir: string): string | undefined => {
  try {
    return readFileSync(join(data_dir, 'secrets', 'api-token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
};

/** The token to ask with: the one given, else that of the data folder; undefined where there is neither. */
export const findToken = (data_dir: string, given: string | undefined): string | undefined => given ?? tokenIn(data_dir);

/**
 * Finds what else belongs into a backup. A data folder whose token is another than the services took is another installation's (theirs
 * is in containers, say), and nothing of it is taken.
 */
export const findSideFiles = (data_dir: string, token: string): SideFiles => {
  if (tokenIn(data_dir) !== token) {
    return { paths: [], missing: SIDE_FILES.map(([path, loss]) => `${path}: not within reach of this machine's ${data_dir} (without it: ${loss})`) };
  }
  const found = SIDE_FILES.filter(([path]) => existsSync(join(data_dir, path)));
  const absent = SIDE_FILES.filter((each) => !found.includes(each) && !MAY_BE_ABSENT.has(each[0]));
  return { paths: found.flatMap(([path]) => filesIn(data_dir, path)), missing: absent.map(([path, loss]) => `${path}: not in ${data_dir} (without it: ${loss})`) };
};
