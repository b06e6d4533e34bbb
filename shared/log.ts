import { systemClock, isoTime } from './clock.ts';
import type { Clock } from './clock.ts';

/** The levels, quietest last. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
/** One of them. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a line may carry besides its message; never a secret, a cookie or a visitor's address. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Writes one JSON object a line: time, level, service, message, then the fields. */
export interface Log {
  readonly level: LogLevel;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** What a log needs to know; `write` takes one finished line with its newline. */
export interface LogOptions {
  readonly service: string;
  readonly level: LogLevel;
  readonly write?: (line: string) => void;
  readonly clock?: Clock;
}

/** Creates the log of a service; lines below `level` cost a comparison and nothing else. */
export const createLog = (options: LogOptions): Log => {
  const { service, level, write = (line) => process.stdout.write(line), clock = systemClock } = options;
  const threshold = LOG_LEVELS.indexOf(level);
  const at = (name: LogLevel) => {
    if (LOG_LEVELS.indexOf(name) < threshold) return () => {};
    return (message: string, fields?: LogFields) =>
      write(`${JSON.stringify({ time: isoTime(clock()), level: name, service, message, ...fields })}\n`);
  };
  return { level, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};
