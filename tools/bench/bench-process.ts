import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { get } from 'node:http';
import { nodeArgumentsFor } from '../node-arguments.ts';
import { nodeEnvironmentFor } from '../node-environment.ts';
import type { ProcessGuard } from '../process-guard.ts';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 20_000;
const LOOK_EVERY_MS = 2;
const OUTPUT_KEPT = 2_000;

/** What is measured, as a process of its own. */
export interface BenchCommand {
  readonly name: string;
  readonly main: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  /** For Node, before the program's name. */
  readonly node_arguments?: readonly string[];
}

const isHealthy = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path: '/health', agent: false }, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });

/** A server under measurement: started, timed until it is healthy, stopped for certain. */
export class BenchProcess {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  /** From the spawn to the first 200 of `/health`. */
  start_ms: number = NaN;
  readonly #command: BenchCommand;
  readonly #guard: ProcessGuard;
  #child: ChildProcess | undefined;
  #closed: Promise<void> = Promise.resolve();
  #output = '';

  constructor(command: BenchCommand, guard: ProcessGuard) {
    this.name = command.name;
    this.port = command.port;
    this.url = `http://127.0.0.1:${command.port}`;
    this.#command = command;
    this.#guard = guard;
  }

  /** Process id; 0 before the first start. */
  get id(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it and waits until it is healthy; throws with what it wrote when it is not within a minute. */
  async start(): Promise<void> {
    const { main, environment, node_arguments = [] } = this.#command;
    const began = performance.now();
    // The channel is the services' lifeline: they stop when it closes.
    const child = spawn(process.execPath, [...nodeArgumentsFor(this.#command.name), ...node_arguments, main], { env: { ...nodeEnvironmentFor(this.#command.name), ...environment }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    this.#output = '';
    if (child.pid !== undefined) this.#guard.watch(child.pid);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (this.#output = `${this.#output}${bytes}`.slice(-OUTPUT_KEPT)));
    this.#closed = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('close', () => {
        if (child.pid !== undefined) this.#guard.forget(child.pid);
        resolve();
      });
    });
    while (!(await isHealthy(this.port))) {
      if (child.exitCode !== null || performance.now() - began > START_MS_MAX) {
        await this.stop();
        throw new Error(`${this.name} is not healthy${child.exitCode === null ? '' : `: it ended with ${child.exitCode}`}.\n${this.#output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    this.start_ms = performance.now() - began;
  }

  /** Stops it with SIGTERM, after twenty seconds with SIGKILL; harmless when it does not run. */
  async stop(): Promise<void> {
    const last_resort = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_MS_MAX);
    this.#child?.kill('SIGTERM');
    await this.#closed;
    clearTimeout(last_resort);
  }
}
