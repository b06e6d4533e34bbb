import { closeSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Puts a folder's entries on disk, and those of the folders in it; the files see to their own content. */
export const syncFolder = (folder: string, deep: boolean = true): void => {
  if (deep) for (const entry of readdirSync(folder, { withFileTypes: true })) if (entry.isDirectory()) syncFolder(join(folder, entry.name));
  let descriptor: number;
  try {
    descriptor = openSync(folder, 'r');
  } catch {
    // A system that cannot open folders writes their entries by itself.
    return;
  }
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};
