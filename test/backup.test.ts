import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ADMIN_SCHEMA } from '../admin-app/src/schema.ts';
import { AB_SCHEMA } from '../ab-service/src/schema.ts';
import { LANDING_SCHEMA } from '../landing-service/src/schema.ts';
import { APPLICATION_ID } from '../metrics-service/src/schema.ts';
import { SERVICE_DATABASES } from '../tools/backup/service-databases.ts';
import { until } from '../tools/until.ts';
import { startSystem } from './support/system.ts';
import type { System } from './support/system.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fairsplit-backup-'));
const backups = join(folder, 'backups');
const WRITERS = 4;
const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
let system: System;

before(async () => {
  system = await startSystem({ env: { RATE_LIMIT: 'off', BOT_FILTER: 'off', ADMIN_PASSWORD: 'correct horse battery' } });
});
after(async () => {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a tool as `npm run` does; never throws for its exit code. */
const run = (tool: 'backup' | 'restore' | 'verify', args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Run> =>
  new Promise((resolve) => {
    const ports = Object.fromEntries((['ab', 'metrics', 'landing', 'admin'] as const).map((name) => [`${name.toUpperCase()}_PORT`, String(system[name].port)]));
    const env = { PATH: process.env['PATH'], DATA_DIR: system.data_dir, ...ports, ...more };
    const flags = ['--disable-warning=ExperimentalWarning'];
    execFile(process.execPath, [...flags, join(root, `tools/${tool}.ts`), ...args], { env, timeout: 120_000 }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }));
  });

const ask = async (url: string, method = 'GET', json?: unknown): Promise<any> => {
  const answer = await fetch(url, { method, headers: { authorization: `Bearer ${system.api_token}`, ...(json === undefined ? {} : { 'content-type': 'application/json' }) }, ...(json === undefined ? {} : { body: JSON.stringify(json) }) });
  assert.ok(answer.ok, `${method} ${url}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
};

/** What was acknowledged: variants by visitor, ids of events, leads. */
interface Acknowledged {
  readonly variants: Map<string, string>;
  readonly events: Set<string>;
  readonly leads: Set<string>;
}

/** Writers that assign, count and send forms through all doors until they are told to stop. */
const writeOnAndOn = (): { readonly acknowledged: Acknowledged; readonly stop: () => Promise<void> } => {
  const acknowledged: Acknowledged = { variants: new Map(), events: new Set(), leads: new Set() };
  let stopped = false;
  const write = async (writer: number): Promise<void> => {
    for (let turn = 0; !stopped; turn += 1) {
      const visitor_id = `visitor-${writer}-${turn}`;
      const { variant } = await ask(`${system.ab.url}/assign?visitor_id=${visitor_id}`);
      acknowledged.variants.set(visitor_id, variant);
      const events = ['page_view', 'form_submit'].slice(0, 1 + (turn % 2)).map((event_type) => ({ event_id: `${visitor_id}-${event_type}`, visitor_id, event_type, experiment_id: 'homepage', variant, value: turn / 10 }));
      await ask(`${system.metrics.url}/events`, 'POST', events);
      for (const { event_id } of events) acknowledged.events.add(event_id);
      if (turn % 10 !== 0) continue;
      const email = `${visitor_id}@example.com`;
      const page = await fetch(system.landing.url, { headers: BROWSER });
      const cookie = page.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
      const fields = [...(await page.text()).matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]);
      const sent = await fetch(`${system.landing.url}/contact`, { method: 'POST', redirect: 'manual', headers: { ...BROWSER, cookie, origin: system.landing.url }, body: new URLSearchParams([...fields, ['name', 'A'], ['email', email], ['message', 'Hello']] as string[][]) });
      assert.equal(sent.status, 303);
      acknowledged.leads.add(email);
    }
  };
  const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  const stop = async (): Promise<void> => {
    stopped = true;
    await writing;
  };
  return { acknowledged, stop };
};

const copyOf = ({ variants, events, leads }: Acknowledged): Acknowledged => ({ variants: new Map(variants), events: new Set(events), leads: new Set(leads) });

/** Everything that was acknowledged is there, and everybody has the variant they had. */
const requireAll = async ({ variants, events, leads }: Acknowledged): Promise<void> => {
  for (const [visitor_id, variant] of variants) assert.equal((await ask(`${system.ab.url}/experiments/homepage/assignment/${visitor_id}`)).variant_name, variant);
  const stored = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await ask(`${system.metrics.url}/events?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    for (const { event_id } of page.data) stored.add(event_id);
    cursor = page.next_cursor;
  }
  assert.deepEqual([...events].filter((event_id) => !stored.has(event_id)), []);
  const { data } = await ask(`${system.landing.url}/leads?limit=1000`);
  assert.deepEqual([...leads].filter((email) => !data.some((lead: { email: string }) => lead.email === email)), []);
};

const stopAll = async (): Promise<void> => {
  for (const name of ['admin', 'landing', 'metrics', 'ab'] as const) await system[name].stop();
};
const startAll = async (): Promise<void> => {
  for (const name of ['ab', 'metrics', 'landing', 'admin'] as const) await system[name].start();
};

/** The log's name, and how far it is, as metrics-service knows them, equal those of ab-service. */
const untilFollowed = (): Promise<unknown> =>
  until('metrics-service to know every assignment', async () => {
    const { data } = await ask(`${system.ab.url}/assignments?limit=10000`);
    const { total_users_in_experiment, exclusions } = await ask(`${system.metrics.url}/experiments/homepage/results`);
    const experiment = data.find((entry: { visitor_id: string }) => entry.visitor_id.startsWith('visitor-')).experiment_id;
    return total_users_in_experiment === data.filter((entry: { experiment_id: string }) => entry.experiment_id === experiment).length && exclusions.conflicting_assignments === 0;
  });

test('the tools know the databases as the services do', () => {
  const known = Object.fromEntries(SERVICE_DATABASES.map(({ service, application_id }) => [service, application_id]));
  assert.deepEqual(known, { 'landing-service': LANDING_SCHEMA.application_id, 'metrics-service': APPLICATION_ID, 'ab-service': AB_SCHEMA.application_id, 'admin-app': ADMIN_SCHEMA.application_id });
});

test('what was acknowledged before a backup under load began is there after it is restored, and nobody changes variant', async () => {
  const { acknowledged, stop } = writeOnAndOn();
  await until('some load', () => acknowledged.events.size > 200 && acknowledged.leads.size > WRITERS);
  const at_backup = copyOf(acknowledged);
  const [backup] = await Promise.all([run('backup', [backups]), run('verify', []).then(({ code, stdout, stderr }) => assert.equal(code, 0, stdout + stderr))]);
  assert.deepEqual([backup.code, backup.stderr], [0, '']);
  const second = await run('backup', [backups, '--keep', '1']);
  assert.deepEqual([second.code, second.stderr], [0, '']);
  await until('more load', () => acknowledged.events.size > at_backup.events.size + 100);
  await stop();
  const names = readdirSync(backups);
  assert.equal(names.length, 1, names.join());
  const made = join(backups, names[0] as string);
  assert.deepEqual(readdirSync(made).sort(), ['ab.sqlite', 'admin.sqlite', 'landing-cookie-key', 'landing.sqlite', 'manifest.json', 'metrics.sqlite', 'secrets', 'secrets-landing']);
  for (const name of readdirSync(made)) assert.equal(statSync(join(made, name)).mode & 0o077, 0, name);
  assert.deepEqual(JSON.parse(readFileSync(join(made, 'manifest.json'), 'utf8')).missing, []);

  const refused = await run('restore', [backups]);
  assert.match(refused.stderr, /in use by another process: stop Fairsplit, then restore\. Nothing was touched\.\n$/);
  const log_before = (await ask(`${system.ab.url}/assignments?limit=1`)).log;
  await stopAll();
  const key = readFileSync(join(system.data_dir, 'landing-cookie-key'), 'utf8');
  // Into a data folder that has lost everything.
  for (const name of readdirSync(system.data_dir)) rmSync(join(system.data_dir, name), { recursive: true });
  const restored = await run('restore', [backups]);
  assert.deepEqual([restored.code, restored.stderr], [0, '']);
  assert.deepEqual(readdirSync(system.data_dir).filter((name) => /-(wal|shm)$|^\./.test(name)), []);
  assert.equal(readFileSync(join(system.data_dir, 'landing-cookie-key'), 'utf8'), key);
  await startAll();
  await untilFollowed();
  await requireAll(at_backup);
  for (const visitor_id of at_backup.variants.keys()) assert.equal((await ask(`${system.ab.url}/assign?visitor_id=${visitor_id}`)).is_new, false);
  assert.notEqual((await ask(`${system.ab.url}/assignments?limit=1`)).log, log_before);
  const verified = await run('verify', []);
  assert.deepEqual([verified.code, verified.stderr], [0, ''], verified.stdout);
  assert.match(verified.stdout, /all is as it should be/);
  assert.deepEqual(readdirSync(system.data_dir).filter((name) => name.startsWith('verify-')), []);
});

test('restored services agree again when ab-service alone went back, though its log is longer than it was by then', async () => {
  const assign = async (name: string, visitors: number): Promise<void> => {
    for (let visitor = 0; visitor < visitors; visitor += 1) await ask(`${system.ab.url}/assign?visitor_id=visitor-${name}-${visitor}`);
  };
  await assign('lost', 40);
  await untilFollowed();
  await stopAll();
  const present = join(system.data_dir, 'ab.sqlite');
  const size = statSync(present).size;
  const restored = await run('restore', [backups, '--service', 'ab-service']);
  assert.equal(restored.code, 0, restored.stderr);
  const aside = /What was there is in (.+); delete/.exec(restored.stdout)?.[1] ?? '';
  assert.deepEqual([statSync(join(aside, 'ab.sqlite')).size, existsSync(join(aside, 'metrics.sqlite'))], [size, false]);
  await system.ab.start();
  // Before metrics-service asks again, the log has grown beyond the place where that stopped reading.
  await assign('late', 80);
  await startAll();
  // As many as were lost came after, so the number of them says nothing.
  await until('metrics-service to know the first that is new', async () => (await ask(`${system.metrics.url}/visitors/visitor-late-0`)).assignments.length === 1);
  await untilFollowed();
  const lost = await fetch(`${system.metrics.url}/visitors/visitor-lost-0`, { headers: { authorization: `Bearer ${system.api_token}` } });
  assert.deepEqual(lost.status === 404 ? [] : ((await lost.json()) as { assignments: unknown[] }).assignments, []);
  assert.equal((await run('verify', [])).code, 0);
  rmSync(aside, { recursive: true });
});

test('npm run verify finds a figure that was changed, in a file and in a backup', async () => {
  const copy = join(folder, 'tampered');
  const [name = ''] = readdirSync(backups);
  cpSync(join(backups, name), copy, { recursive: true });
  assert.equal((await run('verify', [copy])).code, 0);
  const file = join(copy, 'metrics.sqlite');
  const database = new DatabaseSync(file);
  database.exec("UPDATE result_cells SET users = users + 1 WHERE metric = 0 AND users > 0");
  database.close();
  for (const path of [copy, file]) {
    const { code, stdout } = await run('verify', [path]);
    assert.equal(code, 1);
    assert.match(stdout, /result_cells: homepage, variant A, assigned: users stored (\d+), counted \d+/);
  }
  assert.match((await run('verify', [join(copy, 'ab.sqlite')])).stderr, /not the database of metrics-service/);
});

test('a backup that is not whole is refused before anything is touched', async () => {
  await stopAll();
  const [name = ''] = readdirSync(backups);
  const before_all = readdirSync(system.data_dir).sort();
  const spoil = async (what: (copy: string) => void, words: RegExp): Promise<void> => {
    const copy = join(folder, 'spoilt');
    rmSync(copy, { recursive: true, force: true });
    cpSync(join(backups, name), copy, { recursive: true });
    what(copy);
    const { code, stderr } = await run('restore', [copy]);
    assert.equal(code, 1);
    assert.match(stderr, words);
    assert.deepEqual(readdirSync(system.data_dir).sort(), before_all);
  };
  const manifest = (copy: string): any => JSON.parse(readFileSync(join(copy, 'manifest.json'), 'utf8'));
  await spoil((copy) => truncateSync(join(copy, 'ab.sqlite'), 8_192), /ab\.sqlite has 8192 bytes instead of \d+/);
  await spoil((copy) => rmSync(join(copy, 'secrets/api-token')), /secrets\/api-token is missing/);
  await spoil((copy) => {
    const bytes = readFileSync(join(copy, 'metrics.sqlite'));
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] as number) ^ 1;
    writeFileSync(join(copy, 'metrics.sqlite'), bytes);
  }, /metrics\.sqlite is not what it was/);
  await spoil((copy) => appendFileSync(join(copy, 'manifest.json'), '}'), /cannot be read/);
  await spoil((copy) => writeFileSync(join(copy, 'manifest.json'), JSON.stringify({ ...manifest(copy), files: [{ path: '../../elsewhere', bytes: 1, sha256: 'a'.repeat(64) }] })), /does not name its files/);
  await spoil((copy) => writeFileSync(join(copy, 'manifest.json'), JSON.stringify({ ...manifest(copy), format: 2 })), /has format 2/);
  assert.match((await run('restore', [join(folder, 'absent')])).stderr, /There is no folder/);
});

test('npm run backup leaves nothing when a service is away or the token is wrong, and says what it could not reach', async () => {
  await system.ab.start();
  const target = join(folder, 'others');
  mkdirSync(target);
  assert.match((await run('backup', [target])).stderr, /^landing-service does not answer \(ECONNREFUSED\)/);
  assert.match((await run('backup', [target, '--service', 'ab-service'], { API_TOKEN: 'wrong' })).stderr, /^ab-service does not take the token/);
  assert.match((await run('backup', [target], { DATA_DIR: folder })).stderr, /^No token/);
  assert.deepEqual(readdirSync(target), []);
  const { code, stdout } = await run('backup', [target, '--service', 'ab-service'], { DATA_DIR: folder, API_TOKEN: system.api_token });
  assert.equal(code, 0);
  assert.match(stdout, /Not in it:\n {2}secrets: not within reach[\s\S]*landing-cookie-key: not within reach/);
  assert.equal(readdirSync(target).length, 1);
});
