import assert from 'node:assert/strict';
import type { Database } from '../../../shared/sqlite/database.ts';
import { openDatabase } from '../../../shared/sqlite/open.ts';
import { uuidv7 } from '../../../shared/uuid.ts';
import { valueAt } from '../../src/event/event-block.ts';
import { EventReader, lastSeqOf } from '../../src/event/event-reader.ts';
import type { EventBlock } from '../../src/event/event-reader.ts';
import { EventWriter } from '../../src/event/event-writer.ts';
import { ExperimentStore } from '../../src/experiment/experiment-store.ts';
import { MetaStore } from '../../src/meta-store.ts';
import { APPLICATION_ID, MIGRATIONS } from '../../src/schema.ts';
import type { Random } from './random.ts';
import { storedEventId, takeId } from './take-id.ts';

/** An event as it was given to the writer. */
export interface Told {
  readonly seq: number;
  readonly event_id: string;
  readonly visitor: number;
  readonly type: number;
  readonly named_metric: number | null;
  readonly experiment_name: number | null;
  readonly variant: number | null;
  readonly at: number;
  readonly arrived: number;
  readonly value: number | null;
  readonly properties: string | null;
  readonly context: string | null;
  readonly imported: boolean;
}

/** Few, so that ids are on their way to the disk, and there, all the time. */
export const GATHERED_MAX = 100;
/** They have numbers from 1 on. */
export const VISITORS = 40;
const NOON = Date.UTC(2026, 5, 1, 12);

/** Every event of a block as it was told. */
export const shown = (reader: EventReader, block: EventBlock): readonly Told[] => {
  const details = reader.details(block.key);
  return Array.from({ length: block.count }, (_, place) => ({
    seq: block.first_seq + (block.seq[place] as number),
    event_id: details.event_id(place),
    visitor: block.first_visitor + (block.visitor[place] as number),
    type: block.type[place] as number,
    named_metric: block.name[place] || null,
    experiment_name: block.experiment[place] || null,
    variant: block.variant[place] || null,
    at: block.first_at + (block.at[place] as number),
    arrived: block.first_arrived + (block.arrived[place] as number),
    value: valueAt(block, place),
    properties: details.properties(place),
    context: details.context(place),
    imported: block.imported[place] === 1,
  }));
};

