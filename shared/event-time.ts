/** How old an event that arrives by an open path can be at most (milliseconds). */
export const EVENT_AGE_MS_MAX = 86_400_000;

/** The sender's times; milliseconds since 1970, by the sender's clock. */
export interface SentTimes {
  readonly timestamp?: number | undefined;
  readonly sent_at?: number | undefined;
}

/**
 * Says when an event happened, by our clock: arrival − (`sent_at` − `timestamp`) where both are given, so that a wrong clock does no
 * harm; else `timestamp`, else arrival. Never after arrival, never more than 24 hours before it.
 */
export const eventTime = (sent: SentTimes, arrived: number): number => {
  const { timestamp, sent_at } = sent;
  if (timestamp === undefined) return arrived;
  const at = sent_at === undefined ? timestamp : arrived - (sent_at - timestamp);
  return Math.min(arrived, Math.max(arrived - EVENT_AGE_MS_MAX, at));
};
