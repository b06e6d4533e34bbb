import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** As the launcher starts services. */
const NODE_ARGUMENTS = ['--disable-warning=ExperimentalWarning', '--enable-experimental-regexp-engine-on-excessive-backtracks'];

/** How a process ended; one of the two is null. */
export interface MainEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A service's main.ts as a process of its own. It stops by itself when the test's process goes away. */
export interface MainProcess {
  readonly child: ChildProcess;
  /** Everything that it wrote on stdout and stderr so far. */
  readonly lines: readonly string[];
  /** Its address once it listens; rejects with what it wrote when it ends before. */
  readonly listening: Promise<string>;
  readonly ended: Promise<MainEnd>;
  /** Sends a signal and waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<MainEnd>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Starts a service with an environment of its own, on a free port unless the environment names one. */
export const startMain = (main: URL, environment: Readonly<Record<string, string>>): MainProcess => {
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, main.pathname], { env: { PORT: '0', ...environment }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const lines: string[] = [];
  const ended = new Promise<MainEnd>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  const listening = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        const port = line.includes('"listening"') ? /"port":(\d+)/.exec(line)?.[1] : undefined;
        if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
      });
    }
    void ended.then(({ code, signal }) => reject(new Error(`It ended with ${signal ?? code}:\n${lines.join('\n')}`)));
  });
  // Who waits for the end alone must not be told of this as an error nobody handled.
  listening.catch(() => {});
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<MainEnd> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  return {
    child,
    lines,
    listening,
    ended,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop('SIGKILL');
    },
  };
};
