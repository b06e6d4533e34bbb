import { join } from 'node:path';
import { systemClock as clock } from '../../shared/clock.ts';
import { Assets } from '../../shared/http/static.ts';
import { runService } from '../../shared/run-service.ts';
import { openSecrets } from '../../shared/secrets.ts';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { PasswordHasher } from './account/password-hasher.ts';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { openPeers } from './gateway/peers.ts';
import { OverviewSource } from './overview/overview-source.ts';
import { ADMIN_SCHEMA } from './schema.ts';
import { LinkFile } from './setup/link-file.ts';
import { Setup } from './setup/setup.ts';
import { openStores } from './stores.ts';

await runService(readConfig, async (config, log, meter) => {
  const { api_token } = openSecrets(config);
  const database = openDatabase({ file: join(config.data_dir, 'admin.sqlite'), ...ADMIN_SCHEMA });
  const stores = openStores(database);
  const hasher = new PasswordHasher();
  const setup = new Setup({ ...stores, database, hasher, file: new LinkFile(config.data_dir), admin_url: config.admin_url, log, clock });
  await setup.begin(config.admin_password);
  const peers = openPeers(config, api_token);
  const source = new OverviewSource(peers, clock);
  const assets = new Assets(new URL('../public/', import.meta.url));
  const close = (): void => {
    setup.close();
    source.close();
    for (const peer of Object.values(peers)) peer.close();
    database.close();
  };
  return { app: createApp({ config, api_token, database, stores, hasher, setup, peers, source, assets, log, meter, clock }), close };
});
