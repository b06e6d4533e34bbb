import { Readable } from 'node:stream';
import type { Call, Handler, Reply, Sink } from '../../http/call.ts';

/** What a test says of a call; the rest is as a program on this machine would send it. */
export interface TestCall {
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
  readonly address?: string;
}

/** Makes a call as the server would: `callOf('POST /events', { json: {…}, token })`. */
export const callOf = (signature: string, options: TestCall = {}): Call => {
  const [method = 'GET', target = '/'] = signature.split(' ');
  const [path = '/', search = ''] = target.split('?');
  const body = options.text ?? (options.json === undefined ? undefined : JSON.stringify(options.json));
  const headers: Record<string, string> = { host: 'localhost', ...(options.json === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers };
  if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body));
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`;
  return {
    id: 'test',
    method,
    path,
    query: new URLSearchParams(search),
    headers,
    address: options.address ?? '127.0.0.1',
    secure: false,
    host: headers['host'] ?? '',
    input: Readable.from(body === undefined ? [] : [Buffer.from(body)]),
  };
};

/** One answer with its body read. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly text: string;
  /** The body as JSON; throws if it is none. */
  readonly json: () => any;
  readonly reply: Reply;
}

const textOf = async (body: Reply['body']): Promise<string> => {
  if (body === undefined || typeof body === 'function') return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString('utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
};

/** Calls an application in process and reads the answer. */
export const ask = async (app: Handler, signature: string, options: TestCall = {}): Promise<TestAnswer> => {
  const reply = await app(callOf(signature, options));
  const text = await textOf(reply.body);
  return { status: reply.status, headers: reply.headers ?? {}, text, json: () => JSON.parse(text), reply };
};

/** Listens to a feed in process: `text()` is all that was written so far, `closed()` whether it is over. */
export const listen = (reply: Reply): { readonly text: () => string; readonly closed: () => boolean; readonly close: () => void } => {
  if (typeof reply.body !== 'function') throw new Error('the answer is no feed');
  let written = '';
  let is_closed = false;
  const listeners: (() => void)[] = [];
  const close = (): void => {
    is_closed = true;
    for (const listener of listeners.splice(0)) listener();
  };
  const sink: Sink = {
    write: (text) => {
      written += text;
      return true;
    },
    queued: 0,
    close,
    onClose: (listener) => {
      listeners.push(listener);
    },
  };
  reply.body(sink);
  return { text: () => written, closed: () => is_closed, close };
};
