import { rmSync } from 'node:fs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const STOPPED = 130;

/** Has a folder that is only needed while this process works removed when a signal ends it; answers how to remove it and be done. */
export const removeWhenStopped = (folder: string): (() => void) => {
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  const stop = (): void => {
    remove();
    process.exit(STOPPED);
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  return () => {
    for (const signal of SIGNALS) process.off(signal, stop);
    remove();
  };
};
