import { UUID_BYTES, writeUuid } from '../../../shared/sqlite/stored-id.ts';
import type { AttributableEvent } from '../rollup/attribution.ts';
import { openDetails, openFacts, valuesOf } from './event-block.ts';
import type { FactColumns, StoredColumns } from './event-block.ts';

/** An event whose words, names and visitor are numbers. */
export interface EventRow extends AttributableEvent {
  /** 16 bytes where it is a UUID. */
  readonly event_id: Uint8Array | string;
  readonly visitor: number;
  /** Number of the name that it gave its experiment. */
  readonly experiment_name: number | null;
  readonly properties: string | null;
  readonly context: string | null;
}

const COLUMNS = ['seq', 'visitor', 'type', 'name', 'experiment', 'variant', 'at', 'arrived', 'imported'] as const;
/** How many events there is room for at first. */
const ROOM = 64;

/** Events that are gathered, column by column; 0 is what an event does not have. Columns are longer than `count`, and serve again after `clear`. */
export class LooseEvents implements FactColumns {
  readonly first_seq = 0;
  readonly first_visitor = 0;
  readonly first_at = 0;
  readonly first_arrived = 0;
  count = 0;
  seq: Float64Array = new Float64Array(ROOM);
  visitor: Float64Array = new Float64Array(ROOM);
  type: Float64Array = new Float64Array(ROOM);
  name: Float64Array = new Float64Array(ROOM);
  experiment: Float64Array = new Float64Array(ROOM);
  variant: Float64Array = new Float64Array(ROOM);
  at: Float64Array = new Float64Array(ROOM);
  arrived: Float64Array = new Float64Array(ROOM);
  imported: Float64Array = new Float64Array(ROOM);
  uuids: Uint8Array = new Uint8Array(ROOM * UUID_BYTES);
  /** What only some have, by place, in order. */
  readonly other_ids: Map<number, string> = new Map();
  readonly values: Map<number, number> = new Map();
  readonly properties: Map<number, string> = new Map();
  readonly contexts: Map<number, string> = new Map();

  /** Appends an event, which has the place `count` then. */
  add(seq: number, event: EventRow): void {
    const place = this.next(event.event_id);
    this.seq[place] = seq;
    this.visitor[place] = event.visitor;
    this.type[place] = event.type;
    this.name[place] = event.named_metric ?? 0;
    this.experiment[place] = event.experiment_name ?? 0;
    this.variant[place] = event.variant ?? 0;
    this.at[place] = event.at;
    this.arrived[place] = event.arrived;
    this.imported[place] = event.imported ? 1 : 0;
    this.describe(place, event.value, event.properties, event.context);
  }

  /** Appends the events of a stored block that a caller wants. */
  addStored({ facts: packed, ids, texts }: StoredColumns, wants: (visitor: number, at: number) => boolean = () => true): void {
    const facts = openFacts(packed);
    const details = openDetails(ids, texts);
    const values = valuesOf(facts);
    for (let stored = 0; stored < facts.count; stored += 1) {
      const visitor = facts.first_visitor + (facts.visitor[stored] as number);
      const at = facts.first_at + (facts.at[stored] as number);
      if (!wants(visitor, at)) continue;
      const value = values[stored] as number;
      const place = this.next(details.stored_id(stored));
      this.seq[place] = facts.first_seq + (facts.seq[stored] as number);
      this.visitor[place] = visitor;
      this.type[place] = facts.type[stored] as number;
      this.name[place] = facts.name[stored] as number;
      this.experiment[place] = facts.experiment[stored] as number;
      this.variant[place] = facts.variant[stored] as number;
      this.at[place] = at;
      this.arrived[place] = facts.first_arrived + (facts.arrived[stored] as number);
      this.imported[place] = facts.imported[stored] as number;
      this.describe(place, Number.isNaN(value) ? null : value, details.properties(stored), details.context(stored));
    }
  }

  /** Appends all of others, which came after these. */
  addAll(others: LooseEvents): void {
    const before = this.count;
    this.makeRoom(before + others.count);
    this.count += others.count;
    this.uuids.set(others.uuids.subarray(0, others.count * UUID_BYTES), before * UUID_BYTES);
    for (const name of COLUMNS) this[name].set(others[name].subarray(0, others.count), before);
    for (const [place, id] of others.other_ids) this.other_ids.set(before + place, id);
    for (const [place, value] of others.values) this.values.set(before + place, value);
    for (const [place, text] of others.properties) this.properties.set(before + place, text);
    for (const [place, text] of others.contexts) this.contexts.set(before + place, text);
  }

  /** Removes all. */
  clear(): void {
    this.count = 0;
    for (const some of [this.other_ids, this.values, this.properties, this.contexts]) some.clear();
  }

  /** A column of numbers, as long as there are events. */
  column(name: (typeof COLUMNS)[number]): Float64Array {
    return this[name].subarray(0, this.count);
  }

  /** An event's id as it is stored. The bytes are good as long as nothing is added. */
  idAt(place: number): Uint8Array | string {
    return this.other_ids.get(place) ?? this.uuids.subarray(place * UUID_BYTES, (place + 1) * UUID_BYTES);
  }

  /** The place of one more event, which has an id. */
  private next(id: Uint8Array | string): number {
    const place = this.count;
    this.makeRoom(place + 1);
    this.count = place + 1;
    const from = place * UUID_BYTES;
    if (typeof id === 'string') {
      if (!writeUuid(id, this.uuids, from)) this.other_ids.set(place, id);
    } else for (let index = 0; index < UUID_BYTES; index += 1) this.uuids[from + index] = id[index] as number;
    return place;
  }

  private describe(place: number, value: number | null, properties: string | null, context: string | null): void {
    if (value !== null) this.values.set(place, value);
    if (properties !== null) this.properties.set(place, properties);
    if (context !== null) this.contexts.set(place, context);
  }

  private makeRoom(count: number): void {
    if (count <= this.seq.length) return;
    const room = Math.max(count, this.seq.length * 2);
    for (const name of COLUMNS) this[name] = enlarged(this[name], room);
    const uuids = new Uint8Array(room * UUID_BYTES);
    uuids.set(this.uuids);
    this.uuids = uuids;
  }
}

const enlarged = (column: Float64Array, room: number): Float64Array => {
  const larger = new Float64Array(room);
  larger.set(column);
  return larger;
};
