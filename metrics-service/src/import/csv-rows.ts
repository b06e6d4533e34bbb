import { LINE_MAX } from './lines.ts';

/** A row of a CSV stream, counted from 1 with the header; `cells` is undefined where it was too long to be kept. */
export interface CsvRow {
  readonly number: number;
  readonly cells: readonly string[] | undefined;
}

/** Cuts a stream of bytes into the rows of a CSV file (RFC 4180, with either line end), one chunk's rows at a time. Memory stays bounded whatever the stream holds. */
export async function* csvRowsOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<readonly CsvRow[]> {
  const decoder = new TextDecoder();
  let cells: string[] = [];
  let cell = '';
  let length = 0;
  let number = 0;
  let isQuoted = false;
  /** A quote inside quotes was the last character: it ends them, or begins a doubled one. */
  let isPending = false;

  const endCell = (): void => {
    if (length <= LINE_MAX) cells.push(cell);
    cell = '';
  };
  const endRow = (): CsvRow | undefined => {
    endCell();
    const row = { number: (number += 1), cells: length > LINE_MAX ? undefined : cells };
    const isEmpty = length === 0;
    cells = [];
    length = 0;
    return isEmpty ? undefined : row;
  };
  const read = (text: string): readonly CsvRow[] => {
    const rows: CsvRow[] = [];
    for (const character of text) {
      if (isPending) {
        isPending = false;
        if (character === '"') {
          cell += '"';
          continue;
        }
        isQuoted = false;
      }
      if (isQuoted) {
        if (character === '"') isPending = true;
        else if ((length += 1) <= LINE_MAX) cell += character;
      } else if (character === '\n') {
        const row = endRow();
        if (row !== undefined) rows.push(row);
      } else if (character === ',') {
        length += 1;
        endCell();
      } else if (character === '"' && cell === '') {
        length += 1;
        isQuoted = true;
      } else if (character !== '\r' && (length += 1) <= LINE_MAX) cell += character;
    }
    return rows;
  };

  for await (const chunk of input) yield read(decoder.decode(chunk, { stream: true }));
  const last = [...read(decoder.decode()), endRow()].filter((row) => row !== undefined);
  yield last;
}
