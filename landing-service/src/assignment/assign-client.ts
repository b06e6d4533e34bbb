import type { AssignmentAnswer } from '../../../shared/contract/experiment.ts';
import type { Peer } from '../../../shared/http/peer.ts';
import type { Attributes } from '../../../shared/targeting/condition.ts';

/** What is asked about one visitor. */
export interface AssignQuestion {
  readonly visitor_id: string;
  /** Id or key. */
  readonly experiment: string;
  readonly context: Attributes;
}

/** What ab-service says; `away` when it does not answer in time, `refused` when it finds fault with the question. */
export type AssignReply = AssignmentAnswer | 'away' | 'refused';

interface Waiting {
  readonly question: AssignQuestion;
  readonly resolve: (reply: AssignReply) => void;
}

const BATCH_MAX = 100;

const isAnswer = (value: unknown): value is AssignmentAnswer => {
  const answer = value as Partial<AssignmentAnswer> | null | undefined;
  return typeof answer === 'object' && answer !== null && typeof answer.variant_id === 'string' && typeof answer.variant === 'string' && typeof answer.configuration_json === 'object';
};

/** Asks ab-service about new visitors: all those of a turn of the event loop with one call. Never throws. */
export class AssignClient {
  readonly #peer: Peer;
  #waiting: Waiting[] = [];

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  ask(question: AssignQuestion): Promise<AssignReply> {
    return new Promise((resolve) => {
      this.#waiting.push({ question, resolve });
      if (this.#waiting.length === 1) setImmediate(() => this.#send());
    });
  }

  #send(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += BATCH_MAX) void this.#sendBatch(waiting.slice(at, at + BATCH_MAX));
  }

  async #sendBatch(batch: readonly Waiting[]): Promise<void> {
    const replies = await this.#call(batch.map(({ question }) => question));
    if (replies === 'refused' && batch.length > 1) {
      // One of them is at fault, and the others must not suffer for it.
      await Promise.all(batch.map((one) => this.#sendBatch([one])));
      return;
    }
    batch.forEach(({ resolve }, index) => {
      if (typeof replies === 'string') return resolve(replies);
      const reply = replies[index];
      resolve(isAnswer(reply) ? reply : 'away');
    });
  }

  async #call(assignments: readonly AssignQuestion[]): Promise<readonly unknown[] | 'away' | 'refused'> {
    try {
      const { status, body } = await this.#peer.json({ method: 'POST', path: '/assign', body: { assignments } });
      if (status === 200) return (body as { readonly assignments?: readonly unknown[] } | null)?.assignments ?? 'away';
      return status === 400 || status === 409 ? 'refused' : 'away';
    } catch {
      return 'away';
    }
  }
}
