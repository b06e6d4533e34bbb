import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';

import { compile } from './toolchain/compile.ts';
import { runProgram } from './toolchain/run-program.ts';
import { testArguments } from './toolchain/test-arguments.ts';

const root = dirname(import.meta.dirname);
const { files, options, with_compose } = testArguments(process.argv.slice(2), root, process.env['COMPOSE_TEST'] === '1');
const compiled = await compile(root, ['--noEmit']);
if (compiled === 0) {
  process.stdout.write(`Types are sound; running ${files.length} test files${with_compose ? '' : ' (Compose: --compose)'}.\n`);
  const runner = [
    ...process.execArgv,
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${Math.min(availableParallelism(), 4)}`,
    ...options,
    ...files,
  ];
  process.exitCode = await runProgram(process.execPath, runner, {
    cwd: root,
    environment: { ...process.env, ...(with_compose ? { COMPOSE_TEST: '1' } : {}) },
  });
} else {
  process.stderr.write('The types are not sound; no test was run.\n');
  process.exitCode = compiled;
}
