import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { Handler } from '../../http/call.ts';
import { jsonReply } from '../../http/call.ts';
import { Meter } from '../../http/meter.ts';
import { serve } from '../../http/server.ts';
import { FeedHub } from '../../http/sse.ts';
import { createLog } from '../../log.ts';

/** Sends bytes to an application and answers all that comes back until the server closes. */
const exchange = async (app: Handler, text: string): Promise<string> => {
  const meter = new Meter();
  const server = await serve(app, { host: '127.0.0.1', port: 0, log: createLog({ service: 'test', level: 'error', write: () => {} }), meter, trusted_proxies: 0 });
  const socket = connect(server.port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (part) => (answer += part)).end(text);
  await once(socket, 'close');
  await server.stop();
  meter.close();
  return answer;
};

const well: Handler = () => jsonReply(200, 'well');

test('serve() refuses what is no HTTP like everything else: as a problem, with the security headers', async () => {
  for (const [text, status, title] of [
    ['nonsense\r\n\r\n', 400, 'Malformed request'],
    [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'Headers too large'],
    ['POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n', 400, 'Malformed request'],
  ] as const) {
    const answer = await exchange(well, text);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    for (const name of ['x-content-type-options: nosniff', "content-security-policy: default-src 'none'", 'content-type: application/problem\\+json', 'cache-control: no-store', 'connection: close']) assert.match(answer, new RegExp(`\r\n${name}`, 'i'));
    const body = JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
    assert.deepEqual([body.type, body.title, body.status], ['about:blank', title, status]);
  }
});

test('serve() answers a request once, also when it is refused before its body turns out to be none', async () => {
  const answer = await exchange(well, 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
  assert.equal(answer.match(/HTTP\/1\.1 \d/g)?.length, 1, answer);
});

test('serve() answers whoever expects something that we do not know of, as if nothing was expected', async () => {
  assert.match(await exchange(well, 'GET / HTTP/1.1\r\nHost: x\r\nExpect: wonders\r\nConnection: close\r\n\r\n'), /^HTTP\/1\.1 200 [^]*nosniff[^]*"well"$/);
});

test('serve() lets go of what HEAD does not read', async () => {
  const file = createReadStream(import.meta.filename);
  await exchange(() => ({ status: 200, body: file }), 'HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  assert.ok(file.destroyed);
});

test('serve() ends the answer to HEAD at once, also for a feed and for a stream that it does not begin', async () => {
  const hub = new FeedHub();
  let begun = false;
  async function* lines(): AsyncGenerator<string> {
    begun = true;
    yield 'line';
  }
  const app: Handler = (call) => (call.path === '/feed' ? hub.reply(() => []) : call.path === '/stream' ? { status: 200, body: lines() } : jsonReply(200, 'well'));
  for (const path of ['/feed', '/stream']) {
    const answer = await exchange(app, `HEAD ${path} HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.equal(answer.match(/HTTP\/1\.1 200/g)?.length, 2, answer);
  }
  assert.deepEqual([hub.size, begun], [0, false]);
});
