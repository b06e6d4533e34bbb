import type { Clock } from '../../../shared/clock.ts';
import type { Reply } from '../../../shared/http/call.ts';
import { FeedHub } from '../../../shared/http/sse.ts';
import type { FeedMessage } from '../../../shared/http/sse.ts';
import type { Definitions } from '../definitions.ts';
import { configDocument } from './config-document.ts';

interface Copy {
  readonly hub: FeedHub;
  text: string;
  version: number;
}

/** The configuration document, written once per change for everybody who reads or follows it: a copy for the world and one for holders of a token. */
export class ConfigPublisher {
  readonly #definitions: Definitions;
  readonly #clock: Clock;
  readonly #open: Copy = { hub: new FeedHub(), text: '', version: -1 };
  readonly #trusted: Copy = { hub: new FeedHub(), text: '', version: -1 };

  constructor(definitions: Definitions, clock: Clock) {
    this.#definitions = definitions;
    this.#clock = clock;
    definitions.onChange(() => {
      for (const copy of [this.#open, this.#trusted]) if (copy.hub.size > 0) copy.hub.publish(this.#message(copy));
    });
  }

  /** How many follow. */
  get followers(): number {
    return this.#open.hub.size + this.#trusted.hub.size;
  }

  /** The document as JSON. */
  text(trusted: boolean): string {
    return this.#fresh(trusted ? this.#trusted : this.#open).text;
  }

  /** Answers with the document, and with each that comes after it. Whole documents: whoever reconnects has missed nothing, whatever id was last seen. */
  follow(trusted: boolean): Reply {
    const copy = trusted ? this.#trusted : this.#open;
    return copy.hub.reply(() => [this.#message(copy)]);
  }

  close(): void {
    this.#open.hub.close();
    this.#trusted.hub.close();
  }

  #message(copy: Copy): FeedMessage {
    const { text, version } = this.#fresh(copy);
    return { id: String(version), event: 'config', data: text };
  }

  #fresh(copy: Copy): Copy {
    const { version } = this.#definitions;
    if (copy.version !== version) {
      copy.text = JSON.stringify(configDocument(this.#definitions, { trusted: copy === this.#trusted, visitor_id: null, attributes: {}, now: this.#clock() }));
      copy.version = version;
    }
    return copy;
  }
}
