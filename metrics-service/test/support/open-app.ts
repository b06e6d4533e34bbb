import { createGuards } from '../../../shared/http/guards.ts';
import { Meter } from '../../../shared/http/meter.ts';
import { RateLimit } from '../../../shared/http/rate-limit.ts';
import { createLog } from '../../../shared/log.ts';
import { tokenHash } from '../../../shared/secrets.ts';
import type { Environment } from '../../../shared/settings.ts';
import { ask } from '../../../shared/test/support/call-of.ts';
import type { TestAnswer, TestCall } from '../../../shared/test/support/call-of.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { Stores } from '../../src/stores.ts';
import { openStores } from './open-stores.ts';

/** The tokens of the applications that tests open. */
export const API = 'the-api-token';
/** The narrow one. */
export const INGEST = 'the-ingest-token';
/** When the tests' clock starts. */
export const START: number = Date.UTC(2026, 0, 5, 12);

/** An application in process, with a clock that stands still until it is set. */
export interface OpenApp {
  readonly stores: Stores;
  /** What was logged so far, line by line. */
  readonly lines: string[];
  readonly meter: Meter;
  now: number;
  /** The beginning of the time that is kept. */
  kept_from: number;
  /** Calls with the API token, unless the options name another. */
  readonly ask: (signature: string, options?: TestCall) => Promise<TestAnswer>;
  /** Calls without a token. */
  readonly askOpenly: (signature: string, options?: TestCall) => Promise<TestAnswer>;
  /** Imports records. */
  readonly import: (records: readonly object[]) => Promise<TestAnswer>;
  readonly [Symbol.dispose]: () => void;
}

/** Opens metrics-service on a database in memory, or on given stores. */
export const openApp = (environment: Environment = {}, stores: Stores = openStores()): OpenApp => {
  const lines: string[] = [];
  const opened = { now: START, kept_from: 0 };
  const clock = (): number => opened.now;
  const config = readConfig(environment);
  const meter = new Meter();
  const app = createApp({
    config,
    log: createLog({ service: 'metrics-service', level: 'debug', write: (line) => lines.push(line) }),
    meter,
    clock,
    oldest: () => opened.kept_from,
    stores,
    guards: createGuards({
      api_token_sha256: tokenHash(API),
      ingest_token_sha256: tokenHash(INGEST),
      cors_origins: config.cors_origins,
      require_token: config.require_token,
      own_host_is_listed: true,
      rate_limit: new RateLimit(clock, config.rate_limit),
    }),
  });
  const asking = (signature: string, options: TestCall = {}): Promise<TestAnswer> => ask(app, signature, { token: API, ...options });
  return Object.assign(opened, {
    stores,
    lines,
    meter,
    ask: asking,
    askOpenly: (signature: string, options: TestCall = {}) => ask(app, signature, options),
    import: (records: readonly object[]) => asking('POST /import', { text: records.map((record) => JSON.stringify(record)).join('\n'), headers: { 'content-type': 'application/x-ndjson' } }),
    [Symbol.dispose]: () => {
      meter.close();
      stores.database.close();
    },
  });
};
