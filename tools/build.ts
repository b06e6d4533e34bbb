import { copyFileSync, globSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { compile } from './toolchain/compile.ts';

const ASSETS = ['package.json', '*/public/**/*', 'shared/*/public/**/*', '*-service/pages/**/*'];
const NOT_SHIPPED = ['tools', 'test', '*/test'];

const root = dirname(import.meta.dirname);
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const code = await compile(root, ['--noEmit', 'false', '--outDir', 'dist', '--rootDir', '.', '--isolatedDeclarations', 'false', '--declaration', 'false']);
if (code === 0) {
  for (const folder of NOT_SHIPPED.flatMap((pattern) => globSync(pattern, { cwd: dist }))) {
    rmSync(join(dist, folder), { recursive: true, force: true });
  }
  // tsc copies nothing but code; types erased, what is left of a page is its HTML, CSS, JSON and images.
  const copied = ASSETS.flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true, exclude: (entry) => entry.name === 'node_modules' || entry.name === 'dist' }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of copied) {
    const target = join(dist, file.slice(root.length + 1));
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
  process.stdout.write(`dist/ is ready: ${globSync('**/*.js', { cwd: dist }).length} modules, ${copied.length} other files.\n`);
}
process.exitCode = code;
