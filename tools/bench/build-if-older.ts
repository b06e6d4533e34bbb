import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../toolchain/run-program.ts';

const SOURCES = ['package.json', 'tsconfig*.json', 'shared/**/*', '*-service/{src,public,pages}/**/*', 'admin-app/{src,public}/**/*', 'tools/build/*'];

const newest = (root: string, patterns: readonly string[]): number =>
  patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true, exclude: (entry) => entry.name === 'test' || entry.name === 'node_modules' }))
    .reduce((latest, entry) => (entry.isFile() ? Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs) : latest), 0);

/** Builds `dist/` when it is absent or older than a source; answers the build's exit code. */
export const buildIfOlder = async (root: string): Promise<number> => {
  // package.json is copied last of all that a build can be known by.
  const built = join(root, 'dist', 'package.json');
  if (existsSync(built) && statSync(built).mtimeMs >= newest(root, SOURCES)) return 0;
  process.stdout.write('Building dist/, which is absent or older than the sources.\n');
  return runProgram(process.execPath, [join(root, 'tools/build.ts')], { cwd: root });
};
