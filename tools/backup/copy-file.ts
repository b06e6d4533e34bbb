import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Fetched } from './fetch-database.ts';

const CHUNK_BYTES = 1_048_576;

/** Reads a file from its beginning to its end, in constant memory, and answers its size and SHA-256. */
export const digestOf = async (path: string, onBytes: (bytes: number) => void = () => {}): Promise<Fetched> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(bytes);
  }
  return { bytes, sha256: hash.digest('hex') };
};

/** Copies a file (0600), in folders of its owner's alone (0700), and answers what was copied; it is on disk when this resolves. */
export const copyFile = async (from: string, to: string): Promise<Fetched> => {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  let bytes = 0;
  const file = await open(to, 'wx', 0o600);
  try {
    for await (const chunk of createReadStream(from, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      await file.writeFile(chunk);
      bytes += chunk.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
};
