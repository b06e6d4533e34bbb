/** Whole numbers from 0 on, one after the other, as narrow as the largest of them allows. */
export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A column as loops like it: nearly always of one kind of array, which is several times as quick as four. */
export type WideColumn = Uint32Array | Float64Array;

const ALIGNMENT = 8;
const WIDTHS: Readonly<Record<number, unknown>> = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: Float64Array };

/** A column of numbers less a base, as narrow as the largest of them allows. Loops that count, because they take a third of the time of the others. */
export const narrowest = (values: Float64Array, base: number = 0): Column => {
  let max = base;
  for (let place = 0; place < values.length; place += 1) if ((values[place] as number) > max) max = values[place] as number;
  const Narrow = max - base < 256 ? Uint8Array : max - base < 65_536 ? Uint16Array : max - base < 4_294_967_296 ? Uint32Array : Float64Array;
  const column = new Narrow(values.length);
  for (let place = 0; place < values.length; place += 1) column[place] = (values[place] as number) - base;
  return column;
};

const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** Packs columns into bytes: their number, then length and width of each, then each at a multiple of eight. What is a `Column` already stays as wide as it is, and may hold any numbers. */
export const packColumns = (columns: readonly (readonly number[] | Column)[]): Uint8Array => {
  const narrow = columns.map((column) => (Array.isArray(column) ? narrowest(new Float64Array(column)) : (column as Column)));
  const header = new Uint32Array([narrow.length, ...narrow.flatMap((column) => [column.length, column.BYTES_PER_ELEMENT])]);
  const bytes = new Uint8Array(padded(header.byteLength) + narrow.reduce((sum, column) => sum + padded(column.byteLength), 0));
  bytes.set(new Uint8Array(header.buffer));
  let place = padded(header.byteLength);
  for (const column of narrow) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), place);
    place += padded(column.byteLength);
  }
  return bytes;
};

/** Opens what `packColumns` made, without copying it. */
export const unpackColumns = (packed: Uint8Array): readonly Column[] => {
  const bytes = packed.byteOffset % ALIGNMENT === 0 ? packed : packed.slice();
  const count = new Uint32Array(bytes.buffer, bytes.byteOffset, 1)[0] as number;
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset + 4, count * 2);
  let place = bytes.byteOffset + padded(4 + header.byteLength);
  return Array.from({ length: count }, (_, index) => {
    const [length, width] = [header[index * 2] as number, header[index * 2 + 1] as number];
    const column = new (WIDTHS[width] as typeof Uint8Array)(bytes.buffer, place, length) as Column;
    place += padded(length * width);
    return column;
  });
};

/** Widens columns one after the other in the same memory: what it gave is good until it is asked again. */
export class Widener {
  private room: Uint32Array = new Uint32Array(0);

  widen(column: Column): WideColumn {
    if (column instanceof Uint32Array || column instanceof Float64Array) return column;
    if (this.room.length < column.length) this.room = new Uint32Array(column.length * 2);
    this.room.set(column);
    return this.room.subarray(0, column.length);
  }
}
