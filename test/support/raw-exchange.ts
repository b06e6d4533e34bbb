import { connect } from 'node:net';

/** How long an answer may take before the test gives up (milliseconds): longer than the longest deadline of a service. */
const ANSWER_MS_MAX = 25_000;

/** An answer as it came over the socket. */
export interface RawAnswer {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  /** Lower-case names with every value that was sent, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  /** All of it. */
  readonly text: string;
}

const headersOf = (lines: readonly string[]): Map<string, string[]> => {
  const headers = new Map<string, string[]>();
  for (const line of lines) {
    const mark = line.indexOf(':');
    const name = line.slice(0, mark).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(mark + 1).trim()]);
  }
  return headers;
};

const unchunked = (text: string): string => {
  let body = '';
  for (let at = 0; ;) {
    const end = text.indexOf('\r\n', at);
    const size = Number.parseInt(text.slice(at, end), 16);
    if (end < 0 || !(size > 0)) return body;
    body += text.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
};

/** Reads bytes as an answer; undefined while it is not whole. `latin1` keeps one character a byte, so that lengths can be compared. */
const parseAnswer = (latin1: string, head_only: boolean, closed: boolean): RawAnswer | undefined => {
  const end = latin1.indexOf('\r\n\r\n');
  if (end < 0) return closed ? { status: 0, headers: new Map(), body: '', text: latin1 } : undefined;
  const [first = '', ...lines] = latin1.slice(0, end).split('\r\n');
  const status = Number(first.split(' ')[1]);
  if (status === 100) return parseAnswer(latin1.slice(end + 4), head_only, closed);
  const headers = headersOf(lines);
  const rest = latin1.slice(end + 4);
  const chunked = headers.get('transfer-encoding')?.includes('chunked') ?? false;
  const length = headers.get('content-length')?.[0];
  // What follows a feed's head comes when it comes.
  const whole = head_only || status === 204 || status === 304 || headers.get('content-type')?.[0]?.startsWith('text/event-stream') || (chunked ? rest.includes('\r\n0\r\n\r\n') || rest.startsWith('0\r\n\r\n') : length !== undefined && rest.length >= Number(length));
  if (!whole && !closed) return undefined;
  const body = Buffer.from(chunked ? unchunked(rest) : rest, 'latin1').toString('utf8');
  return { status, headers, body, text: latin1 };
};

/**
 * Sends bytes as they are, whatever HTTP says of them, and waits for one answer or the end of the connection. A text is sent one byte a
 * character. `drip_ms` sends one byte at a time, of the body where the head is whole; `half_close` says that no more will come, and `until_closed` waits
 * for the end, so that `text` holds all answers. Throws when nothing happens for 25 s.
 */
export const rawExchange = (port: number, bytes: string | Buffer, how: { readonly head_only?: boolean; readonly drip_ms?: number; readonly half_close?: boolean; readonly until_closed?: boolean } = {}): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const { head_only = false, drip_ms, half_close = false, until_closed = false } = how;
    const message = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
    let received = '';
    let drip: NodeJS.Timeout | undefined;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: half_close });
    const timer = setTimeout(() => finish(() => reject(new Error(`no answer within ${ANSWER_MS_MAX} ms to ${message.subarray(0, 200).toString('latin1')}; received ${received.slice(0, 200)}`))), ANSWER_MS_MAX);
    const finish = (then: () => void): void => {
      clearTimeout(timer);
      clearInterval(drip);
      socket.destroy();
      then();
    };
    const look = (closed: boolean): void => {
      const answer = until_closed && !closed ? undefined : parseAnswer(received, head_only, closed);
      if (answer !== undefined) finish(() => resolve(answer));
    };
    socket.on('connect', () => {
      if (drip_ms === undefined) return void (half_close ? socket.end(message) : socket.write(message));
      const head = message.indexOf('\r\n\r\n');
      let at = head < 0 ? 0 : head + 4;
      socket.write(message.subarray(0, at));
      drip = setInterval(() => {
        if (at < message.length) socket.write(message.subarray(at, (at += 1)));
      }, drip_ms);
    });
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      look(false);
    });
    // A server that refuses a body may reset the connection after its answer.
    socket.on('error', () => {});
    socket.on('close', () => look(true));
  });
