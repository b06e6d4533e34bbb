import { resolve } from 'node:path';
import { readCommonConfig } from '../../shared/config.ts';
import type { CommonConfig } from '../../shared/config.ts';
import { secretSetting, textSetting } from '../../shared/settings.ts';
import type { Environment } from '../../shared/settings.ts';
import { StartFault } from '../../shared/start-fault.ts';

/** What landing-service reads from its environment. */
export interface LandingConfig extends CommonConfig {
  /** Hex; read from `DATA_DIR/secrets-landing` where absent. */
  readonly api_token_sha256: string | undefined;
  readonly ingest_token: string | undefined;
  /** Signs visitors' cookies; made and kept in `DATA_DIR` where absent. */
  readonly cookie_key: string | undefined;
  /** A folder with more pages; absolute. */
  readonly pages_dir: string | undefined;
}

const COOKIE_KEY_LENGTH_MIN = 32;

/** Reads the settings of landing-service; throws StartFault for a bad value. */
export const readConfig = (environment: Environment = process.env): LandingConfig => {
  const pages_dir = textSetting(environment, 'PAGES_DIR', '');
  const cookie_key = secretSetting(environment, 'COOKIE_KEY');
  if (cookie_key !== undefined && cookie_key.length < COOKIE_KEY_LENGTH_MIN) throw new StartFault(`COOKIE_KEY must have at least ${COOKIE_KEY_LENGTH_MIN} characters.`);
  return {
    ...readCommonConfig(environment, 'landing-service'),
    api_token_sha256: textSetting(environment, 'API_TOKEN_SHA256', '') || undefined,
    ingest_token: secretSetting(environment, 'INGEST_TOKEN'),
    cookie_key,
    pages_dir: pages_dir === '' ? undefined : resolve(pages_dir),
  };
};
