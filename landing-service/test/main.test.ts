import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tokenHash } from '../../shared/secrets.ts';
import { API_TOKEN, BROWSER, INGEST_TOKEN } from './support/landing.ts';
import { sampleConfig } from './support/sample-config.ts';
import { stubService } from './support/stub-service.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
  readonly ended: Promise<number | null>;
  readonly error: () => string;
}

/** Starts the service as a process and waits until it listens or ends. */
const start = async (environment: Readonly<Record<string, string>>): Promise<Running> => {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { PORT: '0', API_TOKEN_SHA256: tokenHash(API_TOKEN), INGEST_TOKEN, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let [output, error] = ['', ''];
  child.stderr?.on('data', (text) => (error += String(text)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const port = await new Promise<string>((resolve) => {
    child.stdout?.on('data', (text) => {
      output += String(text);
      const found = /"listening".*"port":(\d+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => resolve('0'));
  });
  return { process: child, url: `http://127.0.0.1:${port}`, ended, error: () => error };
};

const inFolder = async (check: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-landing-'));
  try {
    await check(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

test('landing-service keeps what it acknowledged through kill -9, and visitors their variant, with the others away', async () => {
  await inFolder(async (DATA_DIR) => {
    await using metrics = await stubService();
    const configured = { DATA_DIR, METRICS_URL: metrics.url, AB_URL: 'http://127.0.0.1:1' };
    const first = await start(configured);
    const { headers } = await fetch(first.url, { headers: BROWSER });
    const cookie = headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
    const post = (url: string, event_id: string) => fetch(`${url}/events`, { method: 'POST', headers: { ...BROWSER, cookie, 'content-type': 'application/json' }, body: JSON.stringify({ event_id, event_type: 'click' }) });
    for (const id of ['1', '2', '3']) assert.equal((await post(first.url, id)).status, 201);
    const form = await fetch(`${first.url}/contact`, { method: 'POST', redirect: 'manual', headers: { ...BROWSER, cookie }, body: new URLSearchParams({ name: 'Ada', email: 'a@b', message: '' }) });
    assert.equal(form.status, 303);
    first.process.kill('SIGKILL');
    await first.ended;

    metrics.answer = ({ body }) => ({ status: 200, body: { accepted: body.events.length, duplicates: 0, rejected: [] } });
    metrics.requests.length = 0;
    const second = await start(configured);
    const waiting = async (): Promise<number> => (await (await fetch(`${second.url}/api/pages`, { headers: { authorization: `Bearer ${API_TOKEN}` } })).json() as { outbox: { rows: number } }).outbox.rows;
    while ((await waiting()) > 0);
    assert.deepEqual(metrics.requests.flatMap(({ body }) => body.events.map(({ event_id, event_type }: Record<string, string>) => (event_type === 'click' ? event_id : event_type))), ['1', '2', '3', 'form_submit']);
    const again = await fetch(second.url, { headers: { ...BROWSER, cookie } });
    assert.equal(again.headers.getSetCookie().length, 0, 'the visitor is still known');

    const refused = await start(configured);
    assert.equal(await refused.ended, 1);
    assert.match(refused.error(), /^The database .* is in use by another process.*\n$/);
    second.process.kill('SIGTERM');
    assert.equal(await second.ended, 0);
    for (const name of readdirSync(DATA_DIR).filter((file) => !file.endsWith('.exists'))) assert.equal(statSync(join(DATA_DIR, name)).mode & 0o077, 0, `${name} is for its owner alone`);
  });
});

test('landing-service assigns after a restart without ab-service as it was configured before', async () => {
  await inFolder(async (DATA_DIR) => {
    const { createServer } = await import('node:http');
    const stream = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(`event: config\ndata: ${JSON.stringify(sampleConfig())}\n\n`));
    await new Promise<void>((resolve) => stream.listen(0, '127.0.0.1', resolve));
    const address = stream.address();
    const configured = { DATA_DIR, METRICS_URL: 'http://127.0.0.1:1', AB_URL: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
    const first = await start(configured);
    const experiment = async (url: string): Promise<string | null> => (await (await fetch(`${url}/api/pages`, { headers: { authorization: `Bearer ${API_TOKEN}` } })).json() as { data: readonly { name: string; experiment: string | null }[] }).data.find(({ name }) => name === 'home')?.experiment ?? null;
    while ((await experiment(first.url)) === null);
    first.process.kill('SIGKILL');
    await first.ended;
    stream.close();
    stream.closeAllConnections();

    const second = await start(configured);
    const cookies = (await fetch(second.url, { headers: BROWSER })).headers.getSetCookie();
    assert.deepEqual(cookies.map((cookie) => cookie.split('=')[0]), ['visitor_id', 'assigned']);
    second.process.kill('SIGTERM');
    assert.equal(await second.ended, 0);
  });
});

test('landing-service says in one line what is wrong with its settings', async () => {
  await inFolder(async (DATA_DIR) => {
    for (const [wrong, expected] of [
      [{ COOKIE_KEY: 'short' }, /^COOKIE_KEY must have at least 32 characters\.\n$/],
      [{ PAGES_DIR: '/nonexistent' }, /^The pages' folder \/nonexistent cannot be read\.\n$/],
      [{ PORT: 'x' }, /^PORT must be a port/],
    ] as const) {
      const { ended, error } = await start({ DATA_DIR, ...wrong });
      assert.equal(await ended, 1);
      assert.match(error(), expected);
    }
  });
});
