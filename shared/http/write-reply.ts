import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Feed, Reply, Sink } from './call.ts';
import { JSON_TYPE } from './call.ts';

/** On every answer: no sniffing, no referrer, no framing, no script, no other site's use; a reply's own headers override. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};
const SECURITY_LIST = Object.entries(SECURITY_HEADERS).flat();

const headList = (reply: Reply, id: string, length: number | undefined): string[] => {
  const head = ['content-type', reply.type ?? JSON_TYPE, 'x-request-id', id];
  if (length !== undefined) head.push('content-length', String(length));
  if (reply.headers === undefined) {
    head.push(...SECURITY_LIST);
    return head;
  }
  for (const name in SECURITY_HEADERS) if (!(name in reply.headers)) head.push(name, SECURITY_HEADERS[name] as string);
  for (const name in reply.headers) {
    const value = reply.headers[name] as string | readonly string[];
    if (typeof value === 'string') head.push(name, value);
    else for (const each of value) head.push(name, each);
  }
  return head;
};

/** Feeds that are open in a server, so that stopping can close them. */
export type OpenFeeds = Set<() => void>;

const openFeed = (feed: Feed, response: ServerResponse, feeds: OpenFeeds): void => {
  const close = (): void => {
    response.end();
  };
  feeds.add(close);
  response.once('close', () => feeds.delete(close));
  response.flushHeaders();
  const sink: Sink = {
    write: (text) => response.write(text),
    get queued() {
      return response.writableLength;
    },
    close,
    onClose: (listener) => {
      response.once('close', listener);
    },
  };
  feed(sink);
};

/** Writes a reply to the socket. A stream that fails half-way breaks the connection: the client must not take it for whole. */
export const writeReply = (reply: Reply, response: ServerResponse, id: string, feeds: OpenFeeds): void => {
  const { body, status } = reply;
  if (body === undefined) {
    if (status !== 204 && status !== 304) response.writeHead(status, headList(reply, id, 0));
    else response.writeHead(status, headList(reply, id, undefined));
    response.end();
  } else if (typeof body === 'string') {
    const length = Buffer.byteLength(body);
    response.writeHead(status, headList(reply, id, length));
    // ASCII is the same in both, and copied without being looked at: 7 % of a page.
    response.end(body, length === body.length ? 'latin1' : 'utf8');
  } else if (body instanceof Uint8Array) {
    response.writeHead(status, headList(reply, id, body.byteLength));
    response.end(body);
  } else {
    response.writeHead(status, headList(reply, id, undefined));
    if (response.req.method === 'HEAD') {
      // What it will not see the end of is not begun, and an open file is closed.
      if (body instanceof Readable) body.destroy();
      response.end();
    } else if (typeof body === 'function') openFeed(body, response, feeds);
    else pipeline(Readable.from(body, { objectMode: false }), response).catch(() => response.destroy());
  }
};
