const BYTES_MIN = 65_536;
/** How many bytes a UTF-16 unit may become. */
const BYTES_PER_UNIT_MAX = 3;
const LINE_END = 0x0a;

/** Lines as the bytes that are sent: kept as text they would be carried from one collection of garbage to the next, and be written once more. */
export class LineBytes {
  private buffer = Buffer.allocUnsafe(BYTES_MIN);
  private length = 0;
  private lines = 0;

  /** How many lines there are. */
  get count(): number {
    return this.lines;
  }

  /** All of them, each with its end; good as long as nothing is added. */
  get bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  add(line: string): void {
    const room = this.length + line.length * BYTES_PER_UNIT_MAX + 1;
    if (room > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(room, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.length);
      this.buffer = larger;
    }
    this.length += this.buffer.write(line, this.length);
    this.buffer[this.length] = LINE_END;
    this.length += 1;
    this.lines += 1;
  }
}
