import type { Clock } from '../../../shared/clock.ts';
import type { PeerName, Peers } from '../gateway/peers.ts';

/** Whether another service answers. */
export interface ServiceState {
  readonly name: PeerName;
  /** When it stopped answering, or was first found not to; undefined while it answers. */
  readonly away_since: number | undefined;
  /** True if it answers, but cannot write. */
  readonly troubled: boolean;
}

interface Record {
  failures: number;
  failed_at: number;
  answered: boolean;
  troubled: boolean;
}

const NAMES: readonly PeerName[] = ['ab', 'metrics', 'landing'];
const ANSWER_MS = 1_000;
/** How old an answer may be that is used again. */
const FRESH_MS = 1_900;
/** One answer that is late is no absence; a refusal is. */
const FAILURES_TO_BE_AWAY = 2;

/** Asks the other services whether they are well, when somebody wants to know. */
export class ServiceWatch {
  private readonly peers: Peers;
  private readonly clock: Clock;
  private readonly records = new Map<PeerName, Record>(NAMES.map((name) => [name, { failures: 0, failed_at: 0, answered: false, troubled: false }]));
  private asked_at = -Infinity;
  private asking: Promise<void> | undefined;

  constructor(peers: Peers, clock: Clock) {
    this.peers = peers;
    this.clock = clock;
  }

  /** What is known at this moment. */
  get states(): readonly ServiceState[] {
    return NAMES.map((name) => {
      const { failures, failed_at, answered, troubled } = this.recordOf(name);
      const away = failures >= FAILURES_TO_BE_AWAY || (failures > 0 && !answered);
      return { name, away_since: away ? failed_at : undefined, troubled: troubled && !away };
    });
  }

  /** Asks all three, unless that was just done; many callers share one question. */
  ask(): Promise<void> {
    if (this.asking !== undefined) return this.asking;
    if (this.clock() - this.asked_at < FRESH_MS) return Promise.resolve();
    this.asking = Promise.all(NAMES.map((name) => this.askOne(name))).then(() => {
      this.asked_at = this.clock();
      this.asking = undefined;
    });
    return this.asking;
  }

  private recordOf(name: PeerName): Record {
    return this.records.get(name) as Record;
  }

  private async askOne(name: PeerName): Promise<void> {
    const record = this.recordOf(name);
    const asked_at = this.clock();
    try {
      const { status } = await this.peers[name].call({ method: 'GET', path: '/health', timeout_ms: ANSWER_MS });
      record.failures = 0;
      record.answered = true;
      record.troubled = status !== 200;
    } catch (error) {
      if (record.failures === 0) record.failed_at = this.clock();
      record.failures += this.clock() - asked_at >= ANSWER_MS ? 1 : FAILURES_TO_BE_AWAY;
    }
  }
}
