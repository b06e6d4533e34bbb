/** How long a line of an import may be, in UTF-16 units. */
export const LINE_MAX = 524_288;

/** A line of a stream; `text` is undefined where it was too long to be kept. */
export interface Line {
  readonly number: number;
  readonly text: string | undefined;
}

/** Cuts a stream of bytes into its lines, one chunk's lines at a time; empty ones are counted and left out. Memory stays bounded whatever the stream holds. */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder();
  let rest = '';
  let tooLong = false;
  let number = 0;
  const end = (text: string): Line | undefined => {
    number += 1;
    const line = tooLong || text.length > LINE_MAX ? { number, text: undefined } : text.trim() === '' ? undefined : { number, text };
    tooLong = false;
    return line;
  };
  for await (const chunk of input) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    yield parts.map(end).filter((line) => line !== undefined);
    if (rest.length > LINE_MAX) {
      tooLong = true;
      rest = '';
    }
  }
  const last = end(rest + decoder.decode());
  if (last !== undefined) yield [last];
}
