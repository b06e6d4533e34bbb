import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** How a program is run; `quiet` keeps what it writes to stdout and stderr until it fails. */
export interface RunProgramOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly quiet?: boolean;
}

/** Runs a program to its end, hands signals on to it, and answers its exit code (128 + n when signal n ended it). */
export const runProgram = (program: string, args: readonly string[], options: RunProgramOptions): Promise<number> =>
  new Promise((resolve) => {
    const output = options.quiet ? 'pipe' : 'inherit';
    const child = spawn(program, args, { cwd: options.cwd, env: options.environment ?? process.env, stdio: ['inherit', output, output] });
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    for (const signal of SIGNALS) process.on(signal, forward);
    const kept: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes: Buffer) => kept.push(bytes));
    const end = (code: number): void => {
      for (const signal of SIGNALS) process.off(signal, forward);
      if (code !== 0) process.stderr.write(Buffer.concat(kept));
      resolve(code);
    };
    child.on('error', (error) => {
      process.stderr.write(`${program} cannot be run: ${error.message}\n`);
      end(1);
    });
    child.on('close', (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
