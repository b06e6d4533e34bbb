import assert from 'node:assert/strict';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startMain } from '../../shared/test/support/main-process.ts';

const MAIN = new URL('../src/main.ts', import.meta.url);
/** Nobody listens there: the service works without ab-service. */
const AWAY = { AB_URL: 'http://127.0.0.1:1' };

test('main.ts starts on nothing, keeps an answered event over kill -9, and stops with 0', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-metrics-'));
  const environment = { DATA_DIR: folder.path, ...AWAY };
  {
    await using service = startMain(MAIN, environment);
    const url = await service.listening;
    const answer = await fetch(`${url}/events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ visitor_id: 'v', event_type: 'page_view', variant: 'A' }) });
    assert.equal(answer.status, 201);
    await service.stop('SIGKILL');
  }
  await using service = startMain(MAIN, environment);
  const url = await service.listening;
  assert.equal(((await (await fetch(`${url}/stats`)).json()) as { total_events: number }).total_events, 1);
  assert.deepEqual(Object.keys((await (await fetch(`${url}/health`)).json()) as object), ['status', 'service', 'version', 'uptime_seconds', 'database']);
  assert.deepEqual(await service.stop('SIGTERM'), { code: 0, signal: null });
});

test('main.ts ends an open stream and an import under way when it stops', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-metrics-'));
  await using service = startMain(MAIN, { DATA_DIR: folder.path, API_TOKEN: 'token', ...AWAY });
  const url = await service.listening;
  const headers = { authorization: 'Bearer token' };
  const stream = await fetch(`${url}/events/stream`, { headers });
  const endless = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(Buffer.from('{"record":"event","visitor_id":"v","event_type":"x","event_id":"1"}\n')) });
  const importing = fetch(`${url}/import`, { method: 'POST', headers: { ...headers, 'content-type': 'application/x-ndjson' }, body: endless, duplex: 'half' } as RequestInit).then((answer) => answer.status, () => 'broken');
  assert.deepEqual(await service.stop('SIGTERM'), { code: 0, signal: null });
  assert.notEqual(await importing, 200);
  await stream.body?.cancel();
});

test('main.ts says in one line why it does not start, and ends with 1', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-metrics-'));
  await using first = startMain(MAIN, { DATA_DIR: folder.path, ...AWAY });
  await first.listening;
  await using second = startMain(MAIN, { DATA_DIR: folder.path, ...AWAY });
  assert.deepEqual(await second.ended, { code: 1, signal: null });
  assert.equal(second.lines.length, 1);
  await using third = startMain(MAIN, { DATA_DIR: folder.path, AB_URL: 'nowhere' });
  assert.equal((await third.ended).code, 1);
  assert.deepEqual(third.lines, ['AB_URL must be an address such as http://localhost:8080, without a path.']);
});
