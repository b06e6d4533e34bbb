import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../free-ports.ts';
import { generateLoad } from '../bench/generate-load.ts';
import { FRESH_ID } from '../bench/load-plan.ts';
import type { LoadPlan } from '../bench/load-plan.ts';
import { batchRequest, eventRequests, requestText } from '../bench/request-text.ts';
import { until } from '../until.ts';

const serve = async (context: TestContext, listener: RequestListener): Promise<number> => {
  const server = createServer(listener).listen(0, '127.0.0.1');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

const plan = (port: number, more: Partial<LoadPlan> = {}): LoadPlan => ({
  port,
  requests: [requestText('GET', '/')],
  ids: 'v7',
  connections: 4,
  warm_ms: 0,
  measure_ms: 50,
  processes: [],
  ...more,
});

test('generateLoad() sends as many requests as it is told, each with ids of its own, also where connections are closed', async (context) => {
  const seen: string[] = [];
  const sockets = new Set<unknown>();
  const port = await serve(context, (request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      seen.push((JSON.parse(body) as { readonly id: string }).id);
      if (seen.length % 10 === 0) response.setHeader('connection', 'close');
      response.end('{"ok":true}');
    });
    sockets.add(request.socket);
  });
  const result = await generateLoad(plan(port, { requests: [requestText('POST', '/', { id: FRESH_ID })], answers_max: 100, processes: [process.pid] }));
  assert.equal(result.accepted, 100);
  assert.equal(result.refused, 0);
  assert.equal(new Set(seen).size, 100);
  assert.ok(sockets.size >= 10);
  assert.ok(result.p50_ms > 0 && result.p50_ms <= result.p99_ms);
  assert.equal(result.cpu_us.length, 1);
});

test('generateLoad() takes requests in turn, for a time', async (context) => {
  const requests = ['/a', '/b'].map((path) => requestText('GET', path));
  const paths = await until('a time in which the machine has time for two answers', async () => {
    const seen: string[] = [];
    const port = await serve(context, (request, response) => {
      seen.push(request.url ?? '');
      response.end();
    });
    const { per_second, accepted } = await generateLoad(plan(port, { requests, connections: 1 }));
    return per_second > 0 && accepted > 1 ? seen : undefined;
  });
  assert.deepEqual(paths, paths.map((_, index) => ['/a', '/b'][index % 2]));
});

test('generateLoad() counts what is refused and shows the first of it', async (context) => {
  const port = await serve(context, (_request, response) => response.writeHead(429, 'Too Many Requests').end('slow down'));
  const { accepted, refused, refusal } = await generateLoad(plan(port, { answers_max: 10 }));
  assert.equal(accepted, 0);
  assert.equal(refused, 10);
  assert.match(refusal, /^HTTP\/1\.1 429 Too Many Requests/);
});

test('generateLoad() goes on where a connection breaks before the answer', async (context) => {
  let count = 0;
  const port = await serve(context, (request, response) => {
    count += 1;
    if (count === 3) request.socket.destroy();
    else response.end();
  });
  const { accepted, refused } = await generateLoad(plan(port, { connections: 1, answers_max: 10 }));
  assert.deepEqual({ accepted, refused }, { accepted: 9, refused: 1 });
});

test('generateLoad() rejects where nobody listens', async () => {
  const [port = 0] = await freePorts(1);
  await assert.rejects(generateLoad(plan(port)), /ECONNREFUSED/);
});

test('the limit answers what the services are asked', async (context) => {
  const [port = 0] = await freePorts(1);
  const limit = spawn(process.execPath, [fileURLToPath(new URL('../bench/limit-server.ts', import.meta.url))], { env: { PORT: String(port) }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  context.after(() => limit.kill());
  await until('the limit to listen', async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok);
  const page = await fetch(`http://127.0.0.1:${port}/page?bytes=6001`);
  assert.equal((await page.text()).length, 6_001);
  const assigned = (await (await fetch(`http://127.0.0.1:${port}/assign?visitor_id=v-1`)).json()) as { readonly visitor_id: string };
  assert.equal(assigned.visitor_id, 'v-1');
  for (const requests of [eventRequests(), batchRequest(7)]) {
    const { accepted } = await generateLoad(plan(port, { requests, answers_max: 20 }));
    assert.equal(accepted, 20);
  }
  limit.disconnect();
  await once(limit, 'exit');
});
