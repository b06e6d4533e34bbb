import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../free-ports.ts';
import { ProcessGuard } from '../process-guard.ts';
import { BenchProcess } from './bench-process.ts';

/** What can be started: the four services, and the limit that they are measured against. */
export type BenchName = 'ab' | 'metrics' | 'landing' | 'admin' | 'limit';

const NAMES: readonly BenchName[] = ['ab', 'metrics', 'landing', 'admin', 'limit'];
const FOLDERS: Readonly<Record<Exclude<BenchName, 'limit'>, string>> = { ab: 'ab-service', metrics: 'metrics-service', landing: 'landing-service', admin: 'admin-app' };
const LIMIT = fileURLToPath(new URL('./limit-server.ts', import.meta.url));

/** What a system is made of. */
export interface BenchSystemOptions {
  /** The folder with `dist/` in it. */
  readonly root: string;
  /** Started one after the other, in this order. */
  readonly names: readonly BenchName[];
  /** Where profiles go (`--cpu-prof`), when they are wanted. */
  readonly profile_dir?: string | undefined;
}

/** Servers started afresh for one measurement, on free ports, with data of their own that is removed in the end. */
export interface BenchSystem extends AsyncDisposable {
  readonly data_dir: string;
  readonly api_token: string;
  /** One that runs; throws when it was not asked for. */
  process(name: BenchName): BenchProcess;
  /** What its database takes of the disk, in bytes. */
  diskBytes(name: BenchName): number;
}

/** The database of a service and its log. */
const databaseBytes = (folder: string, name: string): number =>
  readdirSync(folder).reduce((sum, file) => (file.startsWith(`${name}.sqlite`) ? sum + statSync(join(folder, file)).size : sum), 0);

/** Starts a system; nothing of it outlives this process. Throws with the output of what does not start. */
export const startBenchSystem = async (options: BenchSystemOptions): Promise<BenchSystem> => {
  const data_dir = mkdtempSync(join(tmpdir(), 'fairsplit-bench-'));
  const guard = new ProcessGuard(data_dir);
  const api_token = randomBytes(32).toString('base64url');
  const ingest_token = randomBytes(32).toString('base64url');
  const ports = await freePorts(NAMES.length);
  const portOf = (name: BenchName): number => ports[NAMES.indexOf(name)] ?? 0;
  const common = {
    HOST: '127.0.0.1',
    DATA_DIR: data_dir,
    AB_URL: `http://127.0.0.1:${portOf('ab')}`,
    METRICS_URL: `http://127.0.0.1:${portOf('metrics')}`,
    LANDING_URL: `http://127.0.0.1:${portOf('landing')}`,
    ADMIN_URL: `http://127.0.0.1:${portOf('admin')}`,
    RATE_LIMIT: 'off',
    BOT_FILTER: 'off',
    LOG_LEVEL: 'info',
  };
  const own: Readonly<Record<BenchName, Readonly<Record<string, string>>>> = {
    ab: { API_TOKEN: api_token, INGEST_TOKEN: ingest_token },
    metrics: { API_TOKEN: api_token, INGEST_TOKEN: ingest_token },
    landing: { API_TOKEN_SHA256: createHash('sha256').update(api_token).digest('hex'), INGEST_TOKEN: ingest_token },
    admin: { API_TOKEN: api_token },
    limit: {},
  };
  const processes = new Map(
    options.names.map((name) => [
      name,
      new BenchProcess(
        {
          name: name === 'limit' ? 'the limit' : FOLDERS[name],
          main: name === 'limit' ? LIMIT : join(options.root, 'dist', FOLDERS[name], 'src/main.js'),
          port: portOf(name),
          environment: { ...common, ...own[name], PORT: String(portOf(name)) },
          node_arguments: options.profile_dir === undefined || name === 'limit' ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(options.profile_dir, FOLDERS[name])}`],
        },
        guard,
      ),
    ]),
  );
  const stop = async (): Promise<void> => {
    await Promise.all([...processes.values()].map((one) => one.stop()));
    await guard.close();
  };
  try {
    for (const one of processes.values()) await one.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    data_dir,
    api_token,
    process: (name) => {
      const found = processes.get(name);
      if (found === undefined) throw new Error(`${name} does not run here.`);
      return found;
    },
    diskBytes: (name) => databaseBytes(data_dir, name),
    [Symbol.asyncDispose]: stop,
  };
};
