import { UUID_BYTES } from '../../../shared/sqlite/stored-id.ts';

const WORDS = UUID_BYTES / 4;
/** How many ids there is room for at first. */
const ROOM = 1_024;
/** So many slots of the table for each id, at least. */
const SLOTS_AN_ID = 2;

const randomOdd = (): number => (Math.random() * 0x1_0000_0000) | 1;

/** A set of UUIDs of 16 bytes, in the order in which they were added; it costs 24 to 48 bytes for each. */
export class IdSet {
  /** Nobody who chooses ids may know which of them share a slot. */
  private readonly factors = Array.from({ length: WORDS }, randomOdd);
  private words = new Uint32Array(ROOM * WORDS);
  private bytes = new Uint8Array(this.words.buffer);
  /** By hash: an id's place and one, 0 for none. */
  private table = new Uint32Array(ROOM * SLOTS_AN_ID);
  private size = 0;

  get count(): number {
    return this.size;
  }

  /** All of them, end to end. */
  get ids(): Uint8Array {
    return this.bytes.subarray(0, this.size * UUID_BYTES);
  }

  /** Whether the id is in it that lies among others from a place on. */
  has(bytes: Uint8Array, from: number): boolean {
    return this.table[this.slotOf(bytes, from)] !== 0;
  }

  /** Adds an id; false if it is in it. */
  add(bytes: Uint8Array, from: number): boolean {
    const slot = this.slotOf(bytes, from);
    if (this.table[slot] !== 0) return false;
    this.size += 1;
    this.table[slot] = this.size;
    if (this.size * SLOTS_AN_ID >= this.table.length) this.grow();
    return true;
  }

  /** The slot that has the id, or that it would have. Its bytes are put behind the last id, to be compared word by word. */
  private slotOf(bytes: Uint8Array, from: number): number {
    const place = this.size * UUID_BYTES;
    for (let index = 0; index < UUID_BYTES; index += 1) this.bytes[place + index] = bytes[from + index] as number;
    return this.find(this.size);
  }

  private find(place: number): number {
    const { table, words, factors } = this;
    const at = place * WORDS;
    const mixed = Math.imul(words[at] as number, factors[0] as number) + Math.imul(words[at + 1] as number, factors[1] as number) + Math.imul(words[at + 2] as number, factors[2] as number) + Math.imul(words[at + 3] as number, factors[3] as number);
    const mask = table.length - 1;
    // The upper bits of a product depend on all of its factors' bits.
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const known = table[slot] as number;
      if (known === 0) return slot;
      const other = (known - 1) * WORDS;
      if (words[other] === words[at] && words[other + 1] === words[at + 1] && words[other + 2] === words[at + 2] && words[other + 3] === words[at + 3]) return slot;
    }
  }

  private grow(): void {
    const larger = new Uint32Array(this.words.length * 2);
    larger.set(this.words);
    this.words = larger;
    this.bytes = new Uint8Array(larger.buffer);
    this.table = new Uint32Array(this.table.length * 2);
    for (let place = 0; place < this.size; place += 1) this.table[this.find(place)] = place + 1;
  }
}
