import type { CommonConfig } from './config.ts';
import type { Handler } from './http/call.ts';
import { Meter } from './http/meter.ts';
import { createLog } from './log.ts';
import type { Log } from './log.ts';
import { StartFault } from './start-fault.ts';

/** What a service hands over to be run: its application, and how to close what it holds. */
export interface Running {
  readonly app: Handler;
  /** Ends background work and closes the database; called after the last answer went out. */
  readonly close: () => void | Promise<void>;
  /** Called when the server listens, for work that needs the port or should not delay the start. */
  readonly started?: (port: number) => void;
  /** Called when stopping begins, before the server waits for what is in flight: answers long polls, ends loops. */
  readonly stopping?: () => void;
}

const stopRequest = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
    if (process.connected) process.once('disconnect', () => resolve('the launcher is gone'));
  });

const run = async <C extends CommonConfig>(readConfig: () => C, open: (config: C, log: Log, meter: Meter) => Running | Promise<Running>): Promise<void> => {
  const config = readConfig();
  const log = createLog({ service: config.service, level: config.log_level });
  const meter = new Meter();
  const stop = stopRequest();
  // What is opened first may be a thread, which begins while this one loads the server.
  const [running, { serve }] = await Promise.all([open(config, log, meter), import('./http/server.ts')]);
  try {
    const server = await serve(running.app, { host: config.host, port: config.port, log, meter, trusted_proxies: config.trusted_proxies });
    log.info('listening', { host: config.host, port: server.port });
    running.started?.(server.port);
    const why = await stop;
    log.info('stopping', { why });
    running.stopping?.();
    await server.stop();
  } finally {
    await running.close();
    meter.close();
  }
  log.info('stopped');
};

/**
 * Runs a service until SIGTERM, SIGINT or the end of its launcher, then exits with code 0.
 * A StartFault is one line on stderr and exit code 1; anything else is a bug and shows its stack.
 */
export const runService = async <C extends CommonConfig>(readConfig: () => C, open: (config: C, log: Log, meter: Meter) => Running | Promise<Running>): Promise<void> => {
  // Who reads our lines may be gone before we are; that is no reason to stop without closing.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    await run(readConfig, open);
    process.exit(0);
  } catch (error) {
    process.stderr.write(error instanceof StartFault ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  }
};
