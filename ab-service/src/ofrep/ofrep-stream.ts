import type { Reply } from '../../../shared/http/call.ts';
import { FeedHub } from '../../../shared/http/sse.ts';
import type { FeedMessage } from '../../../shared/http/sse.ts';
import type { Definitions } from '../definitions.ts';

/** Where the stream is. */
export const STREAM_PATH = '/ofrep/v1/stream';

/** Tells OpenFeature clients that flags have changed; they then evaluate again. The id is the version of the configuration. */
export class OfrepStream {
  readonly #hub = new FeedHub();
  readonly #definitions: Definitions;

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
    definitions.onChange(() => this.#hub.publish(this.#message()));
  }

  /** How many follow. */
  get followers(): number {
    return this.#hub.size;
  }

  /** Answers with the stream; whoever comes back after a change (`Last-Event-ID` is not the present version) is told at once. */
  follow(last_event_id: string | string[] | undefined): Reply {
    return this.#hub.reply(() => (last_event_id === undefined || last_event_id === String(this.#definitions.version) ? [] : [this.#message()]));
  }

  close(): void {
    this.#hub.close();
  }

  #message(): FeedMessage {
    const { version, changed_at } = this.#definitions;
    return { id: String(version), data: JSON.stringify({ type: 'refetchEvaluation', etag: `"${version}"`, lastModified: Math.floor(changed_at / 1_000) }) };
  }
}
