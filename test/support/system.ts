import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProcessGuard } from '../../tools/process-guard.ts';
import { freePorts } from '../../tools/free-ports.ts';
import { until } from '../../tools/until.ts';
import { ServiceProcess } from './service-process.ts';

/** The four services, as a System names them. */
export type ServiceName = 'ab' | 'metrics' | 'landing' | 'admin';

/** In the order of their start: each finds those that it asks for already there. */
const FOLDERS: Readonly<Record<ServiceName, string>> = {
  ab: 'ab-service',
  metrics: 'metrics-service',
  landing: 'landing-service',
  admin: 'admin-app',
};
const NAMES: readonly ServiceName[] = ['ab', 'metrics', 'landing', 'admin'];

/** Variables that only some services are given; all others in `env` go to all. */
const OWNERS: Readonly<Record<string, readonly ServiceName[]>> = {
  ADMIN_PASSWORD: ['admin'],
  COOKIE_KEY: ['landing'],
  PAGES_DIR: ['landing'],
  API_TOKEN: ['ab', 'metrics', 'admin'],
  API_TOKEN_SHA256: ['landing'],
  INGEST_TOKEN: ['ab', 'metrics', 'landing'],
};

/** How the system is started. */
export interface SystemOptions {
  /** Added to the services' environment, each variable for those that it is for: `{ BOT_FILTER: 'off' }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the sources as they are (the default), or what `npm run build` made of them. */
  readonly from?: 'source' | 'dist';
  /** Which ones to start; the others have their ports and can be started later. */
  readonly services?: readonly ServiceName[];
  /** The folder that holds the services' folders, when it is not this repository. */
  readonly root?: string;
}

/** The services running together on free ports, with secrets and a data folder of their own; `await using` stops them. */
export interface System extends AsyncDisposable, Readonly<Record<ServiceName, ServiceProcess>> {
  readonly api_token: string;
  readonly ingest_token: string;
  /** Removed at the end. */
  readonly data_dir: string;
  /** What the running services wrote, each line with the service's name. */
  readonly logs: readonly string[];
  /** Stops all with SIGTERM and removes the data; throws when one had to be killed. Harmless when called again. */
  stop(): Promise<void>;
}

/** Waits until landing-service has its first configuration: before it nobody takes part, and the control is shown to all. */
const knowledgeOf = (landing: ServiceProcess, api_token: string): Promise<boolean> =>
  until('landing-service to have its configuration', async () => {
    const answer = await fetch(`${landing.url}/api/pages`, { headers: { authorization: `Bearer ${api_token}` } });
    const { configuration } = (await answer.json()) as { readonly configuration: { readonly version: number | null } };
    return typeof configuration.version === 'number';
  });

/**
 * Starts the services directly, `node <service>/src/main.ts`, and waits until each is healthy and landing-service knows what
 * ab-service decides. Neither they nor their data outlive the
 * test, however it ends. Throws with the output of the service that does not start.
 */
export const startSystem = async (options: SystemOptions = {}): Promise<System> => {
  const { env = {}, from = 'source', services = NAMES, root = fileURLToPath(new URL('../../', import.meta.url)) } = options;
  const data_dir = mkdtempSync(join(tmpdir(), 'fairsplit-system-'));
  const guard = new ProcessGuard(data_dir);
  const api_token = randomBytes(32).toString('base64url');
  const ingest_token = randomBytes(32).toString('base64url');
  const ports = await freePorts(NAMES.length);
  const addresses = Object.fromEntries(NAMES.map((name, at) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${ports[at]}`]));
  const everything = {
    HOST: '127.0.0.1',
    DATA_DIR: data_dir,
    ...addresses,
    API_TOKEN: api_token,
    API_TOKEN_SHA256: createHash('sha256').update(api_token).digest('hex'),
    INGEST_TOKEN: ingest_token,
    ...env,
  };

  const processOf = (name: ServiceName): ServiceProcess => {
    const port = ports[NAMES.indexOf(name)] ?? 0;
    const main = from === 'dist' ? join(root, 'dist', FOLDERS[name], 'src/main.js') : join(root, FOLDERS[name], 'src/main.ts');
    const own = Object.entries(everything).filter(([variable]) => OWNERS[variable]?.includes(name) ?? true);
    return new ServiceProcess({ name: FOLDERS[name], main, port, environment: { ...Object.fromEntries(own), PORT: String(port) } }, guard);
  };
  const all = { ab: processOf('ab'), metrics: processOf('metrics'), landing: processOf('landing'), admin: processOf('admin') };

  const stop = async (): Promise<void> => {
    const ends = await Promise.allSettled(NAMES.map((name) => all[name].stop()));
    await guard.close();
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };
  const system: System = {
    ...all,
    api_token,
    ingest_token,
    data_dir,
    get logs() {
      return NAMES.flatMap((name) => all[name].logs.map((line) => `${FOLDERS[name]} ${line}`));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
  try {
    await Promise.all(services.map((name) => all[name].start()));
    if (options.root === undefined && services.includes('ab') && services.includes('landing')) await knowledgeOf(all.landing, api_token);
  } catch (error) {
    await stop().catch(() => {});
    throw error;
  }
  return system;
};
