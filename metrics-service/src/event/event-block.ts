import { shownId, UUID_BYTES } from '../../../shared/sqlite/stored-id.ts';
import { packColumns, unpackColumns } from '../columns.ts';
import type { BasedNumbers, Column } from '../columns.ts';
import type { LooseEvents } from './loose-events.ts';

/**
 * What happened, column by column, in the order in which it arrived. `seq`, `visitor`, `at` and `arrived` count from what the `first_…` say;
 * what an event does not have is 0 in `name`, `experiment` and `variant`.
 */
export interface FactColumns {
  readonly count: number;
  readonly first_seq: number;
  readonly first_visitor: number;
  /** Milliseconds since 1970. */
  readonly first_at: number;
  readonly first_arrived: number;
  readonly seq: ArrayLike<number>;
  readonly visitor: ArrayLike<number>;
  /** Word of the type. */
  readonly type: ArrayLike<number>;
  /** Word of the metric `type:name`. */
  readonly name: ArrayLike<number>;
  /** Number of the name that it gave its experiment. */
  readonly experiment: ArrayLike<number>;
  /** Word of the variant that it names. */
  readonly variant: ArrayLike<number>;
  readonly at: ArrayLike<number>;
  readonly arrived: ArrayLike<number>;
  /** 1 for those that were imported. */
  readonly imported: ArrayLike<number>;
}

/** The facts of a block. */
export interface EventFacts extends FactColumns {
  readonly visitor: Column;
  readonly type: Column;
  readonly name: Column;
  readonly variant: Column;
  readonly at: Column;
  /** The places of the events that have a value, in order, and their values. */
  readonly valued: Column;
  readonly values: Column;
}

/** What is only wanted of the few events that are shown: ids and JSON, by an event's place in the block. */
export interface EventDetails {
  /** As it is stored: 16 bytes where it is a UUID. */
  readonly stored_id: (place: number) => Uint8Array | string;
  readonly event_id: (place: number) => string;
  readonly properties: (place: number) => string | null;
  readonly context: (place: number) => string | null;
}

/** The columns of a block as they are stored. */
export interface StoredColumns {
  readonly facts: Uint8Array;
  readonly ids: Uint8Array;
  /** Null where no event has any. */
  readonly texts: Uint8Array | null;
}

/** A block as it is stored. */
export interface PackedBlock extends StoredColumns {
  readonly first_seq: number;
  readonly last_seq: number;
  readonly events: number;
  /** Of the times at which its events happened. */
  readonly earliest: number;
  readonly latest: number;
}

const encoder = new TextEncoder();
/** An id may begin with a byte order mark, which is no mark there. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const minOf = (values: Float64Array): number => {
  let min = Infinity;
  for (let place = 0; place < values.length; place += 1) if ((values[place] as number) < min) min = values[place] as number;
  return min;
};

const maxOf = (values: Float64Array): number => {
  let max = -Infinity;
  for (let place = 0; place < values.length; place += 1) if ((values[place] as number) > max) max = values[place] as number;
  return max;
};

/** Lays texts end to end; that of place `i` is from `ends[i - 1]` (0 for the first) to `ends[i]`. */
const layTexts = (texts: readonly string[]): readonly [ends: number[], bytes: Uint8Array] => {
  const bytes = encoder.encode(texts.join(''));
  const ends: number[] = [];
  let end = 0;
  for (const text of texts) ends.push((end += Buffer.byteLength(text)));
  return [ends, bytes];
};

const textAt = (ends: Column, bytes: Column, place: number): string => decoder.decode((bytes as Uint8Array).subarray(place === 0 ? 0 : ends[place - 1], ends[place]));

const packFacts = (events: LooseEvents): Uint8Array => {
  const based = (name: 'seq' | 'visitor' | 'at' | 'arrived'): BasedNumbers => ({ numbers: events.column(name), base: minOf(events.column(name)) });
  const plain = (name: 'type' | 'name' | 'experiment' | 'variant' | 'imported'): BasedNumbers => ({ numbers: events.column(name), base: 0 });
  const [seq, visitor, at, arrived] = [based('seq'), based('visitor'), based('at'), based('arrived')];
  const bases = Float64Array.of(seq.base, visitor.base, at.base, arrived.base);
  const { values } = events;
  return packColumns([bases, seq, visitor, plain('type'), plain('name'), plain('experiment'), plain('variant'), at, arrived, plain('imported'), [...values.keys()], Float64Array.from(values.values())]);
};

