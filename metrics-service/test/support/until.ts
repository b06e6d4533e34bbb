import { setTimeout as pause } from 'node:timers/promises';

const WAIT_MS_MAX = 30_000;
const LOOK_EVERY_MS = 10;

/** Waits until something is so; throws with its name when it does not become so. */
export const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const deadline = performance.now() + WAIT_MS_MAX; !isSo(); await pause(LOOK_EVERY_MS)) {
    if (performance.now() > deadline) throw new Error(`Waited for ${what} in vain.`);
  }
};
