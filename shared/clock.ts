/** The time now in milliseconds since 1970, UTC; passed in, so that tests hold it still. */
export type Clock = () => number;

/** The machine's clock. */
export const systemClock: Clock = () => Date.now();

/** Writes a time as the contract does: ISO 8601, UTC, milliseconds. */
export const isoTime = (milliseconds: number): string => new Date(milliseconds).toISOString();
