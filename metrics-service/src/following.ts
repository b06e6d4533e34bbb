import { Peer } from '../../shared/http/peer.ts';
import type { Log } from '../../shared/log.ts';
import { AssignmentFollower } from './assignment/assignment-follower.ts';
import { ExperimentFollower } from './experiment/experiment-follower.ts';
import type { Stores } from './stores.ts';

/** What following ab-service needs. */
export interface FollowingNeeds {
  readonly ab_url: string;
  readonly api_token: string;
  readonly stores: Stores;
  /** The beginning of the time that is kept. */
  readonly oldest: () => number;
  /** Told when ab-service begins or ceases to answer. */
  readonly onConnected: (connected: boolean) => void;
  readonly log: Log;
}

/** Begins to follow ab-service's experiments and assignments; answers how to end it. */
export const followAb = (needs: FollowingNeeds): (() => void) => {
  const { stores, log, onConnected } = needs;
  // A poll that waits must not keep short questions from their answers: each has a peer, and so a breaker, of its own.
  const peers = [0, 1].map(() => new Peer({ url: needs.ab_url, token: needs.api_token })) as [Peer, Peer];
  const experiments = new ExperimentFollower({ peer: peers[0], stores, meta: stores.meta, log });
  const assignments = new AssignmentFollower({ peer: peers[1], stores, meta: stores.meta, log, oldest: needs.oldest, onConnected, onUnknownExperiment: () => experiments.read() });
  return () => {
    assignments.stop();
    experiments.stop();
    for (const peer of peers) peer.close();
  };
};
