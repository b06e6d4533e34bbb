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

const COLUMNS = ['visitor', 'type', 'name', 'experiment', 'variant', 'at', 'arrived', 'imported', 'value', 'properties', 'context', 'seq'] as const;

/** Events that are gathered, column by column; 0 is what an event does not have. */
export class LooseEvents implements FactColumns {
  readonly first_seq = 0;
  readonly first_visitor = 0;
  readonly first_at = 0;
  readonly first_arrived = 0;
  readonly seq: number[] = [];
  readonly visitor: number[] = [];
  readonly type: number[] = [];
  readonly name: number[] = [];
  readonly experiment: number[] = [];
  readonly variant: number[] = [];
  readonly at: number[] = [];
  readonly arrived: number[] = [];
  readonly imported: number[] = [];
  readonly value: (number | null)[] = [];
  readonly properties: (string | null)[] = [];
  readonly context: (string | null)[] = [];
  readonly other_ids: Map<number, string> = new Map();
  uuids: Uint8Array = new Uint8Array(64 * UUID_BYTES);

  get count(): number {
    return this.seq.length;
  }

  /** Appends an event, which has the place `count` then. */
  add(seq: number, event: EventRow): void {
    this.addId(event.event_id);
    this.seq.push(seq);
    this.visitor.push(event.visitor);
    this.type.push(event.type);
    this.name.push(event.named_metric ?? 0);
    this.experiment.push(event.experiment_name ?? 0);
    this.variant.push(event.variant ?? 0);
    this.at.push(event.at);
    this.arrived.push(event.arrived);
    this.imported.push(event.imported ? 1 : 0);
    this.value.push(event.value);
    this.properties.push(event.properties);
    this.context.push(event.context);
  }

  /** Appends the events of a stored block that a caller wants. */
  addStored({ facts: packed, ids, texts }: StoredColumns, wants: (visitor: number, at: number) => boolean = () => true): void {
    const facts = openFacts(packed);
    const details = openDetails(ids, texts);
    const values = valuesOf(facts);
    for (let place = 0; place < facts.count; place += 1) {
      const visitor = facts.first_visitor + (facts.visitor[place] as number);
      const at = facts.first_at + (facts.at[place] as number);
      if (!wants(visitor, at)) continue;
      const value = values[place] as number;
      this.addId(details.stored_id(place));
      this.seq.push(facts.first_seq + (facts.seq[place] as number));
      this.visitor.push(visitor);
      this.type.push(facts.type[place] as number);
      this.name.push(facts.name[place] as number);
      this.experiment.push(facts.experiment[place] as number);
      this.variant.push(facts.variant[place] as number);
      this.at.push(at);
      this.arrived.push(facts.first_arrived + (facts.arrived[place] as number));
      this.imported.push(facts.imported[place] as number);
      this.value.push(Number.isNaN(value) ? null : value);
      this.properties.push(details.properties(place));
      this.context.push(details.context(place));
    }
  }

  /** Appends all of others, which came after these. */
  addAll(others: LooseEvents): void {
    const { count } = this;
    this.makeRoom(count + others.count);
    this.uuids.set(others.uuids.subarray(0, others.count * UUID_BYTES), count * UUID_BYTES);
    for (const [place, id] of others.other_ids) this.other_ids.set(count + place, id);
    for (const name of COLUMNS) {
      const column: unknown[] = this[name];
      for (const value of others[name]) column.push(value);
    }
  }

  /** An event's id as it is stored. The bytes are good as long as nothing is added. */
  idAt(place: number): Uint8Array | string {
    return this.other_ids.get(place) ?? this.uuids.subarray(place * UUID_BYTES, (place + 1) * UUID_BYTES);
  }

  private addId(id: Uint8Array | string): void {
    const { count } = this;
    this.makeRoom(count + 1);
    if (typeof id !== 'string') this.uuids.set(id, count * UUID_BYTES);
    else if (!writeUuid(id, this.uuids, count * UUID_BYTES)) this.other_ids.set(count, id);
  }

  private makeRoom(count: number): void {
    if (count * UUID_BYTES <= this.uuids.length) return;
    const larger = new Uint8Array(Math.max(count * UUID_BYTES, this.uuids.length * 2));
    larger.set(this.uuids);
    this.uuids = larger;
  }
}
