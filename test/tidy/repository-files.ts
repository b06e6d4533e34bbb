import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { SourceFile } from './rule.ts';

/** What a copy without git may hold beside the sources. */
const NOT_OURS = new Set(['node_modules', 'dist', 'data', '.git']);

const trackedPaths = (root: string): readonly string[] | undefined => {
  if (!existsSync(join(root, '.git'))) return undefined;
  try {
    const listing = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'ignore'] });
    return listing.split('\0').filter((path) => path !== '');
  } catch {
    return undefined;
  }
};

const walk = (root: string, folder = ''): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : walk(root, path);
    return entry.isFile() && entry.name !== '.env' ? [path] : [];
  });

/** Reads the repository's own files: those that git tracks, or all below `root` where there is no git. */
export const repositoryFiles = (root: string): readonly SourceFile[] =>
  (trackedPaths(root) ?? walk(root))
    .filter((path) => existsSync(join(root, path)))
    .map((path) => {
      const bytes = readFileSync(join(root, ...path.split('/')));
      return { path: path.replaceAll(sep, '/'), text: bytes.includes(0) ? '' : bytes.toString('utf8') };
    });
