import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts } from '../tools/free-ports.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const project = `fairsplit-test-${randomBytes(4).toString('hex')}`;
const SERVICES = ['ab-service', 'metrics-service', 'landing-service', 'admin-app'] as const;
const [landing_port, admin_port, metrics_port, ab_port] = await freePorts(4);
const ports = { LANDING_PORT: landing_port, ADMIN_PORT: admin_port, METRICS_PORT: metrics_port, AB_PORT: ab_port };
const password = randomBytes(12).toString('hex');
const scratch = mkdtempSync(join(tmpdir(), 'fairsplit-compose-'));

const environment = {
  ...process.env,
  ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
  LANDING_URL: `http://localhost:${ports.LANDING_PORT}`,
  ADMIN_URL: `http://localhost:${ports.ADMIN_PORT}`,
  ADMIN_PASSWORD: password,
  BUILD: process.env['COMPOSE_BUILD'] ?? 'dist',
};

const docker = async (...args: readonly string[]): Promise<string> =>
  (await promisify(execFile)('docker', args, { cwd: root, env: environment, maxBuffer: 64 * 1_048_576, timeout: 600_000 })).stdout;
const compose = (...args: readonly string[]): Promise<string> => docker('compose', '-p', project, ...args);
const containerOf = async (service: string): Promise<string> => (await compose('ps', '-q', service)).trim();
const inspect = async (service: string, format: string): Promise<string> => (await docker('inspect', '--format', format, await containerOf(service))).trim();

/** Waits for a state of the world by asking for it, at most two minutes. */
const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 120_000;
  while (!(await holds().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`not within two minutes: ${what}\n${await compose('logs', '--tail=40')}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};
const untilHealthy = (): Promise<void> =>
  until('all four services are healthy', async () => (await Promise.all(SERVICES.map((service) => inspect(service, '{{.State.Health.Status}}')))).every((status) => status === 'healthy'));

const metrics = `http://127.0.0.1:${ports.METRICS_PORT}`;
const ab = `http://127.0.0.1:${ports.AB_PORT}`;
const landing = `http://127.0.0.1:${ports.LANDING_PORT}`;
const admin = `http://localhost:${ports.ADMIN_PORT}`;
const visitor = `compose-${randomBytes(4).toString('hex')}`;
let token = '';

const signIn = async (): Promise<number> => {
  const answer = await fetch(`${admin}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: admin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ name: 'admin', password }),
  });
  await answer.body?.cancel();
  return answer.status;
};
const json = async (url: string, init: RequestInit = {}): Promise<any> => {
  const answer = await fetch(url, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
  const text = await answer.text();
  assert.ok(answer.ok, `${url} answered ${answer.status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
};

before(async () => {
  await compose('up', '--build', '-d');
  await untilHealthy();
  token = (await compose('exec', '-T', 'ab-service', 'node', '-p', "require('fs').readFileSync('/data/secrets/api-token','utf8').trim()")).trim();
});
after(async () => {
  await compose('down', '-v', '--remove-orphans').catch(() => {});
  rmSync(scratch, { recursive: true, force: true });
});

test('docker compose up runs every service without privileges, on a read-only root', async () => {
  for (const service of SERVICES) {
    assert.equal(await inspect(service, '{{.HostConfig.ReadonlyRootfs}} {{.Config.User}} {{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}}'), 'true 1000:1000 [ALL] [no-new-privileges:true]');
    assert.notEqual(await inspect(service, '{{.HostConfig.Memory}} {{.HostConfig.PidsLimit}}'), '0 0');
  }
});

test('docker compose up publishes only the landing page to the world', async () => {
  for (const service of SERVICES) {
    const bound = await inspect(service, '{{range .NetworkSettings.Ports}}{{range .}}{{.HostIp}} {{end}}{{end}}');
    assert.equal(bound.startsWith('127.0.0.1'), service !== 'landing-service', `${service}: ${bound}`);
  }
});

test('docker compose up gives landing-service the hash of the API token and never the token', async () => {
  const found = await compose('exec', '-T', 'landing-service', 'sh', '-c', 'env; cat /data/secrets-landing/*; ls /data/secrets 2>&1 || true');
  assert.ok(!found.includes(token));
});

test('the containers count what a visitor does, and keep it over down and up', async () => {
  const assigned = await json(`${ab}/assign?visitor_id=${visitor}`);
  await json(`${metrics}/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ visitor_id: visitor, event_type: 'page_view', variant: assigned.variant }) });
  const page = await fetch(landing);
  assert.equal(page.status, 200);
  const html = await page.text();
  const fields = [...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [/name="([^"]*)"/.exec(tag)?.[1] ?? '', /value="([^"]*)"/.exec(tag)?.[1] ?? ''] as [string, string]);
  const contact = await fetch(`${landing}/contact`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: landing, 'content-type': 'application/x-www-form-urlencoded', cookie: page.headers.getSetCookie().map((cookie) => cookie.split(';')[0]).join('; ') },
    body: new URLSearchParams([...fields, ['name', 'Ada'], ['email', 'ada@example.com'], ['message', 'Hello']]),
  });
  assert.equal(contact.status, 303);
  assert.equal(await signIn(), 303);
  const events = async (): Promise<number> => (await json(`${metrics}/stats`)).total_events;
  await until('the form has arrived at metrics-service', async () => (await events()) >= 2);
  const before = await events();

  await compose('down');
  await compose('up', '-d');
  await untilHealthy();

  assert.deepEqual(await json(`${ab}/assign?visitor_id=${visitor}`).then(({ variant, is_new }) => ({ variant, is_new })), { variant: assigned.variant, is_new: false });
  assert.equal(await events(), before);
  assert.equal((await json(`${landing}/leads`)).data.length, 1);
  assert.equal(await signIn(), 303);
});
