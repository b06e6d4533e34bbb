/** Whole numbers from 0 on, one after the other, as narrow as the largest of them allows. */
export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A column as loops like it: nearly always of one kind of array, which is several times as quick as four. */
export type WideColumn = Uint32Array | Float64Array;

const ALIGNMENT = 8;
const HEADER_BYTES = Uint32Array.BYTES_PER_ELEMENT;
const WIDTHS: Readonly<Record<number, unknown>> = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: Float64Array };

/** Numbers that are packed less a base. */
export interface BasedNumbers {
  readonly numbers: Float64Array;
  readonly base: number;
}

/** How many bytes each takes, so that there is room for the largest. Loops that count, because they take a third of the time of the others. */
const widthOf = ({ numbers, base }: BasedNumbers): number => {
  let max = base;
  for (let place = 0; place < numbers.length; place += 1) if ((numbers[place] as number) > max) max = numbers[place] as number;
  return max - base < 256 ? 1 : max - base < 65_536 ? 2 : max - base < 4_294_967_296 ? 4 : 8;
};

const fill = (column: Column, { numbers, base }: BasedNumbers): void => {
  for (let place = 0; place < numbers.length; place += 1) column[place] = (numbers[place] as number) - base;
};

const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

const columnAt = (buffer: ArrayBufferLike, place: number, length: number, width: number): Column => new (WIDTHS[width] as typeof Uint8Array)(buffer, place, length) as Column;

/**
 * Packs columns into bytes: their number, then length and width of each, then each at a multiple of eight, as narrow as the largest number allows. What is a `Column`
 * already stays as wide as it is, and may hold any numbers. All is written where it stays: memory for each column would cost more than its numbers.
 */
export const packColumns = (columns: readonly (readonly number[] | Column | BasedNumbers)[]): Uint8Array => {
  const parts = columns.map((column) => (Array.isArray(column) ? { numbers: new Float64Array(column), base: 0 } : (column as Column | BasedNumbers)));
  const header = [parts.length];
  let end = padded((1 + 2 * parts.length) * HEADER_BYTES);
  for (const part of parts) {
    const [length, width] = 'base' in part ? [part.numbers.length, widthOf(part)] : [part.length, part.BYTES_PER_ELEMENT];
    header.push(length, width);
    end += padded(length * width);
  }
  const bytes = new Uint8Array(end);
  new Uint32Array(bytes.buffer, 0, header.length).set(header);
  let place = padded(header.length * HEADER_BYTES);
  for (const [index, part] of parts.entries()) {
    const [length, width] = [header[1 + 2 * index] as number, header[2 + 2 * index] as number];
    const column = columnAt(bytes.buffer, place, length, width);
    if ('base' in part) fill(column, part);
    else column.set(part);
    place += padded(length * width);
  }
  return bytes;
};

/** Opens what `packColumns` made, without copying it. */
export const unpackColumns = (packed: Uint8Array): readonly Column[] => {
  const bytes = packed.byteOffset % ALIGNMENT === 0 ? packed : packed.slice();
  const count = new Uint32Array(bytes.buffer, bytes.byteOffset, 1)[0] as number;
  const header = new Uint32Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, count * 2);
  let place = bytes.byteOffset + padded(HEADER_BYTES + header.byteLength);
  return Array.from({ length: count }, (_, index) => {
    const [length, width] = [header[index * 2] as number, header[index * 2 + 1] as number];
    const column = columnAt(bytes.buffer, place, length, width);
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
