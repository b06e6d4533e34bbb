import type { ServiceName } from '../../shared/config.ts';
import type { LandingSecrets, Secrets } from '../../shared/secrets.ts';
import type { Environment } from '../../shared/settings.ts';
import { urlVariable } from './settings.ts';
import type { Settings } from './settings.ts';

const SYSTEM = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'LC_ALL', 'SYSTEMROOT'];
const COMMON = ['LOG_LEVEL', 'TRUST_PROXY', 'RATE_LIMIT'];
const INNER = ['ALLOWED_HOSTS'];
const OPEN = ['CORS_ORIGINS', 'BOT_FILTER'];

const OWN: Readonly<Record<ServiceName, readonly string[]>> = {
  'ab-service': [...INNER, ...OPEN, 'REQUIRE_TOKEN'],
  'metrics-service': [...INNER, ...OPEN, 'REQUIRE_TOKEN', 'RETENTION_DAYS'],
  'landing-service': [...OPEN, 'COOKIE_KEY', 'PAGES_DIR'],
  'admin-app': [...INNER, 'ADMIN_PASSWORD', 'ADMIN_PASSWORD_FILE'],
};

/**
 * Picks the variables that one service may see, by an allow-list: whatever else the shell or `.env` holds stays here.
 * landing-service, which faces the world, gets the API token's hash and never the token; only admin-app gets the password.
 */
export const serviceEnvironment = (
  name: ServiceName,
  environment: Environment,
  settings: Settings,
  secrets: Secrets & LandingSecrets,
): Record<string, string> => {
  const chosen: Record<string, string> = {};
  for (const variable of [...SYSTEM, ...COMMON, ...OWN[name]]) {
    const value = environment[variable];
    if (value !== undefined) chosen[variable] = value;
  }
  for (const service of settings.services) {
    chosen[urlVariable(service.name)] = service.url;
    if (service.name === name) chosen['PORT'] = String(service.port);
    // LANDING_URL may be an address on the far side of a proxy; admin-app calls the landing page where it listens.
    if (service.name === 'landing-service' && name === 'admin-app') chosen['LANDING_PEER_URL'] = new URL(service.health_url).origin;
  }
  chosen['HOST'] = settings.host;
  chosen['DATA_DIR'] = settings.data_dir;
  if (name === 'landing-service') chosen['API_TOKEN_SHA256'] = secrets.api_token_sha256;
  else chosen['API_TOKEN'] = secrets.api_token;
  if (name !== 'admin-app') chosen['INGEST_TOKEN'] = secrets.ingest_token;
  return chosen;
};
