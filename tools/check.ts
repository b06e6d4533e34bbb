import { dirname } from 'node:path';

import { compile } from './toolchain/compile.ts';

process.exitCode = await compile(dirname(import.meta.dirname), ['--noEmit']);
if (process.exitCode === 0) process.stdout.write('Types are sound.\n');
