import type { IdWriter } from './id-writer.ts';
import { FRESH_ID, SENT_TIME, USES_PER_VISITOR, VISITOR_ID } from './load-plan.ts';

/** Where the ids come from while requests are made; shared by all connections of a generator. */
export interface RequestIds {
  readonly fresh: IdWriter;
  readonly visitor: IdWriter;
  visitor_uses: number;
}

const placesOf = (text: string, mark: string): readonly number[] => {
  const places: number[] = [];
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) places.push(at);
  return places;
};

let time_text = '';
let time_ms = 0;

const timeText = (): string => {
  const now = Date.now();
  if (now !== time_ms) {
    time_ms = now;
    time_text = new Date(now).toISOString();
  }
  return time_text;
};

/** One request as bytes, with the places that change known: filling them in is all that sending it again costs. */
export class RequestTemplate {
  /** True if nothing changes, so that connections can send the same bytes. */
  readonly fixed: boolean;
  readonly #bytes: Buffer;
  readonly #fresh: readonly number[];
  readonly #visitors: readonly number[];
  readonly #times: readonly number[];

  constructor(text: string) {
    this.#bytes = Buffer.from(text, 'latin1');
    this.#fresh = placesOf(text, FRESH_ID);
    this.#visitors = placesOf(text, VISITOR_ID);
    this.#times = placesOf(text, SENT_TIME);
    this.fixed = this.#fresh.length + this.#visitors.length + this.#times.length === 0;
  }

  /** The bytes to fill and send: a copy for each connection, unless nothing in it changes. */
  copy(): Buffer {
    return this.fixed ? this.#bytes : Buffer.from(this.#bytes);
  }

  /** Puts new ids and the time into a copy. */
  fill(copy: Buffer, ids: RequestIds): void {
    for (const at of this.#fresh) {
      ids.fresh.next();
      ids.fresh.write(copy, at);
    }
    for (const at of this.#visitors) {
      if (ids.visitor_uses % USES_PER_VISITOR === 0) ids.visitor.next();
      ids.visitor_uses += 1;
      ids.visitor.write(copy, at);
    }
    for (const at of this.#times) copy.write(timeText(), at, 'latin1');
  }
}
