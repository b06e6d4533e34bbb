import type { Feed, Reply, Sink } from './call.ts';

/** One message of a feed, ready to be written to any number of clients. */
export interface FeedMessage {
  readonly id?: string;
  readonly event?: string;
  readonly data: string;
}

const HEARTBEAT_MS = 15_000;
const RETURN_MS = 10;
/** Bytes a client may leave untaken before it is cut off; it reconnects and catches up by `Last-Event-ID`. */
const QUEUED_BYTES_MAX = 1_048_576;

/** Writes one message in the format of server-sent events (WHATWG HTML, 9.2). */
export const feedText = ({ id, event, data }: FeedMessage): string =>
  `${id === undefined ? '' : `id: ${id}\n`}${event === undefined ? '' : `event: ${event}\n`}${data.split('\n').map((line) => `data: ${line}\n`).join('')}\n`;

/** The headers of a feed: proxies must not buffer or keep it. */
export const feedReply = (feed: Feed): Reply => ({ status: 200, type: 'text/event-stream; charset=utf-8', headers: { 'cache-control': 'no-store', 'x-accel-buffering': 'no' }, body: feed });

/** Answers a client that is far behind with a part of what it missed, and lets it go: it comes back at once and asks for what is after `until`. */
export const feedPart = (messages: readonly FeedMessage[], until: string): Reply =>
  feedReply((sink) => {
    sink.write(`retry: ${RETURN_MS}\n\n${messages.map(feedText).join('')}id: ${until}\n\n`);
    sink.close();
  });

/** Sends the same messages to every client that listens; one that does not read is cut off, so memory stays bounded. */
export class FeedHub {
  /** With the number of the last message that each was sent as missed. */
  private readonly sinks = new Map<Sink, number>();
  private heartbeat: NodeJS.Timeout | undefined;

  get size(): number {
    return this.sinks.size;
  }

  /** Answers a client with what it missed, then with all that is published; `missed` is asked at the moment of joining. */
  reply(missed: () => readonly FeedMessage[]): Reply {
    return feedReply((sink) => {
      const messages = missed();
      sink.write(`retry: 1000\n\n${messages.map(feedText).join('')}`);
      this.sinks.set(sink, Number(messages.at(-1)?.id ?? NaN));
      sink.onClose(() => this.leave(sink));
      this.heartbeat ??= setInterval(() => this.send(': still here\n\n'), HEARTBEAT_MS).unref();
    });
  }

  publish(message: FeedMessage): void {
    if (this.sinks.size > 0) this.send(feedText(message), Number(message.id ?? NaN));
  }

  private send(text: string, id: number = NaN): void {
    for (const [sink, sent] of this.sinks) {
      if (id <= sent) continue;
      if (sink.queued > QUEUED_BYTES_MAX) {
        sink.close();
        this.leave(sink);
      } else sink.write(text);
    }
  }

  private leave(sink: Sink): void {
    this.sinks.delete(sink);
    if (this.sinks.size === 0) this.close();
  }

  close(): void {
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
  }
}
