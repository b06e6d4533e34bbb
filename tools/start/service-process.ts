import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

import { nodeArgumentsFor } from '../node-arguments.ts';
import { nodeEnvironmentFor } from '../node-environment.ts';
import { decideRestart, NO_DEATHS } from './restart-policy.ts';
import type { RestartState } from './restart-policy.ts';

const STOP_MS = 1_800;

/** What a supervised service needs, and whom it tells what: each line it writes, and each death in one sentence. */
export interface ServiceProcessOptions {
  readonly name: string;
  readonly main_file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly onDeath: (sentence: string) => void;
  /** Called once, instead of a restart, when it exits with code 1 before `markHealthy`: its own line on stderr said why. */
  readonly onStartFault: () => void;
}

/** One service as a child process: started, its output handed on, started again when it dies, stopped for certain. */
export class ServiceProcess {
  readonly #options: ServiceProcessOptions;
  #child: ChildProcess | undefined;
  #closed: Promise<void> = Promise.resolve();
  #restarts: RestartState = NO_DEATHS;
  #timer: NodeJS.Timeout | undefined;
  #was_healthy = false;
  #stopping = false;

  constructor(options: ServiceProcessOptions) {
    this.#options = options;
    this.#start();
  }

  /** From now on every death is followed by a restart, whatever its exit code. */
  markHealthy(): void {
    this.#was_healthy = true;
  }

  /** Sends SIGTERM, then SIGKILL after 1.8 s; settles when the process is gone and its last line was handed on. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGTERM');
    const last_resort = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_MS);
    await this.#closed;
    clearTimeout(last_resort);
  }

  #start(): void {
    const { main_file, environment, onLine } = this.#options;
    const started_at = performance.now();
    // Detached: Ctrl-C in a terminal reaches the launcher alone, which then stops the services in order. The channel's
    // end tells a service that the launcher is gone, even when nothing was left to signal it.
    const child = spawn(process.execPath, [...nodeArgumentsFor(this.#options.name), main_file], {
      env: { ...nodeEnvironmentFor(this.#options.name), ...environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    eachLine(child.stdout, (line) => onLine(line, 'stdout'));
    eachLine(child.stderr, (line) => onLine(line, 'stderr'));
    child.on('exit', (code, signal) => this.#died(code, signal, performance.now() - started_at));
    this.#closed = new Promise((resolve) => {
      child.on('close', () => resolve());
      child.on('error', (error) => {
        if (child.pid !== undefined) return;
        onLine(`cannot be started: ${error.message}`, 'stderr');
        this.#died(1, null, 0);
        resolve();
      });
    });
  }

  #died(code: number | null, signal: string | null, lived_ms: number): void {
    this.#child = undefined;
    if (this.#stopping) return;
    const { name, onDeath, onStartFault } = this.#options;
    if (!this.#was_healthy && code === 1) {
      this.#stopping = true;
      void this.#closed.then(onStartFault);
      return;
    }
    const { state, delay_ms } = decideRestart(this.#restarts, performance.now(), lived_ms);
    this.#restarts = state;
    const cause = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
    onDeath(`${name} ${cause}: ${delay_ms === 0 ? 'restarting it' : `it keeps ending, restarting it in ${delay_ms / 1000} s`}`);
    if (delay_ms === 0) this.#start();
    else this.#timer = setTimeout(() => this.#start(), delay_ms);
  }
}

const eachLine = (stream: Readable | null, take: (line: string) => void): void => {
  if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', take);
};
