import assert from 'node:assert/strict';
import { existsSync, mkdtempDisposableSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startMain } from '../../shared/test/support/main-process.ts';

const MAIN = new URL('../src/main.ts', import.meta.url);

test('main.ts starts on nothing, keeps an assignment over kill -9, and stops with 0', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-ab-'));
  const environment = { DATA_DIR: folder.path };
  const get = async (url: string, target: string): Promise<{ variant_id: string; is_new: boolean }> => (await (await fetch(url + target)).json()) as never;
  let first;
  {
    await using service = startMain(MAIN, environment);
    const url = await service.listening;
    assert.deepEqual(Object.keys(await get(url, '/health')), ['status', 'service', 'version', 'uptime_seconds', 'database']);
    first = await get(url, '/assign?visitor_id=v1');
    assert.equal(first.is_new, true);
    for (const file of ['secrets/api-token', 'secrets/ingest-token', 'secrets-landing/api-token-sha256']) assert.equal(statSync(join(folder.path, file)).mode & 0o777, 0o600);
    await service.stop('SIGKILL');
  }
  await using service = startMain(MAIN, environment);
  assert.deepEqual(await get(await service.listening, '/assign?visitor_id=v1'), { ...first, is_new: false });
  assert.deepEqual(await service.stop('SIGTERM'), { code: 0, signal: null });
});

test('main.ts answers a waiting follower and an open stream when it stops', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-ab-'));
  await using service = startMain(MAIN, { DATA_DIR: folder.path, API_TOKEN: 'token' });
  const url = await service.listening;
  const headers = { authorization: 'Bearer token' };
  const stream = await fetch(`${url}/config/stream`, { headers });
  const reader = stream.body?.getReader();
  assert.match(new TextDecoder().decode((await reader?.read())?.value), /retry: 1000\n\nid: 1\nevent: config\n/);
  const waiting = fetch(`${url}/assignments?after=0&wait=25`, { headers });
  // Whether the follower's request or this one comes first does not matter: the service has to stop either way.
  await (await fetch(`${url}/health`)).text();
  assert.deepEqual(await service.stop('SIGTERM'), { code: 0, signal: null });
  const answer = await waiting.then((response) => response.status, () => 'refused');
  assert.ok(answer === 200 || answer === 'refused');
});

test('main.ts says in one line why it does not start, and ends with 1', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-ab-'));
  await using first = startMain(MAIN, { DATA_DIR: folder.path });
  await first.listening;
  await using second = startMain(MAIN, { DATA_DIR: folder.path });
  assert.deepEqual(await second.ended, { code: 1, signal: null });
  assert.equal(second.lines.length, 1);
  await using third = startMain(MAIN, { DATA_DIR: join(folder.path, 'other'), PORT: 'no' });
  assert.equal((await third.ended).code, 1);
  assert.deepEqual(third.lines, ['PORT must be a port from 0 to 65535.']);
  assert.equal(existsSync(join(folder.path, 'other')), false);
});
