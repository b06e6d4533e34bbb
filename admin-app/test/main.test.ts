import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from './support/until.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const PASSWORD = 'correct horse battery';

interface Started extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly url: string;
  readonly output: () => string;
}

const start = async (data_dir: string, environment: Record<string, string> = {}): Promise<Started> => {
  const nowhere = 'http://127.0.0.1:9';
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { PORT: '0', DATA_DIR: data_dir, AB_URL: nowhere, METRICS_URL: nowhere, LANDING_PEER_URL: nowhere, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const port = (): string | undefined => /"message":"listening".*"port":(\d+)/.exec(output)?.[1];
  // 'close' comes after the last line of output; 'exit' may come before.
  let closed = false;
  child.once('close', () => (closed = true));
  await until('admin-app to listen or to end', () => port() !== undefined || closed);
  return {
    process: child,
    url: `http://127.0.0.1:${port() ?? 0}`,
    output: () => output,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
};

const folder = (): Disposable & { readonly path: string } => {
  const path = mkdtempSync(join(tmpdir(), 'fairsplit-admin-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
};

const post = (url: string, path: string, fields: Record<string, string>): Promise<Response> =>
  fetch(url + path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin: url }, redirect: 'manual' });

const cookieOf = (answer: Response): string => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

test('admin-app is set up by the link in its folder, and knows accounts and sessions after kill -9', async () => {
  using data = folder();
  const file = join(data.path, 'setup-link');
  let cookie = '';
  {
    await using admin = await start(data.path);
    assert.equal((await fetch(`${admin.url}/health`)).status, 200);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const link = readFileSync(file, 'utf8').trim();
    assert.match(link, /^http:\/\/localhost:8081\/setup#[\w-]{43}$/);
    assert.ok(admin.output().includes(link));
    assert.equal((await fetch(`${admin.url}/setup`)).status, 200);
    const done = await post(admin.url, '/setup', { token: link.split('#')[1] ?? '', name: 'ann', password: PASSWORD });
    assert.equal(done.status, 303);
    cookie = cookieOf(done);
    assert.throws(() => statSync(file), { code: 'ENOENT' });
  }
  await using again = await start(data.path);
  assert.throws(() => statSync(file), { code: 'ENOENT' });
  assert.equal((await fetch(`${again.url}/setup`)).status, 404);
  assert.deepEqual(await (await fetch(`${again.url}/session`, { headers: { cookie } })).json(), { account: 'ann', role: 'admin' });
  const signed_in = await post(again.url, '/sign-in', { name: 'ann', password: PASSWORD });
  assert.equal(signed_in.status, 303);
  const page = await fetch(again.url, { headers: { cookie: cookieOf(signed_in), accept: 'text/html' } });
  assert.equal(page.status, 200);
  assert.match(await page.text(), /ab-service is away/);
  again.process.kill('SIGTERM');
  const [code] = await once(again.process, 'exit');
  assert.equal(code, 0);
});

test('admin-app makes another link at each start, and the one before is worth nothing', async () => {
  using data = folder();
  const links: string[] = [];
  for (let round = 0; round < 2; round += 1) {
    await using admin = await start(data.path);
    links.push(readFileSync(join(data.path, 'setup-link'), 'utf8').trim());
    const first = await post(admin.url, '/setup', { token: links[0]?.split('#')[1] ?? '', name: 'ann', password: round === 0 ? 'short' : PASSWORD });
    assert.equal(first.status, round === 0 ? 400 : 403);
  }
  assert.notEqual(links[0], links[1]);
});

test('admin-app lets a second one on the same folder go with one clear line, and a bad password too', async () => {
  using data = folder();
  await using admin = await start(data.path, { ADMIN_PASSWORD: PASSWORD });
  assert.equal((await post(admin.url, '/sign-in', { name: 'admin', password: PASSWORD })).status, 303);
  await using second = await start(data.path);
  assert.equal(second.process.exitCode, 1);
  assert.equal(second.output().trim().split('\n').length, 1, second.output());
  using other = folder();
  await using bad = await start(other.path, { ADMIN_PASSWORD: 'too short' });
  assert.equal(bad.process.exitCode, 1);
  assert.match(bad.output(), /^ADMIN_PASSWORD is not acceptable: Use at least 12 characters; this has 9\.\n$/);
});

test('admin-app ends the feeds of those who look on, and stops with code 0', async () => {
  using data = folder();
  await using admin = await start(data.path, { ADMIN_PASSWORD: PASSWORD });
  const cookie = cookieOf(await post(admin.url, '/sign-in', { name: 'admin', password: PASSWORD }));
  const feed = await fetch(`${admin.url}/overview/live`, { headers: { cookie } });
  const reader = feed.body?.getReader();
  let text = '';
  const decoder = new TextDecoder();
  while (!text.includes('event: overview')) text += decoder.decode((await reader?.read())?.value);
  admin.process.kill('SIGTERM');
  const [code] = await once(admin.process, 'exit');
  assert.equal(code, 0);
});
