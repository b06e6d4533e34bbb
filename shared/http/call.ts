import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';

/** Who speaks: nobody we know, the holder of `INGEST_TOKEN`, or the holder of `API_TOKEN`. */
export type Caller = 'anyone' | 'ingest' | 'api';

/** One request as the application sees it: plain data, made by the server or by a test. */
export interface Call {
  /** Names the request in logs and in `X-Request-Id`. */
  readonly id: string;
  readonly method: string;
  /** The path as it was sent, without the query, percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names, as `node:http` gives them. */
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** The client's address, believed through as many proxies as `TRUST_PROXY` says. */
  readonly address: string;
  /** True if the client's own connection (to the outermost proxy) is https. */
  readonly secure: boolean;
  /** The host as the client named it. */
  readonly host: string;
  /** The body, unread. */
  readonly input: Readable;
}

/** Where a feed writes; the server closes it when the client leaves or the service stops. */
export interface Sink {
  /** Queues text; false once more is queued than the socket takes at present. */
  write(text: string): boolean;
  /** Bytes queued that the client has not taken. */
  readonly queued: number;
  close(): void;
  onClose(listener: () => void): void;
}

/** A body that goes on: called once, with the sink, after the headers went out. */
export type Feed = (sink: Sink) => void;

/** What goes out; a string costs one system call where bytes cost two. */
export type ReplyBody = string | Uint8Array | AsyncIterable<string | Uint8Array> | Feed;

/** One answer, as plain data. */
export interface Reply {
  readonly status: number;
  /** The content type; JSON where absent. */
  readonly type?: string;
  /** Lower-case names; they override the constant block of security headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: ReplyBody;
  /** True where the answer was held back on purpose (a long poll): it is not slow. */
  readonly held?: boolean;
}

/** An application, or a middleware around one: the only shape there is. */
export type Handler = (call: Call) => Reply | Promise<Reply>;

/** The content type of JSON. */
export const JSON_TYPE = 'application/json; charset=utf-8';
/** The content type of a page. */
export const HTML_TYPE = 'text/html; charset=utf-8';
/** The content type of plain text. */
export const TEXT_TYPE = 'text/plain; charset=utf-8';

/** Answers with JSON. */
export const jsonReply = (status: number, value: unknown, headers?: Reply['headers']): Reply =>
  headers === undefined ? { status, body: JSON.stringify(value) } : { status, headers, body: JSON.stringify(value) };

/** Answers that there is nothing more to say. */
export const emptyReply = (status: number = 204, headers: Reply['headers'] = {}): Reply => ({ status, headers });

/** Sends a browser elsewhere after a form (POST-redirect-GET). */
export const seeOther = (location: string, headers: Reply['headers'] = {}): Reply => ({ status: 303, headers: { ...headers, location } });