/** Writes events as works do, at random, and keeps them in a plain list beside it. */
export class Log {
  readonly database: Database = openDatabase({ file: ':memory:', application_id: APPLICATION_ID, migrations: MIGRATIONS });
  readonly reader: EventReader = new EventReader(this.database);
  events: Told[] = [];
  /** How many runs of ids all checks have seen. */
  runs = 0;
  gone: Told[] = [];
  private writer = this.openWriter();
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
    this.database.exec("INSERT INTO experiments (id, source) VALUES (1, 'events'); INSERT INTO experiment_names (id, name, experiment) VALUES (1, 'homepage', 1), (2, 'other', 1)");
  }

  openWriter(): EventWriter {
    return new EventWriter(this.database, new ExperimentStore(this.database), new MetaStore(this.database), GATHERED_MAX);
  }

  /** A service that starts anew knows what the disk knows. */
  reopen(): void {
    this.writer = this.openWriter();
  }

  private draw(): Omit<Told, 'seq'> {
    const { random } = this;
    const maybe = <T>(value: T): T | null => (random.below(3) === 0 ? value : null);
    return {
      event_id: random.below(10) === 0 ? `${random.pick(['', '\uFEFF'])}order-ü-${random.below(1e9)}` : uuidv7(),
      visitor: 1 + random.below(VISITORS),
      type: 1 + random.below(300),
      named_metric: maybe(1 + random.below(70_000)),
      experiment_name: maybe(1 + random.below(2)),
      variant: maybe(1 + random.below(3)),
      at: NOON + random.below(1e9) - 5e8,
      arrived: NOON + random.below(1e9),
      value: maybe(random.below(1e6) / 7 - 1e4),
      properties: maybe(JSON.stringify({ article: `Mütze ${random.below(4)}` })),
      context: maybe('{"language":"de"}'),
      imported: random.below(2) === 0,
    };
  }

  /** One event of a visitor, in a transaction of its own; answers whether its id was taken. */
  write(event_id: string, visitor: number): boolean {
    return this.writeAll([event_id], visitor) === 1;
  }

  /** Some events of a visitor, in one transaction; answers how many ids were taken. */
  writeAll(event_ids: readonly string[], visitor: number): number {
    const before = this.events.length;
    this.database.transaction(() => {
      for (const event_id of event_ids) {
        const event = { ...this.draw(), event_id, visitor };
        if (takeId(this.writer.ids, event_id)) this.events.push({ ...event, seq: this.writer.add({ ...event, experiment: null, event_id: storedEventId(event_id) }) });
      }
      this.writer.flush();
    });
    return this.events.length - before;
  }

  /** Removes all events of a visitor. */
  erase(visitor: number): void {
    this.database.transaction(() => {
      this.writer.remove(visitor);
      this.writer.flush();
    });
    this.gone = this.events.filter((event) => event.visitor === visitor);
    this.events = this.events.filter((event) => event.visitor !== visitor);
  }

  /** One work in one transaction, which is undone if told so. */
  work(count: number, undone: boolean): void {
    const before = this.events;
    this.database.begin();
    this.events = [...this.events];
    for (let index = 0; index < count; index += 1) {
      const again = this.random.pick([this.events, this.gone, []]);
      const sent = this.random.below(20) === 0 && again.length > 0 ? this.random.pick(again) : undefined;
      const event = { ...this.draw(), ...(sent === undefined ? {} : { event_id: sent.event_id }) };
      const known = this.events.some(({ event_id }) => event_id === event.event_id);
      const is_new = takeId(this.writer.ids, event.event_id);
      assert.equal(is_new, !known);
      if (is_new) this.events.push({ ...event, seq: this.writer.add({ ...event, experiment: null, event_id: storedEventId(event.event_id) }) });
    }
    for (let removals = this.random.below(3); removals > 0; removals -= 1) this.remove();
    const visitor = 1 + this.random.below(VISITORS);
    this.checkAttributable(visitor);
    this.writer.flush();
    if (undone) {
      this.database.abort(undefined);
      this.writer.forget();
      this.events = before;
    } else this.database.commit();
    this.checkAttributable(visitor);
  }

  private remove(): void {
    const visitor = 1 + this.random.below(VISITORS);
    const before = this.random.below(2) === 0 ? Infinity : NOON + this.random.below(5e8) - 5e8;
    const stay = this.events.filter((event) => event.visitor !== visitor || event.at >= before);
    assert.equal(this.writer.remove(visitor, before), this.events.length - stay.length);
    this.gone = this.events.filter((event) => !stay.includes(event));
    this.events = stay;
  }

  private checkAttributable(visitor: number): void {
    const told = this.events.filter((event) => event.visitor === visitor).map(({ type, named_metric, experiment_name, variant, at, arrived, value, imported }) => ({ type, named_metric, experiment: experiment_name === null ? null : 1, variant, at, arrived, value, imported }));
    assert.deepEqual(this.writer.attributable(visitor), told);
  }

  check(): void {
    const { reader, events } = this;
    const forwards: Told[] = [];
    for (let block = reader.next(0); block !== undefined; block = reader.next(lastSeqOf(block))) forwards.push(...shown(reader, block));
    assert.deepEqual(forwards, events);
    const backwards: Told[] = [];
    for (let block = reader.previous(Infinity); block !== undefined; block = reader.previous(block.key)) backwards.unshift(...shown(reader, block));
    assert.deepEqual(backwards, events);
    assert.equal(reader.count(), events.length);
    assert.equal(reader.lastSeq, events.at(-1)?.seq ?? 0);
    this.checkSpans();
    const visitor = 1 + this.random.below(VISITORS);
    const own = [...reader.blocksOf(visitor)].flatMap((block) => shown(reader, block)).filter((event) => event.visitor === visitor);
    assert.deepEqual(own, events.filter((event) => event.visitor === visitor));
    const name = 1 + this.random.below(2);
    assert.deepEqual(new Set(this.writer.visitorsNaming(name)), new Set(events.filter((event) => event.experiment_name === name).map((event) => event.visitor)));
  }

  /** Each id is on the disk once at most, those of events up to a place of the log all are, and nobody else's; runs are in order and apart. */
  checkIds(): void {
    const runs = this.database.prepare('SELECT from_ms, until_ms, hex(ids) AS ids FROM event_id_runs ORDER BY from_ms').all() as unknown as readonly { from_ms: number; until_ms: number; ids: string }[];
    let last = -1;
    for (const { from_ms, until_ms, ids } of runs) {
      const times = [from_ms, ...(ids.match(/.{32}/g) ?? []).map((id) => parseInt(id.slice(0, 12), 16)), until_ms];
      assert.ok(times.every((time, index) => index === 0 || time >= (times[index - 1] as number)) && from_ms > last, `run ${times.join(' ')} after ${last}`);
      last = until_ms;
    }
    const onDisk = [
      ...runs.flatMap(({ ids }) => ids.match(/.{32}/g) ?? []),
      ...this.database.prepare("SELECT iif(typeof(event_id) = 'text', event_id, hex(event_id)) AS id FROM event_ids").all().map((row) => String(row['id'])),
    ];
    const shownAs = (event_id: string): string => (typeof storedEventId(event_id) === 'string' ? event_id : event_id.replaceAll('-', '').toUpperCase());
    const told = new Set(this.events.map(({ event_id }) => shownAs(event_id)));
    assert.equal(new Set(onDisk).size, onDisk.length);
    for (const id of onDisk) assert.ok(told.has(id), id);
    const until = Number(new MetaStore(this.database).find('ids_seq') ?? 0);
    const stored = new Set(onDisk);
    for (const { event_id, seq } of this.events) assert.ok(seq > until || stored.has(shownAs(event_id)), event_id);
    this.runs += runs.length;
  }

  private checkSpans(): void {
    const { reader, events } = this;
    const from = NOON + this.random.below(1e9) - 5e8;
    const to = from + this.random.below(1e8);
    const found = [...reader.between(from, to)].flatMap((block) => shown(reader, block));
    for (const { key, events: count, earliest, latest } of reader.latestSpans(from, to)) {
      const times = shown(reader, reader.block(key) as EventBlock).map(({ at }) => at);
      assert.deepEqual([Math.min(...times), Math.max(...times), times.length], [earliest, latest, count]);
    }
    const within = (all: readonly Told[]): readonly Told[] => all.filter(({ at }) => at >= from && at < to).sort((one, other) => one.seq - other.seq);
    assert.deepEqual(within(found), within(events));
  }
}
