import { UUID_BYTES, writeUuid } from '../../../shared/sqlite/stored-id.ts';
import type { RecordableEvent } from '../event/recordable-event.ts';
import { Texts } from './sent-texts.ts';
import type { SentTexts } from './sent-texts.ts';

/**
 * Events column by column. Numbers in one buffer, and each text that repeats once, go from thread to thread at a fraction of what an object for each
 * event costs, and let the other thread look up each visitor, type, experiment and variant once. A column of numbers may be longer than `count`.
 */
export interface SentEvents {
  readonly count: number;
  /** Holds every column of numbers; who sends the events gives it away. */
  readonly buffer: ArrayBuffer;
  readonly visitors: SentTexts;
  readonly types: SentTexts;
  /** Type and name: `click:hero`. */
  readonly metrics: SentTexts;
  readonly experiments: SentTexts;
  readonly variants: SentTexts;
  /** 16 bytes for each id that is a UUID. */
  readonly uuids: Uint8Array;
  /** The other ids, by the event's place. Like all that few events have, undefined where none has it: looking in vain for each of many is not free. */
  readonly other_ids: ReadonlyMap<number, string> | undefined;
  readonly at: Float64Array;
  readonly arrived: Float64Array;
  /** By the event's place, where there is one. */
  readonly values: ReadonlyMap<number, number> | undefined;
  readonly properties: ReadonlyMap<number, string> | undefined;
  readonly contexts: ReadonlyMap<number, string> | undefined;
  /** Why an event is left out and only tallied. */
  readonly excluded: ReadonlyMap<number, string> | undefined;
  /** The places of those that were imported. */
  readonly imported: ReadonlySet<number> | undefined;
}

/** What became of events, column by column and in their order. */
export interface RecordedEvents {
  /** The place in the log; 0 for one whose id was there already, or that was left out. */
  readonly seq: Float64Array;
  /** The experiment that it counts in, 0 for none. */
  readonly experiment: Int32Array;
  /** The word of its variant, 0 for none. */
  readonly variant: Int32Array;
}

/** How many events the columns have room for at first; that doubles. */
const ROOM_MIN = 64;
const TIME_BYTES = Float64Array.BYTES_PER_ELEMENT;
const PLACE_BYTES = Int32Array.BYTES_PER_ELEMENT;

/** The columns of numbers, one after the other in a buffer. */
class Numbers {
  readonly room: number;
  readonly buffer: ArrayBuffer;
  readonly at: Float64Array;
  readonly arrived: Float64Array;
  readonly visitors: Int32Array;
  readonly types: Int32Array;
  readonly metrics: Int32Array;
  readonly experiments: Int32Array;
  readonly variants: Int32Array;
  readonly uuids: Uint8Array;

  constructor(room: number) {
    const places = 2 * TIME_BYTES;
    const placesAt = (column: number): Int32Array => new Int32Array(this.buffer, (places + column * PLACE_BYTES) * room, room);
    const uuids = places + 5 * PLACE_BYTES;
    this.room = room;
    this.buffer = new ArrayBuffer((uuids + UUID_BYTES) * room);
    this.at = new Float64Array(this.buffer, 0, room);
    this.arrived = new Float64Array(this.buffer, TIME_BYTES * room, room);
    this.visitors = placesAt(0);
    this.types = placesAt(1);
    this.metrics = placesAt(2);
    this.experiments = placesAt(3);
    this.variants = placesAt(4);
    this.uuids = new Uint8Array(this.buffer, uuids * room);
  }

  /** The same in a buffer of twice the size. */
  doubled(): Numbers {
    const larger = new Numbers(this.room * 2);
    for (const column of ['at', 'arrived', 'visitors', 'types', 'metrics', 'experiments', 'variants', 'uuids'] as const) larger[column].set(this[column]);
    return larger;
  }
}

const unlessEmpty = <T extends { readonly size: number }>(some: T): T | undefined => (some.size === 0 ? undefined : some);

/** Gathers events to be sent. */
export class EventColumns {
  readonly #visitors = new Texts();
  readonly #types = new Texts();
  readonly #metrics = new Texts();
  readonly #experiments = new Texts();
  readonly #variants = new Texts();
  readonly #other_ids = new Map<number, string>();
  readonly #values = new Map<number, number>();
  readonly #properties = new Map<number, string>();
  readonly #contexts = new Map<number, string>();
  readonly #excluded = new Map<number, string>();
  readonly #imported = new Set<number>();
  #numbers = new Numbers(ROOM_MIN);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Appends an event; `excluded_as` says why one is only tallied. */
  add(event: RecordableEvent, excluded_as?: string): void {
    const { event_id, event_type, event_name, value, properties, context } = event;
    const place = this.#count;
    this.#count += 1;
    if (place === this.#numbers.room) this.#numbers = this.#numbers.doubled();
    const numbers = this.#numbers;
    numbers.at[place] = event.at;
    numbers.arrived[place] = event.arrived;
    numbers.visitors[place] = this.#visitors.placeOf(event.visitor_id);
    numbers.types[place] = this.#types.placeOf(event_type);
    numbers.metrics[place] = this.#metrics.placeOf(event_name === null ? null : `${event_type}:${event_name}`);
    numbers.experiments[place] = this.#experiments.placeOf(event.experiment_id);
    numbers.variants[place] = this.#variants.placeOf(event.variant);
    if (!writeUuid(event_id, numbers.uuids, place * UUID_BYTES)) this.#other_ids.set(place, event_id);
    if (value !== null) this.#values.set(place, value);
    if (properties !== null) this.#properties.set(place, properties);
    if (context !== null) this.#contexts.set(place, context);
    if (excluded_as !== undefined) this.#excluded.set(place, excluded_as);
    if (event.imported) this.#imported.add(place);
  }

  /** What goes to the other thread. */
  sent(): SentEvents {
    const { buffer, at, arrived, uuids, visitors, types, metrics, experiments, variants } = this.#numbers;
    return {
      count: this.#count,
      buffer,
      visitors: { texts: this.#visitors.texts, places: visitors },
      types: { texts: this.#types.texts, places: types },
      metrics: { texts: this.#metrics.texts, places: metrics },
      experiments: { texts: this.#experiments.texts, places: experiments },
      variants: { texts: this.#variants.texts, places: variants },
      uuids,
      other_ids: unlessEmpty(this.#other_ids),
      at,
      arrived,
      values: unlessEmpty(this.#values),
      properties: unlessEmpty(this.#properties),
      contexts: unlessEmpty(this.#contexts),
      excluded: unlessEmpty(this.#excluded),
      imported: unlessEmpty(this.#imported),
    };
  }
}
