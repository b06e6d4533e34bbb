import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../tools/until.ts';
import { freePorts } from '../tools/free-ports.ts';
import { isRunning } from './support/is-running.ts';
import { startSystem } from './support/system.ts';

/** Answers `/health` and its environment; says so when it stops; with STUCK it does not stop, with BROKEN it does not start. */
const STUB = `import { createServer } from 'node:http';
if (process.env.BROKEN) { console.error('PORT: not a port'); process.exit(1); }
const server = createServer((request, response) => response.end(request.url === '/health' ? '{}' : JSON.stringify(process.env)));
server.listen(Number(process.env.PORT), process.env.HOST, () => console.log('listening'));
process.on('SIGTERM', () => { if (!process.env.STUCK) { console.log('stopping'); process.exit(0); } });
`;

let root = '';

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'fairsplit-stub-'));
  for (const service of ['ab-service', 'metrics-service', 'landing-service', 'admin-app']) {
    await mkdir(join(root, service, 'src'), { recursive: true });
    await writeFile(join(root, service, 'src/main.ts'), STUB);
  }
  await writeFile(join(root, 'package.json'), '{"type":"module"}');
});

after(() => rm(root, { recursive: true }));

test('startSystem() gives each service its own variables and stops all, leaving nothing', async () => {
  const system = await startSystem({ root, env: { ADMIN_PASSWORD: 'secret', BOT_FILTER: 'off' } });
  const environmentOf = async (url: string): Promise<Record<string, string>> => JSON.parse(await (await fetch(`${url}/env`)).text());
  const [landing, admin] = await Promise.all([environmentOf(system.landing.url), environmentOf(system.admin.url)]);
  assert.deepEqual([landing['API_TOKEN'], landing['ADMIN_PASSWORD'], landing['BOT_FILTER']], [undefined, undefined, 'off']);
  assert.equal(landing['API_TOKEN_SHA256']?.length, 64);
  assert.deepEqual([landing['AB_URL'], landing['INGEST_TOKEN']], [system.ab.url, system.ingest_token]);
  assert.deepEqual([admin['API_TOKEN'], admin['ADMIN_PASSWORD'], admin['INGEST_TOKEN']], [system.api_token, 'secret', undefined]);
  assert.ok(existsSync(system.data_dir));

  await system.stop();
  await system.stop();
  assert.ok(system.logs.includes('metrics-service stopping'));
  assert.equal(existsSync(system.data_dir), false);
  await assert.rejects(fetch(system.ab.url));
});

test('a service can be killed and started again on its port, and one left out started later', async () => {
  await using system = await startSystem({ root, services: ['ab'] });
  const { port, process: first } = system.ab;
  assert.deepEqual(await system.ab.stop('SIGKILL'), { code: null, signal: 'SIGKILL' });
  await assert.rejects(fetch(system.ab.url));
  await system.ab.start();
  assert.equal(system.ab.port, port);
  assert.notEqual(system.ab.process?.pid, first?.pid);
  await until('it to have said so twice', () => system.ab.logs.filter((line) => line === 'listening').length === 2);
  assert.deepEqual(await system.ab.stop(), { code: 0, signal: null });

  assert.equal(system.metrics.is_running, false);
  await system.metrics.start();
  assert.equal((await fetch(`${system.metrics.url}/health`)).status, 200);
  await system.metrics.waitForLog(/^listening$/);
});

test('startSystem() throws what a service that does not start has said', async () => {
  await assert.rejects(startSystem({ root, env: { BROKEN: '1' }, services: ['admin'] }), /admin-app ended with 1 while starting\n  PORT: not a port/);
});

test('startSystem() leaves nothing behind when the test process is killed', async () => {
  const support = new URL('./support/system.ts', import.meta.url).href;
  const code = `const { startSystem } = await import(${JSON.stringify(support)});
    const { ab, data_dir } = await startSystem({ root: ${JSON.stringify(root)}, services: ['ab'], env: { STUCK: '1' } });
    console.log(JSON.stringify([ab.process.pid, data_dir]));`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [id, data_dir] = await new Promise<[number, string]>((resolve) => child.stdout.once('data', (line) => resolve(JSON.parse(String(line)))));
  assert.ok(isRunning(id) && existsSync(data_dir));
  child.kill('SIGKILL');
  await until('the service to be gone', () => !isRunning(id) && !existsSync(data_dir));
});

test('freePorts() finds different ports, and holds them against others who look for one', async () => {
  const ports = await freePorts(8);
  assert.equal(new Set(ports).size, 8);
  for (const port of ports) {
    const other = createSocket('udp4').bind(port, '127.0.0.1').unref();
    await assert.rejects(once(other, 'listening'), { code: 'EADDRINUSE' });
  }
});
