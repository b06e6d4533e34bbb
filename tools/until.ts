/** How long `until` waits when nothing else is said: far longer than anything takes on a machine that is slow and busy. */
export const UNTIL_MS_MAX = 30_000;

/** The pause between two looks; short, since what is waited for is usually a few of them away. */
const LOOK_EVERY_MS = 25;

/**
 * Waits until `check` answers something truthy, and returns that. Throws with `what` in its message when `timeout_ms` have passed;
 * an error thrown by `check` counts as "not yet" and is named in the end.
 */
export const until = async <T>(what: string, check: () => T | Promise<T>, timeout_ms: number = UNTIL_MS_MAX): Promise<NonNullable<T>> => {
  const deadline = performance.now() + timeout_ms;
  let last_error: unknown;
  for (;;) {
    try {
      const found = await check();
      if (found) return found as NonNullable<T>;
      last_error = undefined;
    } catch (error) {
      last_error = error;
    }
    if (performance.now() >= deadline) {
      const because = last_error instanceof Error ? `: ${last_error.message}` : '';
      throw new Error(`Waited ${timeout_ms} ms for ${what}${because}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
};
