import { runService } from '../../shared/run-service.ts';
import { openSecrets } from '../../shared/secrets.ts';
import { readConfig } from './config.ts';
import { RemoteRecording } from './recording/remote-recording.ts';

await runService(readConfig, async (config, log, meter) => {
  const secrets = openSecrets(config);
  // One thread writes, and opens the database while this one, which answers requests, is still being loaded.
  const [recording, { openService }] = await Promise.all([RemoteRecording.start({ config, api_token: secrets.api_token }), import('./open-service.ts')]);
  return openService({ config, secrets, log, meter, recording });
});
