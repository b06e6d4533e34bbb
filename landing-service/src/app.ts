import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../shared/clock.ts';
import { backupRoutes } from '../../shared/http/backup-route.ts';
import { createGuards } from '../../shared/http/guards.ts';
import { healthRoutes } from '../../shared/http/health.ts';
import type { Handler } from '../../shared/http/call.ts';
import type { Meter } from '../../shared/http/meter.ts';
import type { Peer } from '../../shared/http/peer.ts';
import { RateLimit } from '../../shared/http/rate-limit.ts';
import { createServiceApp } from '../../shared/http/service-app.ts';
import type { Assets } from '../../shared/http/static.ts';
import type { Log } from '../../shared/log.ts';
import type { LandingSecrets } from '../../shared/secrets.ts';
import { tokenHash } from '../../shared/secrets.ts';
import { VERSION } from '../../shared/version.ts';
import { AssignClient } from './assignment/assign-client.ts';
import { VariantChooser } from './assignment/variant-chooser.ts';
import type { LandingConfig } from './config.ts';
import type { Configuration } from './configuration/configuration.ts';
import { EventDoor } from './event/event-door.ts';
import { eventRoutes } from './event/event-routes.ts';
import { pixelRoutes } from './event/pixel-routes.ts';
import { trackerRoutes } from './event/tracker-routes.ts';
import { contactRoutes } from './lead/contact-routes.ts';
import { leadRoutes } from './lead/lead-routes.ts';
import { countInMeter } from './count-in-meter.ts';
import type { Page } from './page/page.ts';
import { pageListRoutes } from './page/page-list-routes.ts';
import { pageRoutes } from './page/page-routes.ts';
import { PageServer } from './page/page-server.ts';
import type { Stores } from './stores.ts';
import { trackRoutes } from './track/track-routes.ts';
import { Exclusions } from './visitor/exclusion.ts';
import { visitorRoutes } from './visitor/visitor-routes.ts';

/** What the application works with; it opens nothing itself. */
export interface AppNeeds {
  readonly config: LandingConfig;
  readonly secrets: LandingSecrets;
  readonly stores: Stores;
  readonly configuration: Configuration;
  readonly pages: ReadonlyMap<string, Page>;
  /** The folder `public/`. */
  readonly assets: Assets;
  /** ab-service, with the timeout of a page. */
  readonly ab: Peer;
  readonly key: KeyObject;
  readonly log: Log;
  readonly meter: Meter;
  readonly clock: Clock;
}

/** Creates landing-service's application. */
export const createApp = ({ config, secrets, stores, configuration, pages, assets, ab, key, log, meter, clock }: AppNeeds): Handler => {
  const { database, leads, outbox, tally, deliveries, library, toggle_report } = stores;
  const exclusions = new Exclusions(config.bot_filter);
  const guards = createGuards({
    api_token_sha256: secrets.api_token_sha256,
    ingest_token_sha256: tokenHash(secrets.ingest_token),
    cors_origins: config.cors_origins,
    // The page is for everybody: REQUIRE_TOKEN closes the inner services, not this one.
    require_token: false,
    rate_limit: new RateLimit(clock, config.rate_limit),
    own_host_is_listed: true,
  });
  const chooser = new VariantChooser({ configuration, client: new AssignClient(ab), outbox, clock, log });
  const server = new PageServer({ pages, configuration, chooser, tally, key, clock, tracker_url: assets.url('tracker.ts'), library, toggle_report, exclusions, proxied: config.trusted_proxies > 0, admin_url: config.admin_url });
  const door = new EventDoor({ configuration, outbox, tally, key, clock, exclusions });
  countInMeter(meter, stores, configuration, chooser);

  const routes = [
    ...healthRoutes({ service: config.service, version: VERSION, meter, writable: () => database.writable() }),
    ...backupRoutes({ database, name: 'landing', log }),
    ...eventRoutes(door, key),
    ...pixelRoutes({ door, outbox, key, clock }),
    ...trackerRoutes(assets),
    ...contactRoutes({ leads, outbox, door, server, tally, key, clock }),
    ...leadRoutes(leads),
    ...trackRoutes(library),
    ...visitorRoutes({ leads, outbox, deliveries: Object.values(deliveries) }),
    ...pageListRoutes({ pages, configuration, tally, outbox }),
    // Last: a page's name is what no other path is.
    ...pageRoutes(server, assets, ab),
  ];
  return createServiceApp(routes, { config, hosts: null, log, guards });
};
