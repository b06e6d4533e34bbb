const UNITS = 0x10000;

/** A span of UTF-16 code units, both ends inclusive. */
export type UnitRange = readonly [from: number, to: number];

/** ECMAScript's Canonicalize for the flag `i` without `u` (ECMA-262, 22.2.2.7.3): upper case of one unit, never from beyond ASCII into ASCII. */
const canonical = (unit: number): number => {
  const upper = String.fromCharCode(unit).toUpperCase();
  if (upper.length !== 1) return unit;
  const code = upper.charCodeAt(0);
  return unit >= 128 && code < 128 ? unit : code;
};

/** Every unit that has others equal to it but for case, with those others; in ascending order. */
const buildTable = (): ReadonlyMap<number, readonly number[]> => {
  const classes = new Map<number, number[]>();
  for (let unit = 0; unit < UNITS; unit += 1) {
    const code = canonical(unit);
    if (code === unit) continue;
    const members = classes.get(code);
    if (members) members.push(unit);
    else classes.set(code, [code, unit]);
  }
  const pairs: [number, readonly number[]][] = [];
  for (const members of classes.values()) for (const unit of members) pairs.push([unit, members.filter((other) => other !== unit)]);
  return new Map(pairs.sort(([a], [b]) => a - b));
};

// Made at first use: it takes some milliseconds, and most installations have no pattern without regard to case.
let table: ReadonlyMap<number, readonly number[]> | undefined;

/** Widens ranges by every unit that differs from a member by case alone. */
export const withOtherCases = (ranges: readonly UnitRange[]): UnitRange[] => {
  table ??= buildTable();
  const widened = [...ranges];
  for (const [unit, others] of table) {
    if (ranges.some(([from, to]) => unit >= from && unit <= to)) for (const other of others) widened.push([other, other]);
  }
  return widened;
};

/** Sorts ranges and joins those that touch or overlap. */
export const joinedRanges = (ranges: readonly UnitRange[]): UnitRange[] => {
  const joined: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
};
