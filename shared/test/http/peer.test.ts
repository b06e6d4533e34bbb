import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { FeedFollower, FeedParser } from '../../http/follow-feed.ts';
import type { FeedEvent } from '../../http/follow-feed.ts';
import { Peer, PeerAway } from '../../http/peer.ts';

type Listener = NonNullable<Parameters<typeof createServer>[1]>;

const stub = async (listener: Listener): Promise<AsyncDisposable & { readonly url: string; readonly requests: () => number }> => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    listener(request as never, response as never);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

test('Peer sends its token and JSON, and answers what came back', async () => {
  await using other = await stub((request, response) => {
    response.end(JSON.stringify([request.method, request.url, request.headers.authorization, request.headers['content-type']]));
  });
  const peer = new Peer({ url: other.url, token: 'secret' });
  const answer = await peer.json({ method: 'POST', path: '/x?y=1', body: { a: 1 } });
  assert.deepEqual(answer.body, ['POST', '/x?y=1', 'Bearer secret', 'application/json']);
  peer.close();
});

test('Peer gives up on an answer that is late, too large, broken or no JSON', async () => {
  await using other = await stub((request, response) => {
    if (request.url === '/big') response.end('x'.repeat(5000));
    else if (request.url === '/text') response.end('<html>');
    else if (request.url === '/broken') response.destroy();
  });
  const peer = new Peer({ url: other.url, timeout_ms: 50, answer_bytes_max: 1000 });
  for (const path of ['/late', '/big', '/broken']) {
    const fresh = new Peer({ url: other.url, timeout_ms: 50, answer_bytes_max: 1000 });
    await assert.rejects(fresh.call({ method: 'GET', path }), PeerAway, path);
    fresh.close();
  }
  await assert.rejects(peer.json({ method: 'GET', path: '/text' }), PeerAway);
  peer.close();
});

test('Peer leaves a service alone after three failures, and comes back when it answers again', async () => {
  let broken = true;
  await using other = await stub((_request, response) => {
    if (broken) response.destroy();
    else response.end('{}');
  });
  const peer = new Peer({ url: other.url });
  const call = (): Promise<void> => assert.rejects(peer.call({ method: 'GET', path: '/' }), PeerAway);
  for (let index = 0; index < 3; index += 1) await call();
  // At once, before the time is over that it is left alone for.
  await Promise.all(Array.from({ length: 7 }, call));
  assert.equal(other.requests(), 3);
  assert.equal(peer.away, true);
  broken = false;
  while ((await peer.call({ method: 'GET', path: '/' }).catch(() => undefined)) === undefined) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(peer.away, false);
  peer.close();
});

test('FeedParser puts messages together from pieces of any size', () => {
  const text = 'retry: 5\n\n: comment\nid: 1\nevent: change\ndata: {"a":\ndata: 1}\n\ndata:x\r\n\r\nid: 2\n\n';
  const whole = new FeedParser().push(text);
  assert.deepEqual(whole, [
    { id: '1', event: 'change', data: '{"a":\n1}' },
    { id: '1', event: 'message', data: 'x' },
  ]);
  const parser = new FeedParser();
  assert.deepEqual([...text.replaceAll('\r\n', '\n')].flatMap((character) => parser.push(character)), whole);
});

test('FeedFollower reconnects by itself and says where it stopped', async () => {
  const seen: FeedEvent[] = [];
  const resumed: (string | undefined)[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  await using other = await stub((request, response) => {
    resumed.push(request.headers['last-event-id'] as string | undefined);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`id: ${resumed.length}\ndata: ${resumed.length}\n\n`);
  });
  const peer = new Peer({ url: other.url });
  const follower = new FeedFollower(peer, '/feed', {
    on_event: (event) => {
      seen.push(event);
      if (seen.length === 3) resolve();
    },
  });
  await done;
  follower.close();
  peer.close();
  assert.deepEqual(seen.map(({ data }) => data), ['1', '2', '3']);
  assert.deepEqual(resumed.slice(0, 3), [undefined, '1', '2']);
});
