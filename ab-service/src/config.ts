import { readCommonConfig } from '../../shared/config.ts';
import type { CommonConfig } from '../../shared/config.ts';
import { secretSetting } from '../../shared/settings.ts';
import type { Environment } from '../../shared/settings.ts';

/** What ab-service reads from its environment. */
export interface AbConfig extends CommonConfig {
  readonly api_token: string | undefined;
  readonly ingest_token: string | undefined;
}

/** Reads the settings of ab-service; throws StartFault for a bad value. */
export const readConfig = (environment: Environment = process.env): AbConfig => ({
  ...readCommonConfig(environment, 'ab-service'),
  api_token: secretSetting(environment, 'API_TOKEN'),
  ingest_token: secretSetting(environment, 'INGEST_TOKEN'),
});
