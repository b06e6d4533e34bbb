import type { Handler } from '../../../shared/http/call.ts';
import { Assets } from '../../../shared/http/static.ts';
import { Meter } from '../../../shared/http/meter.ts';
import { createLog } from '../../../shared/log.ts';
import { openDatabase } from '../../../shared/sqlite/open.ts';
import type { Role } from '../../src/account/account.ts';
import { PasswordHasher } from '../../src/account/password-hasher.ts';
import { createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { openPeers } from '../../src/gateway/peers.ts';
import { OverviewSource } from '../../src/overview/overview-source.ts';
import { ADMIN_SCHEMA } from '../../src/schema.ts';
import { Setup } from '../../src/setup/setup.ts';
import { openStores } from '../../src/stores.ts';
import type { Stores } from '../../src/stores.ts';
import type { StubPeers } from './stub-peers.ts';

/** The token of machines in these tests. */
export const API_TOKEN = 'the-token-of-machines';
/** The password of every account in these tests. */
export const PASSWORD = 'correct horse battery';

/** A whole admin-app in process, on a clock that stands still until it is told otherwise. */
export interface TestAdmin extends Disposable {
  readonly app: Handler;
  readonly stores: Stores;
  readonly setup: Setup;
  readonly source: OverviewSource;
  /** Lines of the log, parsed. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  /** What the set-up link's file holds, if it is there. */
  readonly link: () => string | undefined;
  readonly pass: (milliseconds: number) => void;
  /** Headers of a browser where somebody with that role is signed in, on a page of ours. */
  readonly as: (role: Role) => Promise<Record<string, string>>;
}

const assets = new Assets(new URL('../../public/', import.meta.url));

/** Makes one; `peers` are where nothing listens when they are not given. */
export const testAdmin = (peers?: StubPeers, environment: Readonly<Record<string, string>> = {}): TestAdmin => {
  let now = Date.UTC(2026, 0, 12);
  const clock = (): number => now;
  const nowhere = 'http://127.0.0.1:9';
  const config = readConfig({ AB_URL: peers?.ab_url ?? nowhere, METRICS_URL: peers?.metrics_url ?? nowhere, LANDING_PEER_URL: peers?.landing_url ?? nowhere, ADMIN_URL: 'http://localhost:8081', ...environment });
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ service: 'admin-app', level: 'info', clock, write: (line) => lines.push(JSON.parse(line)) });
  const database = openDatabase({ file: ':memory:', ...ADMIN_SCHEMA });
  const stores = openStores(database);
  const hasher = new PasswordHasher({ memory_kibibytes: 8, passes: 1, lanes: 1 });
  let link: string | undefined;
  const file = { write: (text: string) => void (link = text), remove: () => void (link = undefined) };
  const setup = new Setup({ ...stores, database, hasher, file, admin_url: config.admin_url, log, clock });
  const opened = openPeers(config, API_TOKEN);
  const source = new OverviewSource(opened, clock);
  const meter = new Meter();
  const app = createApp({ config, api_token: API_TOKEN, database, stores, hasher, setup, peers: opened, source, assets, log, meter, clock });
  return {
    app, stores, setup, source, log: lines,
    link: () => link,
    pass: (milliseconds) => void (now += milliseconds),
    as: async (role) => {
      const account = stores.accounts.find(`a-${role}`) ?? stores.accounts.create({ name: `a-${role}`, role, password_hash: await hasher.hash(PASSWORD) }, now);
      return { cookie: `fairsplit_session=${stores.sessions.create(account.id, now)}`, host: 'localhost:8081', origin: 'http://localhost:8081', 'sec-fetch-site': 'same-origin' };
    },
    [Symbol.dispose]: () => {
      setup.close();
      source.close();
      for (const peer of Object.values(opened)) peer.close();
      meter.close();
      database.close();
    },
  };
};

/** The headers of a browser that sends a form of ours. */
export const FORM = { 'content-type': 'application/x-www-form-urlencoded', host: 'localhost:8081', origin: 'http://localhost:8081', accept: 'text/html' };
