import { setTimeout as pause } from 'node:timers/promises';
import type { AssignmentLog, AssignmentLogEntry } from '../../../shared/contract/assignment-log.ts';
import type { Peer } from '../../../shared/http/peer.ts';
import { PeerAway } from '../../../shared/http/peer.ts';
import type { Log } from '../../../shared/log.ts';
import { timeOf } from '../../../shared/schema/scalars.ts';
import type { MetaStore } from '../meta-store.ts';
import type { Stores } from '../stores.ts';

const PAGE = 1_000;
const WAIT_SECONDS = 20;
const ANSWER_MS_MAX = (WAIT_SECONDS + 10) * 1_000;
/** Pause after an answer that was not full: what comes meanwhile shares its call and its transaction, which cost more than entries do. */
const GATHER_MS = 50;
const RETRY_MS = 250;
const RETRY_MS_MAX = 3_000;
/** How many visitors lose their old assignments in one transaction when the log is another. */
const DROPPED_AT_ONCE = 500;

/** What following needs. */
export interface AssignmentFollowerNeeds {
  readonly peer: Peer;
  readonly stores: Pick<Stores, 'assignments' | 'experiments' | 'reattribution' | 'words' | 'writer'>;
  readonly meta: MetaStore;
  readonly log: Log;
  /** The beginning of the time that is kept; older assignments are passed over. */
  readonly oldest: () => number;
  /** Told when ab-service begins or ceases to answer. */
  readonly onConnected: (connected: boolean) => void;
  /** Called when an entry names an experiment whose definition is not here. */
  readonly onUnknownExperiment: () => void;
}

/** Follows ab-service's assignment log by long poll, and goes on where it was after any interruption: place and assignments are one transaction. */
export class AssignmentFollower {
  private readonly needs: AssignmentFollowerNeeds;
  private readonly stopping = new AbortController();
  private connected: boolean | undefined;

  constructor(needs: AssignmentFollowerNeeds) {
    this.needs = needs;
    void this.follow();
  }

  private async follow(): Promise<void> {
    let wait_ms = RETRY_MS;
    while (!this.stopping.signal.aborted) {
      try {
        const taken = await this.step();
        this.say(true);
        wait_ms = RETRY_MS;
        if (taken > 0 && taken < PAGE) await this.pause(GATHER_MS);
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        this.say(false, error);
        await this.pause(wait_ms);
        wait_ms = Math.min(RETRY_MS_MAX, wait_ms * 2);
      }
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => {});
  }

  /** Asks once; answers how many entries came. */
  private async step(): Promise<number> {
    const { peer, meta } = this.needs;
    const after = Number(meta.find('assignments_seq') ?? 0);
    // The first question does not wait: its answer says at once whether ab-service is there.
    const wait = this.connected === true ? WAIT_SECONDS : 0;
    const answer = await peer.json({ method: 'GET', path: `/assignments?after=${after}&limit=${PAGE}&wait=${wait}`, timeout_ms: ANSWER_MS_MAX });
    if (answer.status !== 200) throw new PeerAway(`answered ${answer.status}`);
    const page = answer.body as AssignmentLog;
    if (!this.stopping.signal.aborted) await this.take(page);
    return page.data.length;
  }

  /** Takes over one page of the log; another log's name makes what came from the old one go first. */
  async take(page: AssignmentLog): Promise<void> {
    const { meta, stores, log } = this.needs;
    const known = meta.find('assignments_log');
    if (known !== undefined && known !== page.log) {
      log.warn('the assignment log is another one: reading it from its beginning', { was: String(known), is: page.log });
      await this.dropAll();
      await stores.writer.run(() => {
        this.place(page.log, 0);
        meta.set('experiments_updated_at', '');
      });
      this.needs.onUnknownExperiment();
      return;
    }
    if (page.data.length === 0 && known !== undefined) return;
    await stores.writer.run(() => {
      for (const entry of page.data) this.apply(entry);
      this.place(page.log, page.last_seq);
    });
  }

  private place(log: string, seq: number): void {
    this.needs.meta.set('assignments_log', log);
    this.needs.meta.set('assignments_seq', seq);
  }

  private apply(entry: AssignmentLogEntry): void {
    const { experiments, reattribution, words } = this.needs.stores;
    if (entry.erased) {
      reattribution.erase(entry.visitor_id);
      return;
    }
    const { experiment_id, variant } = entry;
    const assigned_at = entry.assignment_timestamp === null ? undefined : timeOf(entry.assignment_timestamp);
    if (experiment_id === null || variant === null || assigned_at === undefined || assigned_at < this.needs.oldest()) return;
    const { experiment } = experiments.name(experiment_id);
    const testers = experiments.findTesters(experiment);
    if (testers === undefined) this.needs.onUnknownExperiment();
    // Who became a tester after being assigned is named in the definition alone.
    const forced = entry.forced || testers?.has(entry.visitor_id) === true;
    reattribution.assign(entry.visitor_id, { experiment, variant: words.idOf(variant), assigned_at, forced, from_log: true });
  }

  private async dropAll(): Promise<void> {
    const { assignments, reattribution, writer } = this.needs.stores;
    for (;;) {
      const visitors = assignments.visitorsFromLog(DROPPED_AT_ONCE);
      if (visitors.length === 0) return;
      await writer.run(() => reattribution.change(visitors, () => visitors.forEach((visitor) => assignments.deleteLogged(visitor))));
    }
  }

  private say(connected: boolean, error?: unknown): void {
    if (this.connected === connected) return;
    this.connected = connected;
    this.needs.onConnected(connected);
    if (connected) this.needs.log.info('following the assignment log');
    else this.needs.log.warn('ab-service does not answer; going on with what is known', { why: error instanceof PeerAway ? error.message : String(error instanceof Error ? error.stack : error) });
  }

  /** Ends following, without waiting for a poll that is under way: what it brings is not taken any more. */
  stop(): void {
    this.stopping.abort();
  }
}
