import { globSync } from 'node:fs';
import { resolve } from 'node:path';

const PATTERNS = ['shared/test/**/*.test.ts', '*-service/test/**/*.test.ts', 'admin-app/test/**/*.test.ts', 'tools/test/**/*.test.ts', 'test/**/*.test.ts'];
const COMPOSE = /^test\/compose[^/]*\.test\.ts$/;
const OPTIONS_WITH_A_VALUE = ['--test-name-pattern', '--test-skip-pattern', '--test-timeout', '--test-reporter', '--test-reporter-destination'];

/** What `node --test` is asked to run, its own options, and whether the Compose tests (minutes, and a container engine) are among it. */
export interface TestArguments {
  readonly files: readonly string[];
  readonly options: readonly string[];
  readonly with_compose: boolean;
}

/**
 * Reads the arguments of `npm test`: paths and globs replace the whole suite, `--compose` adds the Compose tests, a folder
 * stands for the tests below it, and everything else is handed on to `node --test`.
 */
export const testArguments = (args: readonly string[], root: string, compose_asked: boolean): TestArguments => {
  const with_compose = compose_asked || args.includes('--compose');
  const options: string[] = [];
  const named: string[] = [];
  for (const [index, argument] of args.entries()) {
    if (argument === '--compose') continue;
    const is_value = OPTIONS_WITH_A_VALUE.includes(args[index - 1] ?? '');
    (argument.startsWith('-') || is_value ? options : named).push(argument);
  }
  return { files: named.length > 0 ? named.flatMap((path) => expand(path, root)) : everyTest(root, with_compose), options, with_compose };
};

const everyTest = (root: string, with_compose: boolean): readonly string[] =>
  PATTERNS.flatMap((pattern) => globSync(pattern, { cwd: root }).sort()).filter((file) => with_compose || !COMPOSE.test(file.replaceAll('\\', '/')));

const expand = (path: string, root: string): readonly string[] => {
  const below = globSync(`${path.replace(/\/$/, '')}/**/*.test.ts`, { cwd: root }).sort();
  if (below.length > 0) return below;
  const matching = globSync(path, { cwd: root }).sort();
  // An unknown path goes on to the runner, which says so and fails.
  return matching.length > 0 ? matching : [resolve(root, path)];
};
