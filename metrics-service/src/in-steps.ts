import type { Database } from '../../shared/sqlite/database.ts';
import type { Turns } from './turns.ts';

/** How many steps are taken before others have the event loop: a few milliseconds, where a step is a block of events to read. */
const STEPS_AT_ONCE = 128;

/**
 * Works through steps, some at a time: these read one state of the database, the next ones perhaps a later one. The first begin at once, in the
 * caller's snapshot; what is longer waits for its turn. Throws Problem `overloaded` where too many wait.
 */
export const inSteps = async <T>(database: Database, turns: Turns, work: Generator<void, T>): Promise<T> => {
  const some = (): IteratorResult<void, T> =>
    database.snapshot(() => {
      for (let step = 1; ; step += 1) {
        const result = work.next();
        if (result.done === true || step === STEPS_AT_ONCE) return result;
      }
    });
  const first = some();
  if (first.done === true) return first.value;
  return turns.take(async () => {
    for (;;) {
      await turns.pause();
      const next = some();
      if (next.done === true) return next.value;
    }
  });
};
