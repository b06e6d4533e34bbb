import { createReadStream, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../../shared/problem.ts';
import { StartFault } from '../../../shared/start-fault.ts';
import type { ByteRange } from './byte-range.ts';
import { audioTypeOf, SIGN_BYTES } from './track.ts';
import type { AudioType } from './track.ts';

const UPLOADING = '.part';

/** A file that has been taken in. */
export interface SavedFile extends AudioType {
  readonly file: string;
  readonly bytes: number;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code;

/** Keeps the sound of the library's tracks, one file each, under names of our own. */
export class MediaFolder {
  readonly #folder: string;

  /** Creates the folder (0700) where it is missing, and removes what interrupted uploads left. Throws StartFault. */
  constructor(folder: string) {
    this.#folder = folder;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(folder)) if (name.endsWith(UPLOADING)) rmSync(join(folder, name), { force: true });
    } catch (error) {
      throw new StartFault(`The media folder ${folder} cannot be used: ${codeOf(error) ?? String(error)}.`);
    }
  }

  /**
   * Takes in a file piece by piece, whatever its size up to `bytes_max`; it is on disk, and has its name, when this resolves.
   * Throws Problem `unsupported_type` for what is no audio, `too_large`, `malformed` when the sender leaves, `disk_full`.
   */
  async save(name: string, input: AsyncIterable<Uint8Array>, bytes_max: number): Promise<SavedFile> {
    const part = join(this.#folder, `${name}${UPLOADING}`);
    const file = await open(part, 'wx', 0o600);
    try {
      let head = Buffer.alloc(0);
      let bytes = 0;
      for await (const chunk of input) {
        bytes += chunk.byteLength;
        if (bytes > bytes_max) throw new Problem('too_large', `A track may have at most ${bytes_max} bytes.`);
        const known = head.length >= SIGN_BYTES;
        if (!known) head = Buffer.concat([head, chunk]).subarray(0, SIGN_BYTES);
        if (!known && head.length >= SIGN_BYTES) requireAudio(head);
        await file.writeFile(chunk);
      }
      const type = requireAudio(head);
      await file.sync();
      await rename(part, join(this.#folder, `${name}.${type.ending}`));
      return { ...type, file: `${name}.${type.ending}`, bytes };
    } catch (error) {
      await rm(part, { force: true });
      if (error instanceof Problem) throw error;
      if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT') throw new Problem('disk_full', 'The disk is full: nothing was stored.');
      if (codeOf(error) === 'ECONNRESET' || codeOf(error) === 'ERR_STREAM_PREMATURE_CLOSE') throw new Problem('malformed', 'The connection broke before the track was complete.');
      throw error;
    } finally {
      await file.close();
    }
  }

  /** Reads a file, or a part of it, as fast as it is taken. */
  read(file: string, range: ByteRange | undefined): AsyncIterable<Uint8Array> {
    return createReadStream(join(this.#folder, file), range ?? {});
  }

  /** Deletes a file; one that is gone already is no fault. */
  async remove(file: string): Promise<void> {
    await rm(join(this.#folder, file), { force: true });
  }
}

const requireAudio = (head: Uint8Array): AudioType => {
  const type = audioTypeOf(head);
  if (type === undefined) throw new Problem('unsupported_type', 'This is no MP3, Ogg, WAV, FLAC or MPEG-4 audio file.');
  return type;
};
