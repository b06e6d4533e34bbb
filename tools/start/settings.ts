import { resolve } from 'node:path';

import { DEFAULT_PORTS } from '../../shared/config.ts';
import type { ServiceName } from '../../shared/config.ts';
import { originSetting, portSetting, secretSetting, textSetting } from '../../shared/settings.ts';
import type { Environment } from '../../shared/settings.ts';
import { StartFault } from '../../shared/start-fault.ts';

/** The four services in the order in which they are started and shown. */
export const SERVICE_NAMES: readonly ServiceName[] = ['ab-service', 'metrics-service', 'landing-service', 'admin-app'];

/** Where one service listens and is reached: by people and services (`url`), and by the launcher itself (`health_url`). */
export interface ServiceAddress {
  readonly name: ServiceName;
  readonly port: number;
  readonly url: string;
  readonly health_url: string;
}

/** What `npm start` works with, after reading the environment once. */
export interface Settings {
  readonly host: string;
  /** Absolute. */
  readonly data_dir: string;
  readonly services: readonly ServiceAddress[];
  readonly api_token: string | undefined;
  readonly ingest_token: string | undefined;
}

const PREFIXES: Readonly<Record<ServiceName, string>> = { 'ab-service': 'AB', 'metrics-service': 'METRICS', 'landing-service': 'LANDING', 'admin-app': 'ADMIN' };
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1', '[::]': '::1' };

/** Names the variable that holds a service's address, such as `AB_URL`. */
export const urlVariable = (name: ServiceName): string => `${PREFIXES[name]}_URL`;

/** Names the variable that holds a service's port in the launcher's environment, such as `AB_PORT`; the service itself reads `PORT`. */
export const portVariable = (name: ServiceName): string => `${PREFIXES[name]}_PORT`;

/** Reads the launcher's settings; `data_dir` is taken from `folder` when it is relative. Throws StartFault for a bad value. */
export const settingsOf = (environment: Environment, folder: string): Settings => {
  const host = textSetting(environment, 'HOST', '127.0.0.1');
  const services = SERVICE_NAMES.map((name) => addressOf(name, host, environment));
  for (const [index, service] of services.entries()) {
    const twin = services.slice(0, index).find((other) => other.port === service.port);
    if (twin) throw new StartFault(`${portVariable(twin.name)} and ${portVariable(service.name)} are both ${service.port}; each service needs its own port.`);
  }
  return {
    host,
    data_dir: resolve(folder, textSetting(environment, 'DATA_DIR', './data')),
    services,
    api_token: secretSetting(environment, 'API_TOKEN'),
    ingest_token: secretSetting(environment, 'INGEST_TOKEN'),
  };
};

const addressOf = (name: ServiceName, host: string, environment: Environment): ServiceAddress => {
  const port = portSetting(environment, portVariable(name), DEFAULT_PORTS[name]);
  if (port === 0) throw new StartFault(`${portVariable(name)} must not be 0: the services have to know each other's ports.`);
  const reachable = ANY_ADDRESS[host] ?? host;
  const machine = `http://${reachable.includes(':') && !reachable.startsWith('[') ? `[${reachable}]` : reachable}:${port}`;
  // Links that people open say localhost; the inner addresses spare every call the look-up of a name.
  const for_people = name === 'landing-service' || name === 'admin-app';
  const fallback = for_people && ['127.0.0.1', '::1'].includes(reachable) ? `http://localhost:${port}` : machine;
  return { name, port, url: originSetting(environment, urlVariable(name), fallback), health_url: `${machine}/health` };
};
