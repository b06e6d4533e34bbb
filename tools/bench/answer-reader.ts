const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const CHUNKED = /\r\ntransfer-encoding: *chunked/i;
const CLOSES = /\r\nconnection: *close/i;
const STATUS_AT = 9;
const REFUSAL_LENGTH = 400;

/** Told of each whole answer: its status, and whether the server closes the connection after it. */
export type AnswerListener = (status: number, closes: boolean) => void;

/** Reads HTTP/1.1 answers from the bytes of one connection, as little of them as telling where each ends takes. */
export class AnswerReader {
  /** The beginning of the first answer that was not 2xx. */
  refusal = '';
  readonly #onAnswer: AnswerListener;
  #kept: Buffer | undefined;
  /** Bytes that belong to the answer and are not looked at; -1 where a head comes next. */
  #left = -1;
  #chunked = false;
  #status = 0;
  #closes = false;

  constructor(onAnswer: AnswerListener) {
    this.#onAnswer = onAnswer;
  }

  /** Takes what arrived; the bytes may be overwritten afterwards. Throws when they are no HTTP. */
  read(bytes: Buffer): void {
    const all = this.#kept === undefined ? bytes : Buffer.concat([this.#kept, bytes]);
    this.#kept = undefined;
    let at = 0;
    while (at < all.length) {
      const next = this.#left < 0 ? this.#readHead(all, at) : this.#left > 0 ? this.#skip(all, at) : this.#readChunkSize(all, at);
      if (next < 0) {
        this.#kept = Buffer.from(all.subarray(at));
        return;
      }
      at = next;
    }
  }

  #readHead(all: Buffer, at: number): number {
    const end = all.indexOf(HEAD_END, at, 'latin1');
    if (end < 0) return -1;
    const head = all.toString('latin1', at, end);
    this.#status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
    if (!head.startsWith('HTTP/1.1 ') || !(this.#status >= 200)) throw new Error(`This is no answer: ${head.slice(0, 80)}`);
    this.#closes = CLOSES.test(head);
    this.#chunked = CHUNKED.test(head);
    if (this.refusal === '' && this.#status >= 300) this.refusal = all.toString('latin1', at, Math.min(all.length, at + REFUSAL_LENGTH));
    this.#left = this.#chunked ? 0 : Number(LENGTH.exec(head)?.[1] ?? 0);
    if (this.#left === 0 && !this.#chunked) this.#finish();
    return end + HEAD_END.length;
  }

  #skip(all: Buffer, at: number): number {
    const taken = Math.min(this.#left, all.length - at);
    this.#left -= taken;
    if (this.#left === 0 && !this.#chunked) this.#finish();
    return at + taken;
  }

  #readChunkSize(all: Buffer, at: number): number {
    const end = all.indexOf('\r\n', at, 'latin1');
    if (end < 0) return -1;
    const size = parseInt(all.toString('latin1', at, end), 16);
    if (Number.isNaN(size)) throw new Error('A chunk of an answer has no size.');
    // What follows the size ends in a line break of its own; after the last chunk there is that alone.
    this.#left = size + 2;
    if (size === 0) this.#chunked = false;
    return end + 2;
  }

  #finish(): void {
    this.#left = -1;
    this.#onAnswer(this.#status, this.#closes);
  }
}
