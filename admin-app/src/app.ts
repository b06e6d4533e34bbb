import type { Clock } from '../../shared/clock.ts';
import type { Handler } from '../../shared/http/call.ts';
import { backupRoutes } from '../../shared/http/backup-route.ts';
import { createGuards } from '../../shared/http/guards.ts';
import { healthRoutes } from '../../shared/http/health.ts';
import { requireHost } from '../../shared/http/hosts.ts';
import type { Meter } from '../../shared/http/meter.ts';
import { answerProblems } from '../../shared/http/problem-reply.ts';
import { RateLimit } from '../../shared/http/rate-limit.ts';
import { createRouter } from '../../shared/http/router.ts';
import type { Assets } from '../../shared/http/static.ts';
import type { Log } from '../../shared/log.ts';
import { tokenHash } from '../../shared/secrets.ts';
import type { Database } from '../../shared/sqlite/database.ts';
import { VERSION } from '../../shared/version.ts';
import type { PasswordHasher } from './account/password-hasher.ts';
import type { AdminConfig } from './config.ts';
import { gateway } from './gateway/gateway.ts';
import type { Peers } from './gateway/peers.ts';
import { overviewRoutes } from './overview/overview-routes.ts';
import type { OverviewSource } from './overview/overview-source.ts';
import { switchRoutes } from './overview/switch-routes.ts';
import { showProblemsAsPages } from './page/problem-pages.ts';
import { Door } from './session/door.ts';
import { signInRoutes } from './session/sign-in-routes.ts';
import type { Setup } from './setup/setup.ts';
import { setupRoutes } from './setup/setup-routes.ts';
import type { Stores } from './stores.ts';

/** What the application works with; it opens nothing itself. */
export interface AppNeeds {
  readonly config: AdminConfig;
  readonly api_token: string;
  readonly database: Database;
  readonly stores: Stores;
  readonly hasher: PasswordHasher;
  readonly setup: Setup;
  readonly peers: Peers;
  readonly source: OverviewSource;
  readonly assets: Assets;
  readonly log: Log;
  readonly meter: Meter;
  readonly clock: Clock;
}

/**
 * Creates admin-app's application. The way of a call, from outside in: problems are answered, as pages to browsers; the host is
 * checked; calls for another service are passed on; the rest is routed. No origin but its own may read or write anything.
 */
export const createApp = (needs: AppNeeds): Handler => {
  const { config, database, stores, hasher, setup, peers, source, assets, log, meter, clock } = needs;
  const { admin_url, landing_url } = config;
  const { sessions, sign_ins, accounts } = stores;
  const guards = createGuards({ api_token_sha256: tokenHash(needs.api_token), cors_origins: [], require_token: false, rate_limit: new RateLimit(clock, config.rate_limit) });
  const door = new Door({ sessions, admin_url, clock });
  const routes = [
    ...healthRoutes({ service: config.service, version: VERSION, meter, writable: () => database.writable() }),
    ...backupRoutes({ database, name: 'admin', log }),
    ...assets.routes(),
    ...setupRoutes({ setup, sessions, sign_ins, assets, admin_url, clock }),
    ...signInRoutes({ accounts, sessions, sign_ins, hasher, door, assets, admin_url, log, clock }),
    ...overviewRoutes({ source, door, assets, landing_url }),
    ...switchRoutes({ ab: peers.ab, door }),
  ];
  const inner = gateway({ peers, door, guards }, createRouter(routes, guards));
  return showProblemsAsPages(assets, answerProblems(log, requireHost(config.allowed_hosts, inner)));
};
