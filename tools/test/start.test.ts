import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';

import { tokenHash } from '../../shared/secrets.ts';
import { freePorts } from '../free-ports.ts';
import { SERVICE_NAMES } from '../start/settings.ts';
import { until } from '../until.ts';
import { isAlive, startStubs, stubRoot } from './stub-services.ts';
import type { StubLauncher } from './stub-services.ts';

const READY = 'Fairsplit is running';

const ready = (stubs: StubLauncher): Promise<boolean> => until('a banner', () => stubs.output().includes(READY) || expectAlive(stubs));

const expectAlive = (stubs: StubLauncher): boolean => {
  if (stubs.launcher.exitCode !== null) throw new Error(stubs.output());
  return false;
};

const nothingLeft = (pids: readonly number[]): Promise<boolean> =>
  until(`an end of ${pids.join(', ')}`, () => !pids.some(isAlive));

test('start gives each service its own variables and no other', async (t) => {
  const root = stubRoot(t);
  writeFileSync(join(root, '.env'), 'ADMIN_PASSWORD=a long password\nCOOKIE_KEY=from-the-file\nRATE_LIMIT=off\n');
  const stubs = await startStubs(t, { root, environment: { API_TOKEN: 'token-of-machines', INGEST_TOKEN: 'narrow', SOMETHING_ELSE: 'secret', PORT: '1', LANDING_URL: 'https://www.example.test' } });
  await ready(stubs);
  const { 'ab-service': ab, 'metrics-service': metrics, 'landing-service': landing, 'admin-app': admin } = Object.fromEntries(
    SERVICE_NAMES.map((name) => [name, stubs.variables(name)]),
  );
  assert.ok(ab && metrics && landing && admin);
  assert.equal(landing['API_TOKEN'], undefined);
  assert.equal(landing['API_TOKEN_SHA256'], tokenHash('token-of-machines'));
  for (const inner of [ab, metrics, admin]) assert.equal(inner['API_TOKEN'], 'token-of-machines');
  assert.deepEqual([ab, metrics, landing, admin].map((own) => own['INGEST_TOKEN']), ['narrow', 'narrow', 'narrow', undefined]);
  assert.deepEqual([ab, metrics, landing, admin].map((own) => own['ADMIN_PASSWORD']), [undefined, undefined, undefined, 'a long password']);
  assert.deepEqual([ab, metrics, landing, admin].map((own) => own['COOKIE_KEY']), [undefined, undefined, 'from-the-file', undefined]);
  assert.deepEqual([admin['LANDING_URL'], admin['LANDING_PEER_URL']], ['https://www.example.test', `http://127.0.0.1:${stubs.ports['landing-service']}`]);
  for (const own of [ab, metrics, landing, admin]) {
    assert.equal(own['SOMETHING_ELSE'], undefined);
    assert.equal(own['RATE_LIMIT'], 'off');
    assert.equal(own['DATA_DIR'], join(root, 'data'));
    assert.equal(own['AB_URL'], `http://127.0.0.1:${stubs.ports['ab-service']}`);
    assert.equal(own['ADMIN_URL'], `http://localhost:${stubs.ports['admin-app']}`);
  }
  assert.deepEqual(SERVICE_NAMES.map((name) => Number(stubs.variables(name)['PORT'])), SERVICE_NAMES.map((name) => stubs.ports[name]));
});

test('start prints the addresses, where the data is and the set-up link, and forwards logs with a prefix', async (t) => {
  const root = stubRoot(t);
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data', 'setup-link'), 'http://localhost:8081/setup#once\n');
  const stubs = await startStubs(t, { root });
  await ready(stubs);
  for (const name of SERVICE_NAMES) assert.ok(stubs.output().includes(`http://localhost:${stubs.ports[name]}`), name);
  assert.ok(stubs.output().includes('http://localhost:8081/setup#once'));
  assert.ok(stubs.output().includes(join(root, 'data')));
  assert.match(stubs.output(), new RegExp(`^\\d\\d:\\d\\d:\\d\\d metrics  listening port=${stubs.ports['metrics-service']}$`, 'm'));
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`start stops everything and exits 0 at ${signal}`, async (t) => {
    const stubs = await startStubs(t);
    await ready(stubs);
    const pids = SERVICE_NAMES.map(stubs.pid);
    stubs.launcher.kill(signal);
    assert.deepEqual(await stubs.exit(), { code: 0, signal: null });
    assert.deepEqual(pids.filter(isAlive), []);
    assert.ok(!stubs.output().includes('restarting'));
  });
}

