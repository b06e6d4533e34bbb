import { join } from 'node:path';
import { readCommonConfig } from '../../shared/config.ts';
import type { CommonConfig } from '../../shared/config.ts';
import { numberSetting, secretSetting } from '../../shared/settings.ts';
import type { Environment } from '../../shared/settings.ts';

/** What metrics-service reads from its environment. */
export interface MetricsConfig extends CommonConfig {
  readonly api_token: string | undefined;
  readonly ingest_token: string | undefined;
  /** How many whole days persons are kept; 0 keeps them for ever. */
  readonly retention_days: number;
}

/** The file that metrics-service keeps everything in. */
export const databaseFile = ({ data_dir }: Pick<MetricsConfig, 'data_dir'>): string => join(data_dir, 'metrics.sqlite');

/** Reads the settings of metrics-service; throws StartFault for a bad value. */
export const readConfig = (environment: Environment = process.env): MetricsConfig => ({
  ...readCommonConfig(environment, 'metrics-service'),
  api_token: secretSetting(environment, 'API_TOKEN'),
  ingest_token: secretSetting(environment, 'INGEST_TOKEN'),
  retention_days: numberSetting(environment, 'RETENTION_DAYS', 0, { min: 0, max: 36_500 }),
});
