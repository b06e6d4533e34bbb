const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const DASHES = [8, 13, 18, 23];
const DASH = 45;
const COUNTER_MAX = 0xfff;
const VERSION_AT = 14;
const VARIANT_AT = 19;

/** Writes UUIDs as text into buffers: no string is made for any of them, since a generator of load must cost little. */
export class IdWriter {
  readonly #version: 'v7' | 'v4';
  readonly #id: Buffer = Buffer.alloc(36);
  #time = 0;
  #counter = 0;

  constructor(version: 'v7' | 'v4') {
    this.#version = version;
    for (const at of DASHES) this.#id[at] = DASH;
    this.#id[VERSION_AT] = version.charCodeAt(1);
  }

  /** Makes the next id, which `write` then puts wherever it is wanted. */
  next(): void {
    const id = this.#id;
    if (this.#version === 'v7') {
      this.#writeTime();
    } else {
      this.#random(0, 8);
      this.#random(9, 13);
      this.#random(15, 18);
    }
    id[VARIANT_AT] = HEX[8 + ((Math.random() * 4) | 0)] as number;
    this.#random(20, 23);
    this.#random(24, 31);
    this.#random(31, 36);
  }

  /** Puts the id that `next` made into a buffer. */
  write(target: Buffer, at: number): void {
    this.#id.copy(target, at);
  }

  /** 48 bits of time and a 12-bit counter, as RFC 9562 has them: ids of one writer sort in the order in which they were made. */
  #writeTime(): void {
    const now = Date.now();
    if (now > this.#time) {
      this.#time = now;
      this.#counter = 0;
    } else if (this.#counter === COUNTER_MAX) {
      this.#time += 1;
      this.#counter = 0;
    } else {
      this.#counter += 1;
    }
    const id = this.#id;
    if (this.#counter === 0) {
      const text = this.#time.toString(16).padStart(12, '0');
      id.write(text.slice(0, 8), 0, 'latin1');
      id.write(text.slice(8), 9, 'latin1');
    }
    id[15] = HEX[this.#counter >> 8] as number;
    id[16] = HEX[(this.#counter >> 4) & 15] as number;
    id[17] = HEX[this.#counter & 15] as number;
  }

  /** At most eight digits: one random number has that many. */
  #random(from: number, to: number): void {
    let bits = (Math.random() * 0x100000000) | 0;
    for (let at = from; at < to; at += 1) {
      this.#id[at] = HEX[bits & 15] as number;
      bits >>>= 4;
    }
  }
}
