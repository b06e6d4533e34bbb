import { readCommonConfig } from '../../shared/config.ts';
import type { CommonConfig } from '../../shared/config.ts';
import { originSetting, secretSetting } from '../../shared/settings.ts';
import type { Environment } from '../../shared/settings.ts';

/** What admin-app reads from its environment. */
export interface AdminConfig extends CommonConfig {
  /** Read from `DATA_DIR/secrets` where absent. */
  readonly api_token: string | undefined;
  /** Makes the first account, `admin`, without the set-up link. */
  readonly admin_password: string | undefined;
  /** Where this service calls landing-service; people reach it at `landing_url`, which containers cannot. */
  readonly landing_peer_url: string;
}

/** Reads the settings of admin-app; throws StartFault for a bad value. */
export const readConfig = (environment: Environment = process.env): AdminConfig => {
  const common = readCommonConfig(environment, 'admin-app');
  return {
    ...common,
    api_token: secretSetting(environment, 'API_TOKEN'),
    admin_password: secretSetting(environment, 'ADMIN_PASSWORD'),
    landing_peer_url: originSetting(environment, 'LANDING_PEER_URL', common.landing_url),
  };
};
