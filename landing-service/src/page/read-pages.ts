import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { StartFault } from '../../../shared/start-fault.ts';
import { readPage } from './page.ts';
import type { Page } from './page.ts';

const PAGE_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
/** First segments of the service's own routes, which cannot be pages. */
const TAKEN = new Set(['api', 'assets', 'contact', 'events', 'health', 'leads', 'metrics', 'music', 'pixel', 'visitors']);

const foldersOf = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());
  } catch {
    throw new StartFault(`The pages' folder ${folder} cannot be read.`);
  }
};

/**
 * Reads the product's own pages and those of `PAGES_DIR`, by name; one there replaces an own one of the same name.
 * Throws StartFault for a page that cannot be used.
 */
export const readPages = (own: URL, pages_dir: string | undefined): ReadonlyMap<string, Page> => {
  const pages = new Map<string, Page>();
  for (const folder of [fileURLToPath(own), ...(pages_dir === undefined ? [] : [pages_dir])]) {
    for (const name of foldersOf(folder)) {
      if (!PAGE_NAME.test(name) || TAKEN.has(name)) throw new StartFault(`${join(folder, name)} cannot be a page: the name is taken or is not made of a-z, 0-9 and hyphens.`);
      pages.set(name, readPage(name, pathToFileURL(`${join(folder, name)}/`)));
    }
  }
  return pages;
};
