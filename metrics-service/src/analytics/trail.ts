/** How many events a session's trail holds; later ones count in the session's figures alone. No person makes so many within one. */
export const TRAIL_EVENTS_MAX = 1_000;
/** A trail is a flat list of numbers, so many for each event. */
export const TRAIL_STRIDE = 4;

/**
 * What happened in a session, in order: `at, type, metric, path` for each event. `type` is its type's number, `metric` that of its type and
 * name (the type's again where it has no name), `path` that of the page viewed (0 for all but page views).
 */
export type Trail = readonly number[];

/** Numbers below 2^53 take no more bytes than this, seven bits each. */
const NUMBER_BYTES_MAX = 8;

/** Writes a number at a place; answers the place behind it. */
const writeNumber = (bytes: Uint8Array, place: number, value: number): number => {
  let at = place;
  let rest = value;
  // Beyond 31 bits there are no quick operators.
  for (; rest >= 0x8000_0000; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
  for (; rest >= 128; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
  bytes[at] = rest;
  return at + 1;
};

// SQLite copies what is bound, so one buffer serves all trails.
const bytes = new Uint8Array(TRAIL_EVENTS_MAX * TRAIL_STRIDE * NUMBER_BYTES_MAX);

/** Writes a trail that is in order as few bytes: seven an event, mostly. They are good until the next call. */
export const encodeTrail = (trail: Trail, start: number): Uint8Array => {
  let place = 0;
  let before = start;
  for (let index = 0; index < trail.length; index += TRAIL_STRIDE) {
    const at = trail[index] as number;
    const type = trail[index + 1] as number;
    const metric = trail[index + 2] as number;
    place = writeNumber(bytes, place, at - before);
    place = writeNumber(bytes, place, type);
    place = writeNumber(bytes, place, metric === type ? 0 : metric);
    place = writeNumber(bytes, place, trail[index + 3] as number);
    before = at;
  }
  return bytes.subarray(0, place);
};

/** Reads what `encodeTrail` wrote. */
export const decodeTrail = (bytes: Uint8Array, start: number): number[] => {
  const trail: number[] = [];
  let before = start;
  let place = 0;
  const next = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[place] as number;
      place += 1;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (place < bytes.length) {
    before += next();
    const type = next();
    trail.push(before, type, next() || type, next());
  }
  return trail;
};

/** Puts two trails into one, in order of time; at one moment, what came first stays first. No longer than a trail may be. */
export const mergeTrails = (one: Trail, other: Trail): number[] => {
  const merged: number[] = [];
  let [i, j] = [0, 0];
  while (i < one.length || j < other.length) {
    const first = j >= other.length || (i < one.length && (one[i] as number) <= (other[j] as number));
    const [from, at] = first ? [one, i] : [other, j];
    for (let part = 0; part < TRAIL_STRIDE; part += 1) merged.push(from[at + part] as number);
    if (first) i += TRAIL_STRIDE;
    else j += TRAIL_STRIDE;
  }
  return merged.slice(0, TRAIL_EVENTS_MAX * TRAIL_STRIDE);
};