/** Ids: 16 bytes for each event, and besides, in the order of their events, those that are no UUIDs. */
const packIds = ({ uuids, count, other_ids }: LooseEvents): Uint8Array => {
  const [ends, bytes] = layTexts([...other_ids.values()]);
  return packColumns([uuids.subarray(0, count * UUID_BYTES), [...other_ids.keys()], ends, bytes]);
};

/** Texts that are the same are kept once; a column has their places and one, 0 where there is none. */
const packTexts = ({ count, properties, contexts }: LooseEvents): Uint8Array | null => {
  if (properties.size + contexts.size === 0) return null;
  const places = new Map<string, number>();
  const placeOf = (text: string | undefined): number => {
    if (text === undefined) return 0;
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, places.size + 1);
    return places.size;
  };
  const columns = [properties, contexts].map((texts) => Array.from({ length: count }, (_, place) => placeOf(texts.get(place))));
  return packColumns([...columns, ...layTexts([...places.keys()])]);
};

/** Packs events, of which there must be one at least. */
export const packBlock = (events: LooseEvents): PackedBlock => ({
  first_seq: events.seq[0] as number,
  last_seq: events.seq[events.count - 1] as number,
  events: events.count,
  earliest: minOf(events.column('at')),
  latest: maxOf(events.column('at')),
  facts: packFacts(events),
  ids: packIds(events),
  texts: packTexts(events),
});

/** Opens the facts of a block without copying them. */
export const openFacts = (packed: Uint8Array): EventFacts => {
  const [bases, seq, visitor, type, name, experiment, variant, at, arrived, imported, valued, values] = unpackColumns(packed) as [Column, Column, Column, Column, Column, Column, Column, Column, Column, Column, Column, Column];
  const [first_seq = 0, first_visitor = 0, first_at = 0, first_arrived = 0] = bases;
  return { count: seq.length, first_seq, first_visitor, first_at, first_arrived, seq, visitor, type, name, experiment, variant, at, arrived, imported, valued, values };
};

/** Opens what is shown of a block. */
export const openDetails = (ids: Uint8Array, texts: Uint8Array | null): EventDetails => {
  const [uuids, other_places, other_ends, other_bytes] = unpackColumns(ids) as [Uint8Array, Column, Column, Column];
  const textOf = (part: 0 | 1): ((place: number) => string | null) => {
    if (texts === null) return () => null;
    const columns = unpackColumns(texts) as [Column, Column, Column, Column];
    return (place) => {
      const text = columns[part][place] as number;
      return text === 0 ? null : textAt(columns[2], columns[3], text - 1);
    };
  };
  const stored_id = (place: number): Uint8Array | string => {
    const other = other_places.length === 0 ? -1 : other_places.indexOf(place);
    return other < 0 ? uuids.subarray(place * UUID_BYTES, (place + 1) * UUID_BYTES) : textAt(other_ends, other_bytes, other);
  };
  return {
    stored_id,
    event_id: (place) => shownId(stored_id(place)),
    properties: textOf(0),
    context: textOf(1),
  };
};

/** What an event was worth; null if nothing. */
export const valueAt = ({ valued, values }: EventFacts, place: number): number | null => {
  const found = valued.length === 0 ? -1 : valued.indexOf(place);
  return found < 0 ? null : (values[found] as number);
};

/** What each event was worth; NaN if nothing. */
export const valuesOf = ({ count, valued, values }: EventFacts): Float64Array => {
  const all = new Float64Array(count).fill(NaN);
  for (let index = 0; index < valued.length; index += 1) all[valued[index] as number] = values[index] as number;
  return all;
};

/** Answers where in a block the event with a place in the log is. */
export const placeOf = ({ first_seq, seq: column, count }: EventFacts, seq: number): number | undefined => {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (first_seq + (column[middle] as number) < seq) low = middle + 1;
    else high = middle;
  }
  return low < count && first_seq + (column[low] as number) === seq ? low : undefined;
};
