import type { Database } from '../../shared/sqlite/database.ts';
import type { Turns } from './turns.ts';

/** How much is done before others have the event loop: one is about what it takes to read a block of events, some ten microseconds. */
const WORTH_AT_ONCE = 64;

/** Work in steps, each of which says what it was worth. */
export type Steps<T> = Generator<number, T>;

/**
 * Does work in steps, some at a time: these read one state of the database, the next ones perhaps a later one. The first are done at once, in the
 * caller's snapshot; what is longer waits for its turn. Throws Problem `overloaded` where too many wait.
 */
export const inSteps = async <T>(database: Database, turns: Turns, work: Steps<T>): Promise<T> => {
  const doSome = (): IteratorResult<number, T> =>
    database.snapshot(() => {
      for (let worth = 0; ; ) {
        const result = work.next();
        if (result.done === true || (worth += result.value) >= WORTH_AT_ONCE) return result;
      }
    });
  const first = doSome();
  if (first.done === true) return first.value;
  return turns.take(async () => {
    for (;;) {
      await turns.pause();
      const next = doSome();
      if (next.done === true) return next.value;
    }
  });
};
