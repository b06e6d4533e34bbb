import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { until } from '../../tools/until.ts';
import { nodeArgumentsFor } from '../../tools/node-arguments.ts';
import type { ProcessGuard } from '../../tools/process-guard.ts';

/** How long a service may take until it is healthy, on a machine that is busy with other tests. */
const START_MS_MAX = 60_000;

/** DESIGN promises two seconds; a service that needs more than this is killed and the test told. */
const STOP_MS_MAX = 10_000;

/** How a service process ended: one of the two is null. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a service process is started with. */
export interface ServiceCommand {
  /** As it is called in messages and logs. */
  readonly name: string;
  readonly main: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** One service as a process of its own, on a port that stays its own: it can be stopped, killed and started again. */
export class ServiceProcess {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** Everything that it wrote on stdout and stderr so far, line by line, over all its lives. */
  readonly logs: string[] = [];
  readonly #command: ServiceCommand;
  readonly #guard: ProcessGuard;
  #process: ChildProcess | undefined;
  #end: Promise<ProcessEnd> | undefined;

  constructor(command: ServiceCommand, guard: ProcessGuard) {
    this.name = command.name;
    this.port = command.port;
    this.url = `http://127.0.0.1:${command.port}`;
    this.#command = command;
    this.#guard = guard;
  }

  /** The process that runs or ran last; undefined before the first start. */
  get process(): ChildProcess | undefined {
    return this.#process;
  }

  get is_running(): boolean {
    const child = this.#process;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /**
   * Starts it and waits until `GET /health` answers 200. Does nothing when it runs. `more` adds to its environment, for this start.
   * Throws with its output when it ends or stays unhealthy.
   */
  async start(more: Readonly<Record<string, string>> = {}): Promise<void> {
    if (this.is_running) return;
    const { main, environment } = this.#command;
    const child = spawn(process.execPath, [...nodeArgumentsFor(this.#command.name), main], {
      env: { ...environment, ...more },
      // The channel is the services' lifeline: they stop when it closes.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#process = child;
    this.#end = this.#watch(child);
    const first_line = this.logs.length;
    let ended = false;
    void this.#end.then(() => (ended = true));
    const what = `${this.name} to be healthy at ${this.url}`;
    try {
      await until(what, async () => ended || (await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(2_000) })).status === 200, START_MS_MAX);
    } catch (error) {
      await this.stop('SIGKILL');
      throw this.#fault(error instanceof Error ? error.message : String(error), first_line);
    }
    if (!ended) return;
    const { code, signal } = await this.#end;
    throw this.#fault(`${this.name} ended with ${signal ?? code} while starting`, first_line);
  }

  /** Sends a signal, waits for the end and tells how it came; throws when it does not come. Undefined when it did not run. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<ProcessEnd | undefined> {
    const child = this.#process;
    if (child === undefined || this.#end === undefined || !this.is_running) return this.#end;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, STOP_MS_MAX);
    child.kill(signal);
    const end = await this.#end;
    clearTimeout(timer);
    if (late) throw this.#fault(`${this.name} did not stop within ${STOP_MS_MAX} ms of ${signal}`, Math.max(0, this.logs.length - 20));
    return end;
  }

  /** Waits until a line of its output matches, also one that it wrote before. */
  waitForLog(pattern: RegExp, timeout_ms?: number): Promise<string> {
    return until(`${this.name} to write ${pattern}`, () => this.logs.find((line) => pattern.test(line)), timeout_ms);
  }

  #watch(child: ChildProcess): Promise<ProcessEnd> {
    const id = child.pid;
    if (id !== undefined) this.#guard.watch(id);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.logs.push(line));
    }
    return new Promise((resolve) => {
      child.once('error', (error) => this.logs.push(String(error)));
      // 'close' comes after the last line of output; 'exit' may come before.
      child.once('close', (code, signal) => {
        if (id !== undefined) this.#guard.forget(id);
        resolve({ code, signal });
      });
    });
  }

  #fault(message: string, first_line: number): Error {
    return new Error([message, ...this.logs.slice(first_line).slice(-40)].join('\n  '));
  }
}
