import type { Peer } from '../../../shared/http/peer.ts';
import { PeerAway } from '../../../shared/http/peer.ts';

/** How often ab-service is told (milliseconds); it marks a toggle as stale after thirty days. */
const EVERY_MS = 600_000;

/**
 * Tells ab-service now and then which toggles the pages asked for: they are evaluated here without a call, and one that is in use
 * must not be taken for forgotten. A report that does not arrive is sent again with the next one.
 */
export class ToggleReport {
  readonly #ab: Peer;
  readonly #used = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(ab: Peer, every_ms: number = EVERY_MS) {
    this.#ab = ab;
    this.#timer = setInterval(() => void this.send(), every_ms).unref();
  }

  /** Notes that a page asked for a toggle. */
  note(key: string): void {
    this.#used.add(key);
  }

  /** Sends what was noted since the last report that arrived. */
  async send(): Promise<void> {
    const toggles = [...this.#used];
    if (toggles.length === 0) return;
    this.#used.clear();
    try {
      const { status } = await this.#ab.json({ method: 'POST', path: '/evaluations', body: { toggles } });
      if (status < 500) return;
    } catch (error) {
      if (!(error instanceof PeerAway)) throw error;
    }
    for (const key of toggles) this.#used.add(key);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
