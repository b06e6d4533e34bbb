const BURST_DEATHS = 5;
const BURST_MS = 10_000;
const SLOW_DELAY_MS = 5_000;

/** What is remembered of a service's deaths: their times within the last ten seconds, and whether it is restarted slowly. */
export interface RestartState {
  readonly deaths: readonly number[];
  readonly slow: boolean;
}

/** The state of a service that has not died yet. */
export const NO_DEATHS: RestartState = { deaths: [], slow: false };

/** What follows a death: the state to remember, and how long to wait before the restart, in milliseconds. */
export interface RestartDecision {
  readonly state: RestartState;
  readonly delay_ms: number;
}

/**
 * Decides when a service that died at `now`, after `lived_ms`, is started again: at once, but after five deaths in ten
 * seconds only every five seconds, until one run has lasted ten. Times in milliseconds.
 */
export const decideRestart = (state: RestartState, now: number, lived_ms: number): RestartDecision => {
  const deaths = [...state.deaths.filter((death) => now - death < BURST_MS), now];
  const slow = deaths.length >= BURST_DEATHS || (state.slow && lived_ms < BURST_MS);
  return { state: { deaths, slow }, delay_ms: slow ? SLOW_DELAY_MS : 0 };
};