test('start ends a service that does not listen to SIGTERM', async (t) => {
  const stubs = await startStubs(t, { environment: { LOG_LEVEL: 'deaf' } });
  await ready(stubs);
  const pids = SERVICE_NAMES.map(stubs.pid);
  stubs.launcher.kill('SIGTERM');
  assert.deepEqual(await stubs.exit(), { code: 0, signal: null });
  assert.deepEqual(pids.filter(isAlive), []);
});

test('start leaves no service when it is killed with SIGKILL', async (t) => {
  const stubs = await startStubs(t);
  await ready(stubs);
  const pids = SERVICE_NAMES.map(stubs.pid);
  stubs.launcher.kill('SIGKILL');
  await nothingLeft(pids);
});

test('start restarts a killed service with one line, while the others go on', async (t) => {
  const stubs = await startStubs(t);
  await ready(stubs);
  const before = SERVICE_NAMES.map(stubs.pid);
  const [, killed = 0] = before;
  process.kill(killed, 'SIGKILL');
  await until('another process', () => stubs.pid('metrics-service') !== killed);
  await until('its log', () => stubs.output().split('metrics  listening').length === 3);
  assert.equal(stubs.output().match(/metrics-service.*restarting/g)?.length, 1);
  assert.match(stubs.output(), /metrics-service was ended by SIGKILL: restarting it$/m);
  assert.deepEqual(
    SERVICE_NAMES.filter((name, index) => stubs.pid(name) !== before[index]),
    ['metrics-service'],
  );
});

test('start says why and stops everything with exit code 1 when a port is in use', async (t) => {
  const [port = 0] = await freePorts(1);
  const holder = createServer().listen(port, '127.0.0.1');
  t.after(() => holder.close());
  const stubs = await startStubs(t, { environment: { METRICS_PORT: String(port) } });
  assert.deepEqual(await stubs.exit(), { code: 1, signal: null });
  assert.match(stubs.output(), new RegExp(`metrics  metrics-service cannot listen on 127.0.0.1:${port} \\(EADDRINUSE\\)`));
  assert.match(stubs.output(), /metrics-service could not start.*METRICS_PORT/);
  assert.ok(!stubs.output().includes(READY));
});

test('start refuses a second launcher on the same ports instead of taking the first for its own', async (t) => {
  const first = await startStubs(t);
  await ready(first);
  const { 'ab-service': ab, 'metrics-service': metrics, 'landing-service': landing, 'admin-app': admin } = first.ports;
  const environment = { AB_PORT: `${ab}`, METRICS_PORT: `${metrics}`, LANDING_PORT: `${landing}`, ADMIN_PORT: `${admin}` };
  for (const port of Object.values(first.ports)) {
    const uptime = async (): Promise<number> => ((await (await fetch(`http://127.0.0.1:${port}/health`)).json()) as { readonly uptime_seconds: number }).uptime_seconds;
    await until('the first to be older than a rounded second', async () => (await uptime()) > 1.5);
  }
  const second = await startStubs(t, { environment });
  assert.deepEqual(await second.exit(), { code: 1, signal: null });
  assert.ok(isAlive(first.pid('metrics-service')));
});

test('start names a bad value in one line and exits 1', async (t) => {
  const stubs = await startStubs(t, { environment: { AB_PORT: 'many' } });
  assert.deepEqual(await stubs.exit(), { code: 1, signal: null });
  assert.equal(stubs.output(), 'AB_PORT must be a port from 0 to 65535.\n');
});

test('start keeps the tokens that it made for the next start', async (t) => {
  const root = stubRoot(t);
  const tokens: string[] = [];
  for (const turn of ['first', 'second']) {
    const stubs = await startStubs(t, { root });
    await ready(stubs);
    tokens.push(stubs.variables('ab-service')['API_TOKEN'] ?? turn);
    stubs.launcher.kill('SIGTERM');
    await stubs.exit();
  }
  assert.equal(tokens[0], tokens[1]);
  assert.equal(tokens[0], readFileSync(join(root, 'data', 'secrets', 'api-token'), 'utf8'));
});
