import { copyFileSync, globSync, mkdirSync, mkdtempDisposableSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compile } from '../toolchain/compile.ts';
import { joinModules } from './join-modules.ts';

/** What is started by its path: the services, and the thread of one. */
const ENTRIES = ['ab-service/src/main.js', 'metrics-service/src/main.js', 'metrics-service/src/recording/recording-thread.js', 'landing-service/src/main.js', 'admin-app/src/main.js'];
const ASSETS = ['*/public/**/*', 'shared/*/public/**/*', '*-service/pages/**/*', 'package.json'];

const put = (file: string, write: (file: string) => void): void => {
  mkdirSync(dirname(file), { recursive: true });
  write(file);
};

/**
 * Makes of the sources in `root` what containers run: in `dist`, one file for each service, and the assets, browser code among them.
 * Answers the exit code of `tsc`; throws StartFault for modules that cannot be joined.
 */
export const buildServices = async (root: string, dist: string): Promise<number> => {
  rmSync(dist, { recursive: true, force: true });
  using compiled = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-build-'));
  const code = await compile(root, ['--noEmit', 'false', '--outDir', compiled.path, '--rootDir', '.', '--isolatedDeclarations', 'false', '--declaration', 'false', '--removeComments']);
  if (code !== 0) return code;
  for (const entry of ENTRIES) {
    const text = joinModules(entry, (path) => readFileSync(join(compiled.path, path), 'utf8'));
    put(join(dist, entry), (file) => writeFileSync(file, text));
  }
  // tsc copies nothing but code; types erased, what is left of a page is its HTML, CSS, JSON and images.
  for (const folder of [compiled.path, root]) {
    const assets = globSync(ASSETS, { cwd: folder, withFileTypes: true, exclude: (entry) => entry.name === 'node_modules' || entry.name === 'dist' })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'));
    for (const { parentPath, name } of assets) put(join(dist, parentPath.slice(folder.length), name), (file) => copyFileSync(join(parentPath, name), file));
  }
  return 0;
};
