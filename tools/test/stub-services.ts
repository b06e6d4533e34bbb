import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';

import type { ServiceName } from '../../shared/config.ts';
import { freePorts } from '../free-ports.ts';
import { SERVICE_NAMES } from '../start/settings.ts';
import { until } from '../until.ts';

/** The file that people run. */
export const RUN_FILE: string = fileURLToPath(new URL('../run.mjs', import.meta.url));

/** How a launcher ended. */
export interface LauncherExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A launcher that works on a folder of four tiny services of its own, and what can be seen of it. */
export interface StubLauncher {
  readonly launcher: ChildProcess;
  readonly root: string;
  readonly ports: Readonly<Record<ServiceName, number>>;
  /** Everything written so far, stdout and stderr. */
  output(): string;
  /** Waits for its end and for the end of all that write where it writes; answers the exit code and signal. */
  exit(): Promise<LauncherExit>;
  /** The process id that a service wrote down at its latest start. */
  pid(name: ServiceName): number;
  /** The variables that a service saw. */
  variables(name: ServiceName): Record<string, string>;
}

/** How the launcher is started: more variables, `.env` beside the services, another program in front of it. */
export interface StubOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly root?: string;
  readonly command?: (run_file: string, root: string) => readonly [string, ...string[]];
}

/** Makes a folder with four services that only answer `/health` and write down their process id and variables. */
export const stubRoot = (test: TestContext): string => {
  const root = mkdtempSync(join(tmpdir(), 'fairsplit-start-'));
  test.after(() => rmSync(root, { recursive: true, force: true }));
  for (const name of SERVICE_NAMES) {
    mkdirSync(join(root, name, 'src'), { recursive: true });
    cpSync(new URL('./stub-main.ts', import.meta.url), join(root, name, 'src', 'main.ts'));
  }
  return root;
};

/** Starts the launcher on stub services and free ports; whatever is left of them is ended after the test. */
export const startStubs = async (test: TestContext, options: StubOptions = {}): Promise<StubLauncher> => {
  const root = options.root ?? stubRoot(test);
  const [ab = 0, metrics = 0, landing = 0, admin = 0] = await freePorts(SERVICE_NAMES.length);
  const ports = { 'ab-service': ab, 'metrics-service': metrics, 'landing-service': landing, 'admin-app': admin };
  const [program, ...args] = options.command?.(RUN_FILE, root) ?? [process.execPath, RUN_FILE, 'start', '--root', root];
  const { NODE_OPTIONS: _options, NODE_CHANNEL_FD: _channel, NODE_TEST_CONTEXT: _context, ...inherited } = process.env;
  const launcher = spawn(program, args, {
    env: { ...inherited, AB_PORT: `${ab}`, METRICS_PORT: `${metrics}`, LANDING_PORT: `${landing}`, ADMIN_PORT: `${admin}`, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let ended: LauncherExit | undefined;
  launcher.on('close', (code, signal) => (ended = { code, signal }));
  let output = '';
  launcher.stdout.on('data', (bytes) => (output += String(bytes)));
  launcher.stderr.on('data', (bytes) => (output += String(bytes)));
  const read = (name: ServiceName, file: string): string => readFileSync(join(root, 'data', name, file), 'utf8');
  const pid = (name: ServiceName): number => Number(read(name, 'pid'));
  test.after(() => {
    launcher.kill('SIGKILL');
    for (const name of SERVICE_NAMES) endQuietly(() => process.kill(pid(name), 'SIGKILL'));
  });
  return {
    launcher,
    root,
    ports,
    output: () => output,
    exit: () => until('the end of the launcher', () => ended),
    pid,
    variables: (name) => JSON.parse(read(name, 'variables.json')) as Record<string, string>,
  };
};

/** Tells whether a process exists and is no zombie's leftover. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\tZ/m.test(endQuietly(() => readFileSync(`/proc/${pid}/status`, 'utf8')) ?? '');
  } catch {
    return false;
  }
};

const endQuietly = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch {
    return undefined;
  }
};
