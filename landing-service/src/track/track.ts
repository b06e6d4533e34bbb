/** A piece of music in the library. */
export interface Track {
  readonly track_id: string;
  readonly title: string;
  readonly artist: string;
  /** The name of its file, ours: never the one that it was uploaded under. */
  readonly file: string;
  readonly media_type: string;
  readonly bytes: number;
  readonly created_at: number;
}

/** A kind of audio file. */
export interface AudioType {
  readonly ending: string;
  readonly media_type: string;
}

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean => Buffer.from(bytes.subarray(at, at + text.length)).toString('latin1') === text;

/** A frame of MPEG audio, layer III: eleven set bits, and neither a reserved version nor an impossible bit or sampling rate. */
const isMpegFrame = ([first = 0, second = 0, third = 0]: Uint8Array): boolean =>
  first === 0xff && (second & 0xe6) === 0xe2 && (second & 0x18) !== 0x08 && (third & 0xf0) !== 0xf0 && (third & 0x0c) !== 0x0c;

/** How many bytes of a file tell its kind. */
export const SIGN_BYTES = 12;

/** Tells what an audio file is by its first bytes, whatever its name says; undefined for what no browser plays. */
export const audioTypeOf = (bytes: Uint8Array): AudioType | undefined => {
  if (startsWith(bytes, 'ID3') || isMpegFrame(bytes)) return { ending: 'mp3', media_type: 'audio/mpeg' };
  if (startsWith(bytes, 'OggS')) return { ending: 'ogg', media_type: 'audio/ogg' };
  if (startsWith(bytes, 'RIFF') && startsWith(bytes, 'WAVE', 8)) return { ending: 'wav', media_type: 'audio/wav' };
  if (startsWith(bytes, 'fLaC')) return { ending: 'flac', media_type: 'audio/flac' };
  if (startsWith(bytes, 'ftyp', 4)) return { ending: 'm4a', media_type: 'audio/mp4' };
  return undefined;
};
