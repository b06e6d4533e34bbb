import type { Readable } from 'node:stream';
import { Problem } from '../problem.ts';
import { parseJson } from '../schema/json-limits.ts';
import type { Call } from './call.ts';

/** The most a JSON body may have where a route says nothing else. */
export const BODY_BYTES_MAX = 1_048_576;
/** How long a client may take to send a body (milliseconds), uploads and import aside. */
export const BODY_DEADLINE_MS = 15_000;
const SWEEP_MS = 1_000;

interface Pending {
  readonly until: number;
  readonly giveUp: (problem: Problem) => void;
}

const pending = new Set<Pending>();
let sweeper: NodeJS.Timeout | undefined;

/** One timer for all bodies under way: a timer a request would cost more than the check is worth. */
const watch = (entry: Pending): void => {
  pending.add(entry);
  sweeper ??= setInterval(() => {
    const now = performance.now();
    for (const each of pending) if (each.until < now) each.giveUp(new Problem('too_slow', 'The body did not arrive in time.'));
    if (pending.size === 0) {
      clearInterval(sweeper);
      sweeper = undefined;
    }
  }, SWEEP_MS).unref();
};

/** What of a body has arrived; it lies in as many pieces as it came in. */
const arrived = (input: Readable): Buffer => {
  const pieces: Buffer[] = [];
  for (let piece: Buffer | null = input.read(); piece !== null; piece = input.readableLength === 0 ? null : input.read()) pieces.push(piece);
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
};

const tooLarge = (limit: number): Problem => new Problem('too_large', `The body may have at most ${limit} bytes.`);

const closedEarly = (): Problem => new Problem('malformed', 'The connection closed before the body was complete.');

/** Reads a whole body, at once where all of it has arrived; throws Problem `too_large` as soon as it is, `too_slow` after the deadline, `malformed` when the client leaves. */
export const readBytes = (call: Call, limit: number = BODY_BYTES_MAX, deadline_ms: number = BODY_DEADLINE_MS): Buffer | Promise<Buffer> => {
  const { input } = call;
  const announced = Number(call.headers['content-length'] ?? 0);
  if (announced > limit) throw tooLarge(limit);
  // So says a request of `node:http`; other streams are listened to.
  if ('complete' in input && input.complete === true) {
    const bytes = arrived(input);
    if (bytes.length > limit) throw tooLarge(limit);
    return bytes;
  }
  if (input.destroyed) throw closedEarly();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const giveUp = (problem: Problem): void => {
      pending.delete(entry);
      input.pause();
      input.removeAllListeners('data');
      reject(problem);
    };
    const entry: Pending = { until: performance.now() + deadline_ms, giveUp };
    watch(entry);
    input.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) giveUp(tooLarge(limit));
      else chunks.push(chunk);
    });
    input.on('end', () => {
      pending.delete(entry);
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size));
      // The request is kept until it is answered; its body need not be.
      chunks.length = 0;
    });
    input.on('error', () => giveUp(new Problem('malformed', 'The connection broke before the body was complete.')));
    input.on('close', () => {
      if (!input.readableEnded) giveUp(closedEarly());
    });
  });
};

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes bytes that must be UTF-8; throws Problem `malformed`. */
export const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Problem('malformed', 'The body is not UTF-8.');
  }
};

/** Throws Problem `unsupported_type` unless the body announces one of these media types; absent counts as the first. */
export const requireType = (call: Call, allowed: readonly string[]): void => {
  const type = call.headers['content-type'];
  if (type === undefined) return;
  const media = type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (!allowed.includes(media)) throw new Problem('unsupported_type', `Send ${allowed.join(' or ')} (curl: -H 'content-type: ${allowed[0]}').`);
};

/** Reads a JSON body within the limits on size, time, depth and names, at once where all of it has arrived; an empty one is taken for `absent` where that is given. */
export const readJson = (call: Call, limit: number = BODY_BYTES_MAX, types: readonly string[] = ['application/json'], absent?: string): unknown => {
  requireType(call, types);
  const parsed = (bytes: Buffer): unknown => parseJson(bytes.length === 0 && absent !== undefined ? absent : decodeUtf8(bytes));
  const bytes = readBytes(call, limit);
  return bytes instanceof Promise ? bytes.then(parsed) : parsed(bytes);
};

/** Reads an HTML form (`application/x-www-form-urlencoded`). */
export const readForm = async (call: Call, limit: number = 65_536): Promise<URLSearchParams> => {
  requireType(call, ['application/x-www-form-urlencoded']);
  return new URLSearchParams(decodeUtf8(await readBytes(call, limit)));
};
