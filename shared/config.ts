import { resolve } from 'node:path';
import { LOG_LEVELS } from './log.ts';
import type { LogLevel } from './log.ts';
import { choiceSetting, listSetting, numberSetting, originSetting, portSetting, switchSetting, textSetting } from './settings.ts';
import type { Environment } from './settings.ts';

/** The four services; also their folders' names. */
export type ServiceName = 'ab-service' | 'metrics-service' | 'landing-service' | 'admin-app';

/** The ports that the services have where nothing else is said. */
export const DEFAULT_PORTS: Readonly<Record<ServiceName, number>> = { 'landing-service': 8080, 'admin-app': 8081, 'metrics-service': 5001, 'ab-service': 5002 };

/** What every service reads from its environment. */
export interface CommonConfig {
  readonly service: ServiceName;
  readonly host: string;
  readonly port: number;
  /** Absolute. */
  readonly data_dir: string;
  readonly log_level: LogLevel;
  readonly ab_url: string;
  readonly metrics_url: string;
  readonly landing_url: string;
  readonly admin_url: string;
  /** Host names without ports, lower-case. */
  readonly allowed_hosts: readonly string[];
  readonly cors_origins: readonly string[];
  readonly require_token: boolean;
  readonly trusted_proxies: number;
  readonly rate_limit: boolean;
  readonly bot_filter: boolean;
}

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** Reads the settings that all services share; throws StartFault for a bad value. */
export const readCommonConfig = (environment: Environment, service: ServiceName): CommonConfig => {
  const urlOf = (name: string, peer: ServiceName): string => originSetting(environment, name, `http://localhost:${DEFAULT_PORTS[peer]}`);
  const ab_url = urlOf('AB_URL', 'ab-service');
  const metrics_url = urlOf('METRICS_URL', 'metrics-service');
  const landing_url = urlOf('LANDING_URL', 'landing-service');
  const admin_url = urlOf('ADMIN_URL', 'admin-app');
  const known = [...LOCAL_HOSTS, ...Object.keys(DEFAULT_PORTS), ...[ab_url, metrics_url, landing_url, admin_url].map((url) => new URL(url).hostname)];
  return {
    service,
    host: textSetting(environment, 'HOST', '127.0.0.1'),
    port: portSetting(environment, 'PORT', DEFAULT_PORTS[service]),
    data_dir: resolve(textSetting(environment, 'DATA_DIR', './data')),
    log_level: choiceSetting(environment, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    ab_url,
    metrics_url,
    landing_url,
    admin_url,
    allowed_hosts: [...new Set([...known, ...listSetting(environment, 'ALLOWED_HOSTS', [])].map((host) => host.toLowerCase()))],
    cors_origins: listSetting(environment, 'CORS_ORIGINS', [landing_url, admin_url]),
    require_token: switchSetting(environment, 'REQUIRE_TOKEN', false),
    trusted_proxies: numberSetting(environment, 'TRUST_PROXY', 0, { min: 0, max: 10 }),
    rate_limit: switchSetting(environment, 'RATE_LIMIT', true),
    bot_filter: switchSetting(environment, 'BOT_FILTER', true),
  };
};
