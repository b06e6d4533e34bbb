import type { ClientRequest } from 'node:http';
import type { Peer } from './peer.ts';

/** One message as it arrived. */
export interface FeedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** What following a feed tells its owner. */
export interface FeedListener {
  readonly on_event: (event: FeedEvent) => void;
  /** Called when the feed opens and when it breaks. */
  readonly on_state?: (connected: boolean) => void;
}

const RETRY_MS = 250;
const RETRY_MS_MAX = 3_000;
/** Servers of ours send a heartbeat every 15 s; silence for longer means that the line is dead. */
const SILENCE_MS = 40_000;
const LINE_BYTES_MAX = 16 * 1_048_576;

/** Takes the text of a stream piece by piece and answers the messages that are complete (WHATWG HTML, 9.2.6). */
export class FeedParser {
  private rest = '';
  private id = '';
  private event = '';
  private data: string[] = [];

  push(text: string): readonly FeedEvent[] {
    const lines = (this.rest + text).split(/\r\n|\n|\r/);
    this.rest = lines.pop() ?? '';
    if (this.rest.length > LINE_BYTES_MAX) throw new Error('a line of the feed is too long');
    return lines.flatMap((line) => this.take(line));
  }

  private take(line: string): readonly FeedEvent[] {
    if (line === '') {
      const done = this.data.length === 0 ? [] : [{ id: this.id, event: this.event || 'message', data: this.data.join('\n') }];
      this.event = '';
      this.data = [];
      return done;
    }
    const mark = line.indexOf(':');
    const name = mark < 0 ? line : line.slice(0, mark);
    const value = mark < 0 ? '' : line.slice(line[mark + 1] === ' ' ? mark + 2 : mark + 1);
    if (name === 'data') this.data.push(value);
    else if (name === 'event') this.event = value;
    else if (name === 'id') this.id = value;
    return [];
  }
}

/** Follows a feed of another service for as long as it is not closed: reconnects by itself, with `Last-Event-ID`. */
export class FeedFollower {
  private readonly peer: Peer;
  private readonly path: string;
  private readonly listener: FeedListener;
  private outgoing: ClientRequest | undefined;
  private timer: NodeJS.Timeout | undefined;
  private last_id = '';
  private wait_ms = RETRY_MS;
  private closed = false;

  constructor(peer: Peer, path: string, listener: FeedListener) {
    this.peer = peer;
    this.path = path;
    this.listener = listener;
    this.connect();
  }

  private connect(): void {
    const parser = new FeedParser();
    const outgoing = this.peer.open({ method: 'GET', path: this.path, headers: { accept: 'text/event-stream', ...(this.last_id === '' ? {} : { 'last-event-id': this.last_id }) } });
    this.outgoing = outgoing;
    outgoing.setTimeout(SILENCE_MS, () => outgoing.destroy(new Error('the feed fell silent')));
    outgoing.once('response', (incoming) => {
      if (incoming.statusCode !== 200) {
        outgoing.destroy(new Error(`the feed answered ${incoming.statusCode}`));
        return;
      }
      this.wait_ms = RETRY_MS;
      this.listener.on_state?.(true);
      incoming.setEncoding('utf8');
      incoming.on('data', (text: string) => {
        try {
          for (const event of parser.push(text)) {
            if (event.id !== '') this.last_id = event.id;
            this.listener.on_event(event);
          }
        } catch (error) {
          outgoing.destroy(error as Error);
        }
      });
      incoming.once('error', () => outgoing.destroy());
    });
    outgoing.once('error', () => outgoing.destroy());
    outgoing.once('close', () => this.again());
    outgoing.end();
  }

  private again(): void {
    if (this.closed) return;
    this.listener.on_state?.(false);
    this.timer = setTimeout(() => this.connect(), this.wait_ms);
    this.wait_ms = Math.min(RETRY_MS_MAX, this.wait_ms * 2);
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.outgoing?.destroy();
  }
}
