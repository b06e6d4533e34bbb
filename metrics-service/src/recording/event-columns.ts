import { UUID_BYTES, writeUuid } from '../../../shared/sqlite/stored-id.ts';
import type { RecordableEvent } from '../event/recordable-event.ts';

/** What a column has where there is nothing to say. */
export const NONE = -1;

/** Texts that repeat, each sent once; a column has their places. */
export interface SentTexts {
  readonly texts: readonly string[];
  readonly places: readonly number[];
}

/**
 * Events column by column. A few long lists of numbers, and each text that repeats once, go from thread to thread at a fraction of what an object for each
 * event costs, and let the other thread look up each visitor, type, experiment and variant once.
 */
export interface SentEvents {
  readonly count: number;
  readonly visitors: SentTexts;
  readonly types: SentTexts;
  /** Type and name: `click:hero`. */
  readonly metrics: SentTexts;
  readonly experiments: SentTexts;
  readonly variants: SentTexts;
  /** 16 bytes for each id that is a UUID. */
  readonly uuids: Uint8Array;
  /** The other ids, by the event's place. */
  readonly other_ids: ReadonlyMap<number, string>;
  readonly at: readonly number[];
  readonly arrived: readonly number[];
  /** By the event's place, where there is one. */
  readonly values: ReadonlyMap<number, number>;
  readonly properties: ReadonlyMap<number, string>;
  readonly contexts: ReadonlyMap<number, string>;
  /** Why an event is left out and only tallied. */
  readonly excluded: ReadonlyMap<number, string>;
}

/** What became of events, column by column and in their order. */
export interface RecordedEvents {
  /** The place in the log; 0 for one whose id was there already, or that was left out. */
  readonly seq: readonly number[];
  /** The experiment that it counts in, 0 for none. */
  readonly experiment: readonly number[];
  /** The word of its variant, 0 for none. */
  readonly variant: readonly number[];
}

class Texts implements SentTexts {
  readonly texts: string[] = [];
  readonly places: number[] = [];
  readonly #known = new Map<string, number>();
  #last = '';
  #last_place = NONE;

  add(text: string | null): void {
    if (text === null) this.places.push(NONE);
    // Those of one visitor mostly come together.
    else if (text === this.#last && this.#last_place !== NONE) this.places.push(this.#last_place);
    else this.places.push(this.#placeOf(text));
  }

  #placeOf(text: string): number {
    let place = this.#known.get(text);
    if (place === undefined) {
      place = this.texts.push(text) - 1;
      this.#known.set(text, place);
    }
    this.#last = text;
    this.#last_place = place;
    return place;
  }

  sent(): SentTexts {
    return { texts: this.texts, places: this.places };
  }
}

/** Gathers events to be sent. */
export class EventColumns {
  readonly #visitors = new Texts();
  readonly #types = new Texts();
  readonly #metrics = new Texts();
  readonly #experiments = new Texts();
  readonly #variants = new Texts();
  readonly #other_ids = new Map<number, string>();
  readonly #at: number[] = [];
  readonly #arrived: number[] = [];
  readonly #values = new Map<number, number>();
  readonly #properties = new Map<number, string>();
  readonly #contexts = new Map<number, string>();
  readonly #excluded = new Map<number, string>();
  #uuids = new Uint8Array(32 * UUID_BYTES);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Appends an event that came by the open path; `excluded_as` says why one is only tallied. */
  add(event: RecordableEvent, excluded_as: string | undefined): void {
    const { event_type, event_name, value, properties, context } = event;
    const place = this.#count;
    this.#count += 1;
    this.#visitors.add(event.visitor_id);
    this.#types.add(event_type);
    this.#metrics.add(event_name === null ? null : `${event_type}:${event_name}`);
    this.#experiments.add(event.experiment_id);
    this.#variants.add(event.variant);
    this.#at.push(event.at);
    this.#arrived.push(event.arrived);
    this.#addId(event.event_id, place);
    if (value !== null) this.#values.set(place, value);
    if (properties !== null) this.#properties.set(place, properties);
    if (context !== null) this.#contexts.set(place, context);
    if (excluded_as !== undefined) this.#excluded.set(place, excluded_as);
  }

  #addId(id: string, place: number): void {
    const end = (place + 1) * UUID_BYTES;
    if (end > this.#uuids.length) {
      const larger = new Uint8Array(this.#uuids.length * 2);
      larger.set(this.#uuids);
      this.#uuids = larger;
    }
    if (!writeUuid(id, this.#uuids, end - UUID_BYTES)) this.#other_ids.set(place, id);
  }

  /** What goes to the other thread. */
  sent(): SentEvents {
    return {
      count: this.#count,
      visitors: this.#visitors.sent(),
      types: this.#types.sent(),
      metrics: this.#metrics.sent(),
      experiments: this.#experiments.sent(),
      variants: this.#variants.sent(),
      uuids: this.#uuids.subarray(0, this.#count * UUID_BYTES),
      other_ids: this.#other_ids,
      at: this.#at,
      arrived: this.#arrived,
      values: this.#values,
      properties: this.#properties,
      contexts: this.#contexts,
      excluded: this.#excluded,
    };
  }
}
