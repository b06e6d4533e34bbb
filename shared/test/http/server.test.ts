import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import type { Call, Handler } from '../../http/call.ts';
import { jsonReply } from '../../http/call.ts';
import { readBytes, readJson } from '../../http/body.ts';
import { Meter } from '../../http/meter.ts';
import { answerProblems } from '../../http/problem-reply.ts';
import { serve } from '../../http/server.ts';
import type { Server } from '../../http/server.ts';
import { FeedHub } from '../../http/sse.ts';
import { createLog } from '../../log.ts';
import { Problem } from '../../problem.ts';
import { StartFault } from '../../start-fault.ts';

interface Served extends AsyncDisposable {
  readonly server: Server;
  readonly url: string;
  readonly lines: string[];
}

const started = async (app: Handler, trusted_proxies = 0): Promise<Served> => {
  const lines: string[] = [];
  const log = createLog({ service: 'test', level: 'info', write: (line) => lines.push(line) });
  const meter = new Meter();
  const server = await serve(answerProblems(log, app), { host: '127.0.0.1', port: 0, log, meter, trusted_proxies });
  return {
    server,
    url: `http://127.0.0.1:${server.port}`,
    lines,
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      meter.close();
    },
  };
};

/** Sends bytes as they are and answers all that comes back until the server closes, which may refuse the rest of them. */
const raw = (port: number, text: string, half_close = false): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: half_close }, () => (half_close ? socket.end(text) : socket.write(text)));
    let answer = '';
    socket.on('data', (bytes) => (answer += bytes.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', () => {});
  });

test('serve() marks every answer with the security headers and a request id', async () => {
  await using served = await started(() => jsonReply(200, { ok: true }));
  const answer = await fetch(served.url);
  assert.deepEqual(await answer.json(), { ok: true });
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.match(answer.headers.get('x-request-id') ?? '', /\w/);
  assert.equal(answer.headers.get('x-powered-by'), null);
});

test('serve() answers a client that says at once that it sends no more, and closes then', async () => {
  await using served = await started((call) => (call.path === '/now' ? jsonReply(200, {}) : new Promise((resolve) => setImmediate(() => setImmediate(() => resolve(jsonReply(200, {})))))));
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  for (const text of [get('/now'), get('/later'), get('/now') + get('/later'), get('/later') + get('/now')]) {
    assert.equal((await raw(served.server.port, text, true)).match(/HTTP\/1\.1 200/g)?.length, text.split('GET').length - 1, text);
  }
});

test('serve() sends text as it is, in whatever script', async () => {
  let text = '';
  await using served = await started(() => ({ status: 200, type: 'text/plain; charset=utf-8', body: text }));
  for (text of ['', 'plain', 'café', '日本', '🦊', 'a'.repeat(100_000), 'é'.repeat(100_000)]) assert.equal(await (await fetch(served.url)).text(), text);
});

test('serve() survives a handler that throws, at once or later, and tells the client nothing of it', async () => {
  await using served = await started((call) => {
    if (call.path === '/now') throw new Error('a secret detail');
    return Promise.reject(new Error('a secret detail'));
  });
  for (const path of ['/now', '/later']) {
    const answer = await fetch(served.url + path);
    assert.equal(answer.status, 500);
    assert.ok(!(await answer.text()).includes('secret'));
  }
  assert.equal(served.lines.filter((line) => line.includes('a secret detail')).length, 2);
});

test('serve() answers targets that break URL parsers, and stays alive', async () => {
  await using served = await started((call) => jsonReply(200, { path: call.path, a: call.query.get('a') }));
  const { port } = served.server;
  for (const target of ['//', '/%', '/?a=%', '/a//b', '/\\..\\']) assert.match(await raw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), /^HTTP\/1.1 200/, target);
  for (const target of ['http://elsewhere/', '*', 'x'])
    assert.match(await raw(port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`), /^HTTP\/1.1 400/, target);
  assert.match(await raw(port, 'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 400/);
  assert.match(await raw(port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'), /^HTTP\/1.1 400/);
  assert.match(await raw(port, 'nonsense\r\n\r\n'), /^HTTP\/1.1 400/);
  assert.match(await raw(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`), /^HTTP\/1.1 431/);
  assert.equal((await fetch(served.url)).status, 200);
});

test('readJson() refuses a body that is too large, announced or not, and leaves the server well', async () => {
  await using served = await started(async (call) => jsonReply(200, await readJson(call, 100)));
  const big = JSON.stringify('x'.repeat(200));
  assert.equal((await fetch(served.url, { method: 'POST', body: big, headers: { 'content-type': 'application/json' } })).status, 413);
  const chunked = await raw(served.server.port, `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${'64\r\n' + 'x'.repeat(100) + '\r\n'}${'64\r\n' + 'x'.repeat(100) + '\r\n'}`);
  assert.match(chunked, /^HTTP\/1.1 413/);
  assert.equal((await fetch(served.url, { method: 'POST', body: '[1]', headers: { 'content-type': 'application/json' } })).status, 200);
  assert.equal((await fetch(served.url, { method: 'POST', body: '[1]', headers: { 'content-type': 'text/plain' } })).status, 415);
  assert.equal((await fetch(served.url, { method: 'POST', body: Buffer.from([0x22, 0xff, 0x22]), headers: { 'content-type': 'application/json' } })).status, 400);
});

