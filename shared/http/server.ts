import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '../log.ts';
import { Problem } from '../problem.ts';
import { StartFault } from '../start-fault.ts';
import type { Handler, Reply } from './call.ts';
import { IncomingCall, requireHonest } from './incoming-call.ts';
import type { Meter } from './meter.ts';
import { nodeHttp } from './node-http.ts';
import { parserFault } from './parser-fault.ts';
import { problemReply } from './problem-reply.ts';
import { clientOf } from './rate-limit.ts';
import { Turn } from './turn.ts';
import { writeReply } from './write-reply.ts';
import type { OpenFeeds } from './write-reply.ts';

const HEADERS_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 5_000;
const IDLE_SOCKET_MS = 60_000;
const CHECK_EVERY_MS = 1_000;
const REQUESTS_PER_SOCKET_MAX = 1_000;
const HEADERS_MAX = 100;
const SOCKETS_PER_ADDRESS_MAX = 200;
const SLOW_REQUEST_MS = 1_000;
const SUMMARY_EVERY_MS = 10_000;
/** How long stopping waits for what is in flight (milliseconds). */
const STOP_GRACE_MS = 1_200;
const STOP_POLL_MS = 25;
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/** What a server needs besides the application. */
export interface ServeOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  readonly meter: Meter;
  /** `TRUST_PROXY`: how many proxies in front are believed. */
  readonly trusted_proxies: number;
}

/** Serves an application over HTTP/1.1: the only place that knows sockets. */
export class Server {
  readonly port: number;
  private readonly http: HttpServer;
  private readonly feeds: OpenFeeds;
  private readonly summary: NodeJS.Timeout;

  constructor(http: HttpServer, feeds: OpenFeeds, options: ServeOptions) {
    const address = http.address();
    this.port = typeof address === 'object' && address !== null ? address.port : options.port;
    this.http = http;
    this.feeds = feeds;
    this.summary = setInterval(() => {
      const { requests, ...rest } = options.meter.summarize();
      if (requests > 0) options.log.info('requests in the last 10 s', { requests, ...rest });
    }, SUMMARY_EVERY_MS).unref();
  }

  /** Stops accepting, lets what is in flight finish, ends feeds, then breaks what is left. */
  async stop(): Promise<void> {
    clearInterval(this.summary);
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    for (const close of this.feeds) close();
    const poll = setInterval(() => this.http.closeIdleConnections(), STOP_POLL_MS);
    const deadline = setTimeout(() => this.http.closeAllConnections(), STOP_GRACE_MS);
    await closed;
    clearInterval(poll);
    clearTimeout(deadline);
  }
}

const limitSocketsPerAddress = (http: HttpServer): void => {
  const open = new Map<string, number>();
  http.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    if (LOOPBACK.test(address)) return;
    const client = clientOf(address);
    const count = (open.get(client) ?? 0) + 1;
    if (count > SOCKETS_PER_ADDRESS_MAX) {
      socket.destroy();
      return;
    }
    open.set(client, count);
    socket.once('close', () => {
      const left = (open.get(client) ?? 1) - 1;
      if (left === 0) open.delete(client);
      else open.set(client, left);
    });
  });
};

const answerer = (app: Handler, options: ServeOptions, feeds: OpenFeeds, answered_early: WeakSet<object>): ((request: IncomingMessage, response: ServerResponse) => void) => {
  const { log, meter, trusted_proxies } = options;
  const detailed = log.level === 'debug';
  const turn = new Turn();

  const handle = (request: IncomingMessage, response: ServerResponse, began: number): void => {
    const call = new IncomingCall(request, trusted_proxies);
    const write = (reply: Reply): void => {
      const unread = !request.complete && request.headers['content-length'] !== '0' && (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined);
      if (unread) {
        response.setHeader('connection', 'close');
        answered_early.add(request.socket);
      }
      writeReply(reply, response, call.id, feeds);
      const milliseconds = performance.now() - began;
      meter.count(reply.status, reply.held ? 0 : milliseconds);
      if (detailed) log.debug('request', { request_id: call.id, method: call.method, path: call.path.slice(0, 200), status: reply.status, milliseconds });
      else if (milliseconds > SLOW_REQUEST_MS && typeof reply.body !== 'function' && !reply.held) log.info('slow request', { request_id: call.id, method: call.method, path: call.path.slice(0, 200), status: reply.status, milliseconds });
    };
    const fail = (error: unknown): void => {
      log.error('answer failed', { request_id: call.id, stack: error instanceof Error ? (error.stack ?? '') : String(error) });
      response.destroy();
    };
    const finish = (reply: Reply): void =>
      turn.leave(() => {
        try {
          write(reply);
        } catch (error) {
          fail(error);
        }
      });
    try {
      requireHonest(request);
      const reply = app(call);
      if (reply instanceof Promise) reply.then(finish, fail);
      else finish(reply);
    } catch (error) {
      if (error instanceof Problem) finish(problemReply(error));
      else fail(error);
    }
  };
  return (request, response) => {
    const began = performance.now();
    turn.begin(() => handle(request, response, began));
  };
};

/** Starts serving; throws StartFault when the port is taken or the address is none of ours. */
export const serve = (app: Handler, options: ServeOptions): Promise<Server> => {
  const feeds: OpenFeeds = new Set();
  // Sockets whose request was answered before it was read to its end: what follows on them gets no second answer.
  const answered_early = new WeakSet<object>();
  const answer = answerer(app, options, feeds, answered_early);
  const http = nodeHttp.createServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0, keepAliveTimeout: KEEP_ALIVE_MS, connectionsCheckingInterval: CHECK_EVERY_MS, noDelay: true, requireHostHeader: false },
    answer,
  );
  // Node's own 417 would go out without our headers, and nobody has to heed an unknown expectation (RFC 9110, 10.1.1).
  http.on('checkExpectation', answer);
  // A client that says it sends no more gets its answers; Node would close before those that are not written yet. Its types do not know the name.
  Object.assign(http, { httpAllowHalfOpen: true });
  http.maxRequestsPerSocket = REQUESTS_PER_SOCKET_MAX;
  http.maxHeadersCount = HEADERS_MAX;
  http.timeout = IDLE_SOCKET_MS;
  limitSocketsPerAddress(http);
  http.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (answered_early.has(socket)) socket.end();
    else if (socket.writable) socket.end(parserFault(error.code));
    else socket.destroy();
  });
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const at = `${options.host}:${options.port}`;
      const why = error.code === 'EADDRINUSE' ? `${at} is already in use` : error.code === 'EACCES' ? `no permission to listen on ${at}` : `cannot listen on ${at} (${error.code})`;
      reject(new StartFault(`${why}; choose another port with PORT.`));
    });
    http.listen(options.port, options.host, () => resolve(new Server(http, feeds, options)));
  });
};
