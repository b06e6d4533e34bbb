import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { openSecrets, tokenHash } from '../shared/secrets.ts';
import { StartFault } from '../shared/start-fault.ts';
import { banner } from './start/banner.ts';
import { formatLogLine } from './start/log-line.ts';
import { serviceEnvironment } from './start/service-environment.ts';
import { ServiceProcess } from './start/service-process.ts';
import { portVariable, settingsOf } from './start/settings.ts';
import type { Settings } from './start/settings.ts';
import { untilHealthy } from './start/until-healthy.ts';

const PATIENCE_MS = 10_000;
const colour = Boolean(process.stdout.isTTY) && !process.env['NO_COLOR'];

const readSettings = (root: string): Settings => {
  const env_file = join(root, '.env');
  // A relative DATA_DIR belongs to where it was written: the caller's folder, or the checkout that holds .env.
  const folder = process.env['DATA_DIR'] ? process.cwd() : root;
  try {
    if (existsSync(env_file)) process.loadEnvFile(env_file);
  } catch (error) {
    throw new StartFault(`${env_file} cannot be read: ${(error as Error).message}.`);
  }
  return settingsOf(process.env, folder);
};

const start = (root: string): void => {
  const settings = readSettings(root);
  const secrets = openSecrets(settings);
  const all_secrets = { ...secrets, api_token_sha256: tokenHash(secrets.api_token) };
  const waiting = new AbortController();
  const show = (service: string, line: string, stream: 'stdout' | 'stderr' = 'stdout'): boolean =>
    process[stream].write(`${formatLogLine(line, { service, colour, now: Date.now() })}\n`);

  let stopping = false;
  const stop = async (exit_code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    waiting.abort();
    await Promise.all(services.map((service) => service.stop()));
    process.exit(exit_code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stopping) show('fairsplit', 'stopping');
      void stop(0);
    });
  }
  // A reader that went away (`npm start | head`) is no reason to leave services behind.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => void stop(0));

  const started_at = performance.now();
  const services = settings.services.map(
    ({ name }) =>
      new ServiceProcess({
        name,
        main_file: join(root, name, 'src', 'main.ts'),
        environment: serviceEnvironment(name, process.env, settings, all_secrets),
        onLine: (line, stream) => show(name, line, stream),
        onDeath: (sentence) => show('fairsplit', sentence),
        onStartFault: () => {
          if (!stopping) show('fairsplit', `${name} could not start: its line above says why (its PORT is ${portVariable(name)} here). Stopping everything.`, 'stderr');
          void stop(1);
        },
      }),
  );
  void announce(settings, services, started_at, waiting.signal, show);
};

const announce = async (
  settings: Settings,
  services: readonly ServiceProcess[],
  started_at: number,
  signal: AbortSignal,
  show: (service: string, line: string) => boolean,
): Promise<void> => {
  const healthy = new Set<string>();
  const impatience = setTimeout(() => {
    const missing = settings.services.map(({ name }) => name).filter((name) => !healthy.has(name));
    show('fairsplit', `still waiting for ${missing.join(', ')}`);
  }, PATIENCE_MS);
  try {
    await Promise.all(
      settings.services.map(async ({ name, health_url }) => {
        await untilHealthy({ name, health_url, started_at }, signal);
        healthy.add(name);
      }),
    );
    for (const service of services) service.markHealthy();
    process.stdout.write(banner(settings, process.uptime(), colour));
  } catch {
    // Stopped before it was ready: whoever stopped it has said so.
  } finally {
    clearTimeout(impatience);
  }
};

try {
  const { values } = parseArgs({ options: { root: { type: 'string' } } });
  start(values.root === undefined ? dirname(dirname(fileURLToPath(import.meta.url))) : resolve(values.root));
} catch (error) {
  const expected = error instanceof StartFault || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`${expected ? (error as Error).message : (error as Error).stack}\n`);
  process.exit(1);
}
