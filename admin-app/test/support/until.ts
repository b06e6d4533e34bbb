import { setTimeout as pause } from 'node:timers/promises';

const TRY_EVERY_MS = 10;
const PATIENCE_MS = 30_000;

/** Waits until something is true; throws, saying what was waited for, when that takes too long. */
export const until = async (what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await pause(TRY_EVERY_MS);
  }
};
