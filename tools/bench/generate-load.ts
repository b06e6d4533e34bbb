import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LoadPlan, LoadResult } from './load-plan.ts';

const PROGRAM = fileURLToPath(new URL('./load-generator.ts', import.meta.url));

/** Carries out a plan in a process of its own, which ends with this one; rejects when the server cannot be reached. */
export const generateLoad = (plan: LoadPlan): Promise<LoadResult> =>
  new Promise((resolve, reject) => {
    const child = fork(PROGRAM, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.once('message', (message: { readonly result?: LoadResult; readonly error?: string }) => {
      if (message.result === undefined) reject(new Error(message.error ?? 'The generator said nothing.'));
      else resolve(message.result);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The generator ended with ${code}.`)));
    child.send(plan);
  });
