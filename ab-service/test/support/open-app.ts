import { createLog } from '../../../shared/log.ts';
import { Meter } from '../../../shared/http/meter.ts';
import { openDatabase } from '../../../shared/sqlite/open.ts';
import type { Database } from '../../../shared/sqlite/database.ts';
import type { Environment } from '../../../shared/settings.ts';
import { ask } from '../../../shared/test/support/call-of.ts';
import type { TestAnswer, TestCall } from '../../../shared/test/support/call-of.ts';
import { createApp } from '../../src/app.ts';
import type { App } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { AB_SCHEMA } from '../../src/schema.ts';

/** The tokens of the applications that tests open. */
export const API = 'the-api-token';
/** The narrow one. */
export const INGEST = 'the-ingest-token';

/** When the tests' clock starts. */
export const START: number = Date.UTC(2026, 0, 5, 12);

/** An application in process, with a clock that stands still until it is set. */
export interface OpenApp {
  readonly app: App;
  readonly database: Database;
  readonly meter: Meter;
  /** What was logged so far, line by line. */
  readonly lines: string[];
  now: number;
  /** Calls with the API token, unless the options name another. */
  readonly ask: (signature: string, options?: TestCall) => Promise<TestAnswer>;
  /** Calls without a token. */
  readonly askOpenly: (signature: string, options?: TestCall) => Promise<TestAnswer>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Opens ab-service on a database in memory, or on a given one that outlives it. */
export const openApp = (environment: Environment = {}, given?: Database, now: number = START): OpenApp => {
  const database = given ?? openDatabase({ file: ':memory:', ...AB_SCHEMA });
  const lines: string[] = [];
  const meter = new Meter();
  const opened = { now };
  const app = createApp({
    config: readConfig(environment),
    secrets: { api_token: API, ingest_token: INGEST },
    database,
    log: createLog({ service: 'ab-service', level: 'debug', write: (line) => lines.push(line) }),
    meter,
    clock: () => opened.now,
  });
  return Object.assign(opened, {
    app,
    database,
    meter,
    lines,
    ask: (signature: string, options: TestCall = {}) => ask(app.handle, signature, { token: API, ...options }),
    askOpenly: (signature: string, options: TestCall = {}) => ask(app.handle, signature, options),
    [Symbol.asyncDispose]: async () => {
      app.stopping();
      await app.close();
      meter.close();
      if (given === undefined) database.close();
    },
  });
};

/** A body that creates an experiment with variants A and B. */
export const twoVariants = (more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  name: 'Two',
  variants: [
    { variant_name: 'A', traffic_allocation_percent: 50, configuration_json: { headline: 'a' } },
    { variant_name: 'B', traffic_allocation_percent: 50, configuration_json: { headline: 'b' } },
  ],
  ...more,
});
