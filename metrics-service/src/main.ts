import { systemClock } from '../../shared/clock.ts';
import { createGuards } from '../../shared/http/guards.ts';
import { RateLimit } from '../../shared/http/rate-limit.ts';
import { runService } from '../../shared/run-service.ts';
import { openSecrets, tokenHash } from '../../shared/secrets.ts';
import { openReader } from '../../shared/sqlite/open.ts';
import { createApp } from './app.ts';
import { databaseFile, readConfig } from './config.ts';
import { RemoteRecording } from './recording/remote-recording.ts';
import { keptFrom } from './retention/retention.ts';
import { createReadStores } from './stores.ts';

const CACHE_KILOBYTES = 16_384;

await runService(readConfig, async (config, log, meter) => {
  const { api_token, ingest_token } = openSecrets(config);
  const guards = createGuards({
    api_token_sha256: tokenHash(api_token),
    ingest_token_sha256: tokenHash(ingest_token),
    cors_origins: config.cors_origins,
    require_token: config.require_token,
    own_host_is_listed: true,
    rate_limit: new RateLimit(systemClock, config.rate_limit),
  });
  // One thread answers requests and reads; another writes, and follows ab-service.
  const recording = await RemoteRecording.start({ config, api_token });
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
});
