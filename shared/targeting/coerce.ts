/** A value as JavaScript makes it text (`value + ''`), but never by calling a member of the data: `{"toString": 1}` is an object like any other. */
export const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item) => (item === null || item === undefined ? '' : textOf(item))).join(',');
  return typeof value === 'object' && value !== null ? '[object Object]' : String(value);
};

/** A value as JavaScript makes it a number (`value * 1`): null is 0, text is read, an object is NaN. */
export const numberOf = (value: unknown): number => {
  if (typeof value === 'number') return value;
  return typeof value === 'object' && value !== null ? Number(textOf(value)) : Number(value);
};

/** Compares as JavaScript's `<` does: two texts by UTF-16 units, all else as numbers. Negative, zero or positive; NaN when they have no order. */
export const comparisonOf = (a: unknown, b: unknown): number => {
  const left = typeof a === 'object' && a !== null ? textOf(a) : a;
  const right = typeof b === 'object' && b !== null ? textOf(b) : b;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  const difference = numberOf(left) - numberOf(right);
  return Number.isNaN(difference) ? (numberOf(left) === numberOf(right) ? 0 : NaN) : difference;
};

/** The name of a value's JSON type; what is missing is `null`. */
export const typeOf = (value: unknown): string => (value === null || value === undefined ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** Lower case for text, everything else as it is. */
export const folded = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

const VERSION_LENGTH_MAX = 256;

/**
 * A version as text that sorts like the version: `v` and build are dropped, numbers padded to five places, and a three-part version
 * gets a `~`, which puts it behind its pre-releases (`1.0.0-beta` < `1.0.0`). Source: GrowthBook's SDK specification, `paddedVersionString`.
 */
export const paddedVersion = (value: unknown): string => {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' && value !== '' ? value.slice(0, VERSION_LENGTH_MAX) : '0';
  const build = text.indexOf('+');
  const parts = text.slice(text.startsWith('v') ? 1 : 0, build < 0 ? undefined : build).split(/[-.]/);
  if (parts.length === 3) parts.push('~');
  return parts.map((piece) => (/^\d+$/.test(piece) ? piece.padStart(5, ' ') : piece)).join('-');
};
