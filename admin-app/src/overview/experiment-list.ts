import type { Clock } from '../../../shared/clock.ts';
import type { Experiment } from '../../../shared/contract/experiment.ts';
import type { KnownExperiment } from '../../../shared/contract/results.ts';
import type { Peer } from '../../../shared/http/peer.ts';
import type { Peers } from '../gateway/peers.ts';
import { joinChoices } from './overview.ts';
import type { ExperimentChoice } from './overview.ts';

/** How old a list may be that is shown again; a change in ab-service makes it old at once. */
const FRESH_MS = 3_000;
const ANSWER_MS = 1_500;
const LIMIT = 1_000;

/** Keeps the list of all experiments, from ab-service and from imports, through the absence of either. */
export class ExperimentList {
  private readonly peers: Peers;
  private readonly clock: Clock;
  private own: readonly Experiment[] = [];
  private known: readonly KnownExperiment[] = [];
  private read_at = -Infinity;
  private reading: Promise<readonly ExperimentChoice[]> | undefined;
  private choices: readonly ExperimentChoice[] = [];

  constructor(peers: Peers, clock: Clock) {
    this.peers = peers;
    this.clock = clock;
  }

  /** Makes the next reading ask again. */
  expire(): void {
    this.read_at = -Infinity;
  }

  /** Answers the same list for as long as nothing has changed. */
  read(): Promise<readonly ExperimentChoice[]> {
    if (this.reading !== undefined) return this.reading;
    if (this.clock() - this.read_at < FRESH_MS) return Promise.resolve(this.choices);
    this.read_at = this.clock();
    this.reading = this.ask().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async ask(): Promise<readonly ExperimentChoice[]> {
    const { ab, metrics } = this.peers;
    const [own, known] = await Promise.all([listOf<Experiment>(ab), listOf<KnownExperiment>(metrics)]);
    this.own = own ?? this.own;
    this.known = known ?? this.known;
    const choices = joinChoices(this.own, this.known);
    if (JSON.stringify(choices) !== JSON.stringify(this.choices)) this.choices = choices;
    return this.choices;
  }
}

/** The experiments of one service; undefined when it does not answer. */
const listOf = async <T>(peer: Peer): Promise<readonly T[] | undefined> => {
  try {
    const { status, body } = await peer.json({ method: 'GET', path: `/experiments?limit=${LIMIT}`, timeout_ms: ANSWER_MS });
    return status === 200 ? (body as { data: readonly T[] }).data : undefined;
  } catch {
    return undefined;
  }
};
