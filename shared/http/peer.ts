import type { ClientRequest, IncomingMessage } from 'node:http';
import { nodeHttp } from './node-http.ts';

/** Another service did not answer in time, refused the connection, answered too much, or is being left alone for a while. */
export class PeerAway extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PeerAway';
  }
}

/** How to reach another service. */
export interface PeerOptions {
  /** Base address, without a path. */
  readonly url: string;
  readonly token?: string;
  /** Default for a whole call, answer included. */
  readonly timeout_ms?: number;
  readonly answer_bytes_max?: number;
}

/** One call to another service. */
export interface PeerCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeout_ms?: number;
}

/** What the other service answered; statuses of 400 and more are answers too. */
export interface PeerAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

const TIMEOUT_MS = 2_000;
const ANSWER_BYTES_MAX = 8 * 1_048_576;
const FAILURES_TO_OPEN = 3;
const OPEN_MS_MIN = 250;
const OPEN_MS_MAX = 5_000;

/**
 * Calls one configured service: timeout, byte cap, keep-alive, and a circuit breaker that after three failures answers
 * `PeerAway` at once, then lets a single call through after 0.25 s, doubling to 5 s while that fails.
 */
export class Peer {
  private readonly base: URL;
  private readonly options: PeerOptions;
  private readonly agent = new nodeHttp.Agent({ keepAlive: true, maxFreeSockets: 32, timeout: 30_000 });
  private failures = 0;
  private open_until = 0;
  private trial = false;

  constructor(options: PeerOptions) {
    this.options = options;
    this.base = new URL(options.url);
  }

  /** True while the breaker keeps calls from going out. */
  get away(): boolean {
    return this.failures >= FAILURES_TO_OPEN;
  }

  /** Opens a request by hand, for streams; the caller minds errors and time. */
  open(call: PeerCall): ClientRequest {
    const { token } = this.options;
    return nodeHttp.request({
      agent: this.agent,
      host: this.base.hostname.replace(/^\[|\]$/g, ''),
      port: this.base.port || 80,
      method: call.method,
      path: call.path,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(call.body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(call.body) }),
        ...call.headers,
      },
    });
  }

  /** Calls and waits for the whole answer; throws `PeerAway`. */
  async call(call: PeerCall): Promise<PeerAnswer> {
    if (this.away && (this.trial || performance.now() < this.open_until)) throw new PeerAway('left alone after repeated failures');
    this.trial = this.away;
    try {
      const answer = await this.exchange(call);
      this.failures = 0;
      return answer;
    } catch (error) {
      this.failures += 1;
      this.open_until = performance.now() + Math.min(OPEN_MS_MAX, OPEN_MS_MIN * 2 ** Math.max(0, this.failures - FAILURES_TO_OPEN));
      throw error;
    } finally {
      this.trial = false;
    }
  }

  /** The same, with JSON both ways; throws `PeerAway` for an answer that is no JSON. */
  async json(call: Omit<PeerCall, 'body'> & { readonly body?: unknown }): Promise<{ readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: unknown }> {
    const { body, ...rest } = call;
    const answer = await this.call(body === undefined ? rest : { ...rest, body: JSON.stringify(body) });
    try {
      return { status: answer.status, headers: answer.headers, body: answer.text === '' ? null : JSON.parse(answer.text) };
    } catch {
      throw new PeerAway('answered something that is not JSON');
    }
  }

  private exchange(call: PeerCall): Promise<PeerAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = this.open(call);
      const timeout_ms = call.timeout_ms ?? this.options.timeout_ms ?? TIMEOUT_MS;
      const timer = setTimeout(() => outgoing.destroy(new PeerAway(`no answer within ${timeout_ms} ms`)), timeout_ms);
      const fail = (error: Error): void => {
        clearTimeout(timer);
        reject(error instanceof PeerAway ? error : new PeerAway((error as NodeJS.ErrnoException).code ?? error.message));
      };
      outgoing.once('error', fail);
      outgoing.once('response', (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size <= (this.options.answer_bytes_max ?? ANSWER_BYTES_MAX)) return;
          chunks.length = 0;
          fail(new PeerAway('answered too much'));
          outgoing.destroy();
        });
        incoming.once('error', fail);
        incoming.once('end', () => {
          clearTimeout(timer);
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(chunks, size).toString('utf8') });
        });
      });
      outgoing.end(call.body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
