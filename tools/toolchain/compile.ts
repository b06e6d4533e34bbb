import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { installCompiler } from './install-compiler.ts';
import { runProgram } from './run-program.ts';

const PROJECTS = ['tsconfig.json', 'tsconfig.browser.json'];

/** Runs `tsc`, installed first where it is absent, over every project of the checkout; answers the first exit code that is not 0. */
export const compile = async (root: string, args: readonly string[]): Promise<number> => {
  const installed = await installCompiler(root);
  if (installed !== 0) return installed;
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  let worst = 0;
  for (const project of PROJECTS.filter((file) => existsSync(join(root, file)))) {
    const code = await runProgram(process.execPath, [compiler, '-p', project, ...args], { cwd: root });
    worst ||= code;
  }
  return worst;
};
