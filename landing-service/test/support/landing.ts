import { createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigDocument } from '../../../shared/contract/config.ts';
import type { Handler } from '../../../shared/http/call.ts';
import { Meter } from '../../../shared/http/meter.ts';
import { Peer } from '../../../shared/http/peer.ts';
import { Assets } from '../../../shared/http/static.ts';
import { createLog } from '../../../shared/log.ts';
import { tokenHash } from '../../../shared/secrets.ts';
import { openDatabase } from '../../../shared/sqlite/open.ts';
import type { TestAnswer, TestCall } from '../../../shared/test/support/call-of.ts';
import { ask } from '../../../shared/test/support/call-of.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { ConfigurationStore } from '../../src/configuration/configuration-store.ts';
import { Configuration } from '../../src/configuration/configuration.ts';
import type { OutboxLimits } from '../../src/outbox/outbox.ts';
import type { StoredItem } from '../../src/outbox/outbox-store.ts';
import { readPages } from '../../src/page/read-pages.ts';
import { LANDING_SCHEMA } from '../../src/schema.ts';
import { openStores } from '../../src/stores.ts';
import type { Stores } from '../../src/stores.ts';
import type { StubService } from './stub-service.ts';

/** A browser that nobody takes for a machine. */
export const BROWSER: Readonly<Record<string, string>> = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'accept-language': 'de-AT,de;q=0.8',
};
/** What the API's callers send. */
export const API_TOKEN = 'api';
/** What landing-service sends. */
export const INGEST_TOKEN = 'ingest';

/** The whole service in process, its database in memory; the other services are stubs. */
export interface Landing extends AsyncDisposable {
  readonly app: Handler;
  readonly stores: Stores;
  readonly configuration: Configuration;
  readonly key: KeyObject;
  readonly logs: string[];
  /** Milliseconds since 1970; the test turns it. After every id that the machine's own clock has minted. */
  clock: number;
  /** What waits for a destination. */
  waiting(destination: 'metrics' | 'ab'): readonly any[];
  /** Opens a page as a browser does, with the cookies that it has: `jar` is read and written. */
  open(path: string, jar?: Map<string, string>, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
}

/** What a test decides. */
export interface LandingOptions {
  readonly ab: StubService;
  readonly metrics: StubService;
  readonly document?: ConfigDocument;
  readonly bot_filter?: 'on' | 'off';
  readonly outbox_limits?: OutboxLimits;
}

/** The header that sends a jar's cookies. */
export const cookieHeader = (jar: ReadonlyMap<string, string>): string => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

/** Puts an answer's cookies into a jar. */
export const keepCookies = (answer: TestAnswer, jar: Map<string, string>): void => {
  for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    jar.set(name, value);
  }
};

/** Starts the service in process; deliveries begin when the test calls `start()` of them. */
export const startLanding = (options: LandingOptions): Landing => {
  const config = readConfig({ AB_URL: options.ab.url, METRICS_URL: options.metrics.url, BOT_FILTER: options.bot_filter ?? 'on', RATE_LIMIT: 'off' });
  const logs: string[] = [];
  const log = createLog({ service: 'landing-service', level: 'warn', write: (line) => logs.push(line) });
  const key = createSecretKey('a key of thirty-two characters or more', 'utf8');
  const media_dir = mkdtempSync(join(tmpdir(), 'fairsplit-media-'));
  const database = openDatabase({ file: ':memory:', ...LANDING_SCHEMA });
  const peers = [options.ab, options.metrics, options.ab].map(({ url }) => new Peer({ url, token: INGEST_TOKEN, timeout_ms: 30_000 })) as [Peer, Peer, Peer];
  const meter = new Meter();
  const clock = (): number => landing.clock;
  const stores = openStores({ database, media_dir, ab: peers[0], metrics: peers[1], log, clock, ...(options.outbox_limits === undefined ? {} : { outbox_limits: options.outbox_limits }) });
  const configuration = new Configuration({ store: new ConfigurationStore(database), log, clock });
  if (options.document !== undefined) configuration.take(JSON.stringify(options.document));
  const app = createApp({
    config,
    secrets: { api_token_sha256: tokenHash(API_TOKEN), ingest_token: INGEST_TOKEN },
    stores,
    configuration,
    pages: readPages(new URL('../../pages/', import.meta.url), undefined),
    assets: new Assets(new URL('../../public/', import.meta.url)),
    ab: peers[2],
    key,
    log,
    meter,
    clock,
  });
  const landing: Landing = {
    app,
    stores,
    configuration,
    key,
    logs,
    clock: Date.UTC(2090, 5, 1, 12),
    waiting: (destination) => stores.outbox.first(destination, 1_000).map(({ body }: StoredItem) => JSON.parse(body) as unknown),
    open: async (path, jar = new Map(), headers = {}) => {
      const call: TestCall = { headers: { ...BROWSER, ...(jar.size === 0 ? {} : { cookie: cookieHeader(jar) }), ...headers } };
      const answer = await ask(app, `GET ${path}`, call);
      keepCookies(answer, jar);
      return answer;
    },
    [Symbol.asyncDispose]: async () => {
      for (const peer of peers) peer.close();
      meter.close();
      await stores.close();
      rmSync(media_dir, { recursive: true });
    },
  };
  return landing;
};
