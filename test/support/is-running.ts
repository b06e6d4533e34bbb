import { readFileSync } from 'node:fs';

/** Whether a process lives; one that has ended and only waits to be reaped does not. Reads /proc, so Linux only. */
export const isRunning = (id: number): boolean => {
  try {
    // The state follows the name, which is in parentheses and may hold anything.
    return !/\) [ZX] /.test(readFileSync(`/proc/${id}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
