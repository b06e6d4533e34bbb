import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { runProgram } from './run-program.ts';

const NEEDED = ['typescript', '@types/node'];

/** Installs the two development dependencies where one is absent, as the lock file names them; answers npm's exit code. */
export const installCompiler = async (root: string): Promise<number> => {
  const absent = NEEDED.filter((name) => !existsSync(join(root, 'node_modules', name, 'package.json')));
  if (absent.length === 0) return 0;
  process.stdout.write(`Installing ${absent.join(' and ')} (development only) with npm ci.\n`);
  const code = await runProgram('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, quiet: true });
  if (code !== 0) process.stderr.write('npm ci failed (its words are above). It needs a registry or a filled npm cache, once.\n');
  return code;
};
