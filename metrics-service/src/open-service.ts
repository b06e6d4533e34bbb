import { systemClock } from '../../shared/clock.ts';
import { createGuards } from '../../shared/http/guards.ts';
import type { Meter } from '../../shared/http/meter.ts';
import { RateLimit } from '../../shared/http/rate-limit.ts';
import type { Log } from '../../shared/log.ts';
import type { Running } from '../../shared/run-service.ts';
import { tokenHash } from '../../shared/secrets.ts';
import type { Secrets } from '../../shared/secrets.ts';
import { openReader } from '../../shared/sqlite/open.ts';
import { createApp } from './app.ts';
import { databaseFile } from './config.ts';
import type { MetricsConfig } from './config.ts';
import type { RemoteRecording } from './recording/remote-recording.ts';
import { keptFrom } from './retention/retention.ts';
import { createReadStores } from './stores.ts';

const CACHE_KILOBYTES = 8_192;

/** What the service is opened with; the thread that writes has the database open already. */
export interface ServiceNeeds {
  readonly config: MetricsConfig;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly meter: Meter;
  readonly recording: RemoteRecording;
}

/** Opens what answers requests: a connection that reads, beside the thread that writes. */
export const openService = ({ config, secrets, log, meter, recording }: ServiceNeeds): Running => {
  const guards = createGuards({
    api_token_sha256: tokenHash(secrets.api_token),
    ingest_token_sha256: tokenHash(secrets.ingest_token),
    cors_origins: config.cors_origins,
    require_token: config.require_token,
    own_host_is_listed: true,
    rate_limit: new RateLimit(systemClock, config.rate_limit),
  });
  const stores = { ...createReadStores(openReader({ file: databaseFile(config), cache_kilobytes: CACHE_KILOBYTES })), recording };
  recording.onChange(({ experiments, visitors }) => {
    if (experiments) stores.experiments.forget();
    for (const visitor of visitors) stores.assignments.tell(visitor);
  });
  meter.add('ab_service_connected', 'gauge', 'Whether the assignment log can be followed.', () => (recording.isConnected ? 1 : 0));
  return {
    started: () => void recording.start(),
    stopping: () => void recording.stop(),
    app: createApp({ config, log, meter, guards, stores, clock: systemClock, oldest: () => keptFrom(config.retention_days, systemClock()) }),
    close: async () => {
      stores.database.close();
      await recording.close();
    },
  };
};
