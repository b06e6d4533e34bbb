import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { Log } from '../log.ts';
import { Problem } from '../problem.ts';
import type { Call } from './call.ts';
import { route } from './route.ts';
import type { Route } from './route.ts';

const CHUNK_BYTES = 262_144;
/** How long whoever receives a backup may take nothing of it (ms); then it is given up, and its place on the disk is free. */
const STALLED_MS = 60_000;

/** What a backup is made of. */
export interface BackupNeeds {
  readonly database: { readonly copy: () => Promise<string> };
  /** What the database is called among those of the other services: `ab`. */
  readonly name: string;
  readonly log: Log;
}

/** An open copy whose name is gone already, so that nothing is left of it however this ends: read once, a piece at a time. */
class OpenCopy implements AsyncIterableIterator<Uint8Array> {
  private readonly file: FileHandle;
  private readonly onEnd: () => void;
  private ended = false;

  private constructor(file: FileHandle, onEnd: () => void) {
    this.file = file;
    this.onEnd = onEnd;
  }

  static async take(path: string, onEnd: () => void): Promise<OpenCopy> {
    const file = await open(path);
    await rm(path);
    return new OpenCopy(file, onEnd);
  }

  /** Size and `Content-Digest` (RFC 9530) of the whole. */
  async measure(): Promise<{ readonly bytes: number; readonly digest: string }> {
    const hash = createHash('sha256');
    let bytes = 0;
    for (;;) {
      const piece = await this.piece(bytes);
      if (piece.length === 0) return { bytes, digest: `sha-256=:${hash.digest('base64')}:` };
      hash.update(piece);
      bytes += piece.length;
    }
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const piece = this.ended ? undefined : await this.piece(null);
    if (piece !== undefined && piece.length > 0) return { done: false, value: piece };
    return this.return();
  }

  /** Ends the reading; also called by whoever stops half-way, or never begins. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.ended) {
      this.ended = true;
      this.onEnd();
      await this.file.close();
    }
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async piece(position: number | null): Promise<Uint8Array> {
    // A buffer of its own for each piece: the socket may still hold the one before.
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const { bytesRead } = await this.file.read(buffer, 0, CHUNK_BYTES, position);
    return buffer.subarray(0, bytesRead);
  }
}

/** The connection of a call that came through one; a test's has none. */
const socketOf = (call: Call): IncomingMessage['socket'] | undefined => (call.input as Partial<IncomingMessage>).socket;

/**
 * `POST /backup`: the service's database as it is at some moment of the call, complete and consistent, while everything else goes on. It works from outside a
 * container too. The copy lies beside the database until it is sent; memory stays the same whatever its size.
 */
export const backupRoutes = ({ database, name, log }: BackupNeeds): readonly Route[] => {
  let busy = false;
  const release = (): void => {
    busy = false;
  };

  const send = async (call: Call): Promise<{ readonly copy: OpenCopy; readonly bytes: number; readonly digest: string }> => {
    const socket = socketOf(call);
    // Copying a large database takes longer than a silent connection may live.
    socket?.setTimeout(0);
    const copy = await OpenCopy.take(await database.copy(), release);
    try {
      const measures = await copy.measure();
      if (socket?.destroyed) throw new Problem('malformed', 'The connection closed before the backup was made.');
      socket?.setTimeout(STALLED_MS);
      socket?.once('close', () => void copy.return());
      return { copy, ...measures };
    } catch (error) {
      await copy.return();
      throw error;
    }
  };

  return [
    route('POST /backup', {
      summary: 'Sends a copy of the whole database, made while the service runs',
      description: 'A SQLite file, consistent as of some moment of the call: whatever was acknowledged before it began is in it. `npm run backup` asks all four services for theirs.',
      access: 'api',
      answers: {
        200: {
          description: 'The file.',
          type: 'application/vnd.sqlite3',
          headers: { 'Content-Length': 'Its size: an answer that ends earlier is not whole.', 'Content-Digest': 'Its SHA-256, after RFC 9530.' },
        },
        409: { description: 'A backup is being made or sent already.' },
        507: { description: 'The disk has no room for the copy.' },
      },
      handle: async ({ call }) => {
        if (busy) throw new Problem('conflict', 'A backup is being made already.');
        busy = true;
        const began = performance.now();
        try {
          const { copy, bytes, digest } = await send(call);
          log.info('a backup was made', { bytes, milliseconds: Math.round(performance.now() - began) });
          return {
            status: 200,
            type: 'application/vnd.sqlite3',
            headers: { 'cache-control': 'no-store', 'content-length': String(bytes), 'content-digest': digest, 'content-disposition': `attachment; filename="${name}.sqlite"` },
            body: copy,
            held: true,
          };
        } catch (error) {
          release();
          throw error;
        }
      },
    }),
  ];
};
