import { dirname, join } from 'node:path';
import { StartFault } from '../shared/start-fault.ts';
import { buildServices } from './build/build-services.ts';

const root = dirname(import.meta.dirname);

try {
  process.exitCode = await buildServices(root, join(root, 'dist'));
  if (process.exitCode === 0) process.stdout.write('dist/ is ready: one file for each service, and the assets.\n');
} catch (error) {
  if (!(error instanceof StartFault)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
