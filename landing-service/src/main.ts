import { join } from 'node:path';
import { systemClock } from '../../shared/clock.ts';
import { Peer } from '../../shared/http/peer.ts';
import { Assets } from '../../shared/http/static.ts';
import { runService } from '../../shared/run-service.ts';
import { readLandingSecrets } from '../../shared/secrets.ts';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { createApp } from './app.ts';
import { ASSIGN_TIMEOUT_MS } from './assignment/variant-chooser.ts';
import { readConfig } from './config.ts';
import { ConfigurationStore } from './configuration/configuration-store.ts';
import { Configuration } from './configuration/configuration.ts';
import { readPages } from './page/read-pages.ts';
import { LANDING_SCHEMA } from './schema.ts';
import { openStores } from './stores.ts';
import { openCookieKey } from './visitor/cookie-key.ts';

/** A batch of a thousand may take the other side a while, on a busy machine. */
const DELIVERY_TIMEOUT_MS = 10_000;

await runService(readConfig, async (config, log, meter) => {
  const clock = systemClock;
  const pages = readPages(new URL('../pages/', import.meta.url), config.pages_dir);
  const secrets = await readLandingSecrets(config);
  const database = openDatabase({ file: join(config.data_dir, 'landing.sqlite'), ...LANDING_SCHEMA });
  const key = openCookieKey(config.data_dir, config.cookie_key);
  const peer = (url: string, timeout_ms: number): Peer => new Peer({ url, token: secrets.ingest_token, timeout_ms });
  const ab = peer(config.ab_url, ASSIGN_TIMEOUT_MS);
  const [ab_deliveries, metrics] = [peer(config.ab_url, DELIVERY_TIMEOUT_MS), peer(config.metrics_url, DELIVERY_TIMEOUT_MS)];
  const stores = openStores({ database, media_dir: join(config.data_dir, 'media'), ab: ab_deliveries, metrics, log, clock });
  const configuration = new Configuration({ store: new ConfigurationStore(database), log, clock });
  const assets = new Assets(new URL('../public/', import.meta.url));
  return {
    app: createApp({ config, secrets, stores, configuration, pages, assets, ab, key, log, meter, clock }),
    started: () => {
      configuration.follow(peer(config.ab_url, DELIVERY_TIMEOUT_MS));
      for (const delivery of Object.values(stores.deliveries)) delivery.start();
    },
    close: async () => {
      configuration.close();
      for (const each of [ab, ab_deliveries, metrics]) each.close();
      await stores.close();
    },
  };
});
