import { randomFillSync } from 'node:crypto';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** Random bytes of one id: 2 seed the counter, 8 are the tail. */
const RANDOM_BYTES_EACH = 10;
const POOL_IDS = 512;
const COUNTER_MAX = 0xfff;
const TIME_MAX = 2 ** 48 - 1;

/** Fills bytes at random; passed in, so that tests repeat themselves. */
export type RandomFill = (bytes: Uint8Array) => void;

/** Mints UUIDs of version 7 (RFC 9562) for a time in ms since 1970. */
export type UuidSource = (now?: number) => string;

/**
 * Makes a source of UUIDv7: 48 bits of time, a 12-bit counter (RFC 9562, 6.2 method 1), 62 random bits. Each id sorts after the
 * source's earlier ones, also within a millisecond and when the clock steps back; a full counter borrows the next millisecond.
 * So `now` is a clock's time, not one to be written into history. Random bytes are drawn for 512 ids at once.
 */
export const createUuidSource = (fill: RandomFill = randomFillSync): UuidSource => {
  const pool = new Uint8Array(RANDOM_BYTES_EACH * POOL_IDS);
  let used = pool.length;
  let last_time = 0;
  let counter = 0;
  let time_text = '';
  const hex = (index: number): string => HEX[pool[index] as number] as string;

  return (now = Date.now()) => {
    if (used === pool.length) {
      fill(pool);
      used = 0;
    }
    const at = used;
    used += RANDOM_BYTES_EACH;
    // The counter starts in its lower half, so that at least 2,048 ids fit into a millisecond.
    const start = (((pool[at] as number) << 8) | (pool[at + 1] as number)) & (COUNTER_MAX >> 1);
    const time = now > 0 && now <= TIME_MAX ? Math.floor(now) : 0;
    if (time > last_time || time_text === '') {
      last_time = Math.max(time, last_time);
      counter = start;
      time_text = timeText(last_time);
    } else if (counter === COUNTER_MAX) {
      last_time += 1;
      counter = start;
      time_text = timeText(last_time);
    } else {
      counter += 1;
    }
    const variant = HEX[((pool[at + 2] as number) & 0x3f) | 0x80] as string;
    return (
      `${time_text}7${HEX[counter >> 4] as string}${(counter & 15).toString(16)}-${variant}${hex(at + 3)}-` +
      `${hex(at + 4)}${hex(at + 5)}${hex(at + 6)}${hex(at + 7)}${hex(at + 8)}${hex(at + 9)}`
    );
  };
};

const timeText = (time: number): string => {
  const digits = time.toString(16).padStart(12, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-`;
};

/** Mints a UUIDv7 that sorts after every other one of this process. */
export const uuidv7: UuidSource = createUuidSource();

/** Whether a text is a UUID of any version, in either case. */
export const isUuid = (text: string): boolean => text.length === 36 && UUID.test(text);

/** The time in ms since 1970 that a UUIDv7 carries; undefined for anything else. */
export const uuidTime = (text: string): number | undefined =>
  isUuid(text) && text[14] === '7' ? parseInt(text.slice(0, 8) + text.slice(9, 13), 16) : undefined;
