const HYPHENS = [8, 13, 18, 23];
const UUID_LENGTH = 36;

/** How many bytes a UUID has. */
export const UUID_BYTES = 16;

/** The value of each hexadecimal digit by its character code; 255 is no digit. */
const DIGITS = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value += 1) DIGITS[value.toString(16).charCodeAt(0)] = value;
const CAPITALS = new Uint8Array(DIGITS);
for (let value = 10; value < 16; value += 1) CAPITALS[value.toString(16).toUpperCase().charCodeAt(0)] = value;

const isHyphenAt = (id: string): boolean => {
  for (const at of HYPHENS) if (id.charCodeAt(at) !== 45) return false;
  return true;
};

/** Reads a UUID into bytes from a place on; false if it is none. One pass over its characters, because every event has two. */
const readUuid = (id: string, bytes: Uint8Array, place: number, digits: Uint8Array): boolean => {
  if (id.length !== UUID_LENGTH || !isHyphenAt(id)) return false;
  let at = 0;
  for (let index = 0; index < UUID_BYTES; index += 1) {
    if (at === 8 || at === 13 || at === 18 || at === 23) at += 1;
    const high = digits[id.charCodeAt(at)] ?? 255;
    const low = digits[id.charCodeAt(at + 1)] ?? 255;
    if ((high | low) > 15) return false;
    bytes[place + index] = (high << 4) | low;
    at += 2;
  }
  return true;
};

// SQLite copies what is bound, so one buffer of each kind serves all rows.
const eventBytes = new Uint8Array(UUID_BYTES);
const visitorBytes = new Uint8Array(UUID_BYTES);

/** Writes an event's id, a UUID in whatever case, as its 16 bytes; answers false if it is none. */
export const writeUuid = (id: string, bytes: Uint8Array, place: number): boolean => readUuid(id, bytes, place, CAPITALS);

/** An event's id whose bytes lie among others; ids that are no UUIDs are stored as their text. The bytes are good until the next call. */
export const storedUuid = (bytes: Uint8Array, place: number): Uint8Array => {
  for (let index = 0; index < UUID_BYTES; index += 1) eventBytes[index] = bytes[place + index] as number;
  return eventBytes;
};

/** How a visitor's id is stored: a UUID in lower case as its 16 bytes, any other id as its text, so that it is shown as it was given. The bytes are good until the next call. */
export const storedId = (id: string): Uint8Array | string => (readUuid(id, visitorBytes, 0, DIGITS) ? visitorBytes : id);

/** The id that was stored. */
export const shownId = (stored: unknown): string => {
  if (typeof stored === 'string') return stored;
  const hex = Buffer.from(stored as Uint8Array).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};
