import { isoTime } from '../../../shared/clock.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import { FeedFollower } from '../../../shared/http/follow-feed.ts';
import type { Peer } from '../../../shared/http/peer.ts';
import { PeerAway } from '../../../shared/http/peer.ts';
import type { Log } from '../../../shared/log.ts';
import type { MetaStore } from '../meta-store.ts';
import type { Stores } from '../stores.ts';
import { adoptExperiment } from './adopt-experiment.ts';

const PAGE = 100;
const ANSWER_MS_MAX = 10_000;
/** How long after a failed reading the next is tried. */
const RETRY_MS = 1_000;
const OVERLAP_MS = 1_000;

/** What following needs. */
export interface ExperimentFollowerNeeds {
  readonly peer: Peer;
  readonly stores: Pick<Stores, 'assignments' | 'event_writer' | 'experiments' | 'frozen' | 'reattribution' | 'visitors' | 'writer'>;
  readonly meta: MetaStore;
  readonly log: Log;
}

interface Page {
  readonly data: readonly Experiment[];
  readonly next_cursor: string | null;
}

/** Keeps copies of ab-service's experiments: its configuration stream says when something changed, its list what. */
export class ExperimentFollower {
  private readonly needs: ExperimentFollowerNeeds;
  private readonly feed: FeedFollower;
  private reading: Promise<void> | undefined;
  private again = false;
  private retry: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(needs: ExperimentFollowerNeeds) {
    this.needs = needs;
    this.feed = new FeedFollower(needs.peer, '/config/stream', { on_event: () => this.read(), on_state: (connected) => connected && this.read() });
  }

  /** Reads what changed, once more if it is being read already. */
  read(): void {
    if (this.stopped) return;
    if (this.reading !== undefined) {
      this.again = true;
      return;
    }
    this.again = false;
    this.reading = this.readAll()
      .catch((error: unknown) => {
        if (this.stopped) return;
        if (!(error instanceof PeerAway)) this.needs.log.error('experiments could not be copied', { stack: error instanceof Error ? (error.stack ?? '') : String(error) });
        clearTimeout(this.retry);
        this.retry = setTimeout(() => this.read(), RETRY_MS).unref();
      })
      .finally(() => {
        this.reading = undefined;
        if (this.again) this.read();
      });
  }

  private async readAll(): Promise<void> {
    const { meta, stores } = this.needs;
    const known = String(meta.find('experiments_updated_at') ?? '');
    // A little earlier than the last change seen, because several may share its millisecond.
    const since = known === '' ? undefined : isoTime(Date.parse(known) - OVERLAP_MS);
    let latest = known;
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ limit: String(PAGE), ...(since === undefined ? {} : { updated_after: since }), ...(cursor === null ? {} : { cursor }) });
      const { status, body } = await this.needs.peer.json({ method: 'GET', path: `/experiments?${query}`, timeout_ms: ANSWER_MS_MAX });
      if (status !== 200) throw new PeerAway(`answered ${status}`);
      const page = body as Page;
      await this.take(page.data);
      for (const { updated_at } of page.data) if (updated_at > latest) latest = updated_at;
      cursor = page.next_cursor;
    } while (cursor !== null && !this.stopped);
    if (latest !== known) await stores.writer.run(() => meta.set('experiments_updated_at', latest));
  }

  /** Takes over definitions. */
  async take(definitions: readonly Experiment[]): Promise<void> {
    const { stores } = this.needs;
    if (definitions.length > 0) await stores.writer.run(() => definitions.forEach((definition) => adoptExperiment(stores, definition)));
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
    this.feed.close();
  }
}
