import { Peer } from '../../../shared/http/peer.ts';
import type { AdminConfig } from '../config.ts';

/** The other three services, as addresses of the gateway name them. */
export type PeerName = 'ab' | 'metrics' | 'landing';

/** How each of them is called. */
export type Peers = Readonly<Record<PeerName, Peer>>;

/** Opens the ways to the other services; `close` each. */
export const openPeers = (config: Pick<AdminConfig, 'ab_url' | 'metrics_url' | 'landing_peer_url'>, token: string): Peers => ({
  ab: new Peer({ url: config.ab_url, token }),
  metrics: new Peer({ url: config.metrics_url, token }),
  landing: new Peer({ url: config.landing_peer_url, token }),
});