test('readBytes() reads a body that came with its head at once, and any other when it has come', async () => {
  const at_once: boolean[] = [];
  let goOn = (): void => {};
  await using served = await started(async (call) => {
    const bytes = readBytes(call);
    at_once.push(bytes instanceof Buffer);
    goOn();
    return jsonReply(200, (await bytes).toString());
  });
  const send = (length: number, body: string, rest: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(served.server.port, '127.0.0.1', () => socket.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n${body}`));
      let answer = '';
      goOn = () => socket.write(rest);
      socket.on('data', (bytes) => (answer += bytes.toString()));
      socket.on('close', () => resolve(answer));
    });
  assert.match(await send(4, 'abcd', ''), /"abcd"$/);
  assert.match(await send(0, '', ''), /""$/);
  assert.match(await send(4, 'ab', 'cd'), /"abcd"$/);
  assert.match(await send(4, '', 'abcd'), /"abcd"$/);
  assert.deepEqual(at_once, [true, true, false, false]);
});

test('readBytes() reads all pieces of a body, however it came', async () => {
  await using served = await started(async (call) => jsonReply(200, (await readBytes(call)).toString()));
  const pieces = ['abc', 'd', 'ef'].map((piece) => `${piece.length}\r\n${piece}\r\n`).join('');
  assert.match(await raw(served.server.port, `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${pieces}0\r\n\r\n`), /"abcdef"$/);
  for (const length of [60_000, 70_000, 130_000, 200_000, 1_000_000]) {
    const body = Array.from({ length: length / 10 }, (_, index) => String(index).padStart(10, '.')).join('');
    for (let time = 0; time < 5; time += 1) assert.equal(await (await fetch(served.url, { method: 'POST', body })).json(), body, `${length} bytes`);
  }
});

test('readBytes() does not wait for a client that left before it was asked', () => {
  const input = Readable.from(['abc']).destroy();
  const call = { input, headers: { 'content-length': '10' } } as unknown as Call;
  assert.throws(() => readBytes(call), /closed before the body was complete/);
});

test('readBytes() gives up on a body that does not come', async () => {
  await using served = await started(async (call) => jsonReply(200, (await readBytes(call, 100, 50)).length));
  assert.match(await raw(served.server.port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'), /^HTTP\/1.1 408/);
});

test('serve() believes as many proxies as it is told to', async () => {
  const app: Handler = (call) => jsonReply(200, [call.address, call.secure, call.host]);
  const headers = { 'x-forwarded-for': '6.6.6.6, 1.2.3.4', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'shop.example' };
  await using direct = await started(app);
  assert.deepEqual(await (await fetch(direct.url, { headers })).json(), ['127.0.0.1', false, `127.0.0.1:${direct.server.port}`]);
  await using behind = await started(app, 1);
  assert.deepEqual(await (await fetch(behind.url, { headers })).json(), ['1.2.3.4', true, 'shop.example']);
});

test('stop() lets a request in flight finish, ends feeds, and refuses new ones', async () => {
  const hub = new FeedHub();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
  const served = await started(async (call) => {
    if (call.path === '/feed') return hub.reply(() => [{ id: '1', event: 'hello', data: 'a\nb' }]);
    enter();
    await held;
    return jsonReply(200, 'done');
  });
  const slow = fetch(`${served.url}/slow`);
  await entered;
  const feed = await fetch(`${served.url}/feed`);
  const stopping = served.server.stop();
  assert.match(await feed.text(), /id: 1\nevent: hello\ndata: a\ndata: b\n\n/);
  release();
  assert.equal(await (await slow).json(), 'done');
  await stopping;
  await assert.rejects(fetch(served.url));
});

test('serve() says in one sentence that a port is taken', async () => {
  await using served = await started(() => jsonReply(200, 1));
  const meter = new Meter();
  const log = createLog({ service: 'test', level: 'error', write: () => {} });
  await assert.rejects(serve(() => jsonReply(200, 1), { host: '127.0.0.1', port: served.server.port, log, meter, trusted_proxies: 0 }), (error) => error instanceof StartFault && /already in use/.test(error.message));
  meter.close();
});

test('answerProblems() writes a Problem as RFC 9457, with its headers', async () => {
  await using served = await started(() => {
    throw new Problem('too_many', 'Slow down.', { retry_after_seconds: 7, faults: [{ field: '/a', message: 'no' }] });
  });
  const answer = await fetch(served.url);
  assert.equal(answer.status, 429);
  assert.equal(answer.headers.get('retry-after'), '7');
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.deepEqual(await answer.json(), { type: 'about:blank', title: 'Too many requests', status: 429, detail: 'Slow down.', errors: [{ field: '/a', message: 'no' }] });
});
