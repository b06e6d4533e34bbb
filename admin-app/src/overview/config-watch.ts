import type { ConfigDocument } from '../../../shared/contract/config.ts';
import { FeedFollower } from '../../../shared/http/follow-feed.ts';
import type { Peer } from '../../../shared/http/peer.ts';

/** Follows ab-service's configuration, so that a switch turned anywhere is seen everywhere at once. */
export class ConfigWatch {
  private readonly feed: FeedFollower;
  private readonly listeners = new Set<() => void>();
  /** The last one heard. */
  document: ConfigDocument | undefined;
  /** Whether the next one would be heard at once. */
  live = false;

  constructor(ab: Peer) {
    this.feed = new FeedFollower(ab, '/config/stream', {
      on_event: ({ event, data }) => {
        if (event !== 'config') return;
        this.document = JSON.parse(data) as ConfigDocument;
        this.tell();
      },
      on_state: (connected) => {
        if (this.live === connected) return;
        this.live = connected;
        this.tell();
      },
    });
  }

  /** Calls when the document changes, or is no longer followed. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  close(): void {
    this.feed.close();
  }
}
