import { join } from 'node:path';
import { systemClock } from '../../shared/clock.ts';
import { runService } from '../../shared/run-service.ts';
import { openSecrets } from '../../shared/secrets.ts';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { AB_SCHEMA } from './schema.ts';

await runService(readConfig, (config, log, meter) => {
  const secrets = openSecrets(config);
  const database = openDatabase({ file: join(config.data_dir, 'ab.sqlite'), ...AB_SCHEMA });
  const app = createApp({ config, secrets, database, log, meter, clock: systemClock });
  return {
    app: app.handle,
    stopping: app.stopping,
    close: async () => {
      await app.close();
      database.close();
    },
  };
});
