import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { AnswerReader } from './answer-reader.ts';

const READ_BUFFER_BYTES = 65_536;

/** What the connections of a generator have in common. */
export interface LoadSource {
  readonly port: number;
  /** The next request to send over a connection; undefined when it has nothing more to do. */
  next(connection: LoadConnection): Buffer | undefined;
  /** Told of each answer, and how long it took. */
  answered(connection: LoadConnection, status: number, milliseconds: number): void;
  /** Told that a connection broke while an answer was due. */
  broken(connection: LoadConnection): void;
  /** Told that nothing can be reached. */
  failed(error: Error): void;
}

/** One kept-alive connection with one request on its way at a time; opened anew where the server closes it. */
export class LoadConnection {
  /** Place among the generator's connections, from 0. */
  readonly index: number;
  readonly #source: LoadSource;
  readonly #buffer: Buffer = Buffer.allocUnsafe(READ_BUFFER_BYTES);
  #reader: AnswerReader;
  #socket: Socket | undefined;
  #waiting = false;
  #ended = false;
  #sent_at = 0;

  constructor(index: number, source: LoadSource) {
    this.index = index;
    this.#source = source;
    this.#reader = this.#newReader();
  }

  /** The beginning of the first answer that was not 2xx. */
  get refusal(): string {
    return this.#reader.refusal;
  }

  /** Sends the next request, over a new connection where there is none. */
  send(): void {
    const bytes = this.#ended ? undefined : this.#source.next(this);
    if (bytes === undefined) return this.end();
    this.#socket ??= this.#open();
    this.#waiting = true;
    this.#sent_at = performance.now();
    this.#socket.write(bytes);
  }

  /** Closes the connection; an answer that is due is not waited for. */
  end(): void {
    this.#ended = true;
    this.#waiting = false;
    this.#socket?.destroy();
  }

  #newReader(): AnswerReader {
    return new AnswerReader((status, closes) => {
      this.#waiting = false;
      if (closes) this.#drop();
      this.#source.answered(this, status, performance.now() - this.#sent_at);
    });
  }

  /** The next request goes over another connection; a refusal that was seen is kept. */
  #drop(): void {
    const { refusal } = this.#reader;
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#reader = this.#newReader();
    this.#reader.refusal = refusal;
  }

  #open(): Socket {
    const socket = connect({
      port: this.#source.port,
      host: '127.0.0.1',
      noDelay: true,
      // One buffer for all that is read: no new one for every answer.
      onread: {
        buffer: this.#buffer,
        callback: (size) => {
          try {
            this.#reader.read(this.#buffer.subarray(0, size));
          } catch (error) {
            this.#source.failed(error as Error);
          }
          return true;
        },
      },
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.syscall === 'connect' && !this.#ended) this.#source.failed(error);
    });
    socket.on('close', () => {
      if (socket !== this.#socket) return;
      const was_waiting = this.#waiting;
      this.#waiting = false;
      this.#drop();
      if (was_waiting && !this.#ended) this.#source.broken(this);
    });
    return socket;
  }
}
