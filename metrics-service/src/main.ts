import { join } from 'node:path';
import { systemClock } from '../../shared/clock.ts';
import { createGuards } from '../../shared/http/guards.ts';
import { RateLimit } from '../../shared/http/rate-limit.ts';
import { runService } from '../../shared/run-service.ts';
import { openSecrets, tokenHash } from '../../shared/secrets.ts';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { hostOf } from './analytics/visit-source.ts';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { followAb } from './following.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';
import { Retention } from './retention/retention.ts';
import { createStores } from './stores.ts';

const CACHE_KILOBYTES = 32_768;

await runService(readConfig, (config, log, meter) => {
  const { api_token, ingest_token } = openSecrets(config);
  const guards = createGuards({
    api_token_sha256: tokenHash(api_token),
    ingest_token_sha256: tokenHash(ingest_token),
    cors_origins: config.cors_origins,
    require_token: config.require_token,
    own_host_is_listed: true,
    rate_limit: new RateLimit(systemClock, config.rate_limit),
  });
  const database = openDatabase({ file: join(config.data_dir, 'metrics.sqlite'), application_id: APPLICATION_ID, migrations: MIGRATIONS, cache_kilobytes: CACHE_KILOBYTES });
  const stores = createStores(database, [...config.allowed_hosts, ...config.cors_origins.flatMap((origin) => hostOf(origin) ?? [])]);
  const retention = new Retention({ stores, clock: systemClock, log, days: config.retention_days });
  const oldest = (): number => retention.oldest();
  let stopFollowing = (): void => {};
  return {
    started: () => {
      const stopAb = followAb({ ab_url: config.ab_url, api_token, stores, oldest, meter, log });
      retention.start();
      const stopSessions = stores.follower.start(systemClock, log);
      stopFollowing = () => {
        stopSessions();
        stopAb();
      };
    },
    stopping: () => {
      retention.stop();
      stopFollowing();
    },
    app: createApp({ config, log, meter, guards, stores, clock: systemClock, oldest }),
    close: async () => {
      await stores.writer.drain();
      database.close();
    },
  };
});
