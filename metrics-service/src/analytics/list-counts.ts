import type { EventShare, PageShare } from '../../../shared/contract/analytics.ts';
import type { WideColumn } from '../columns.ts';
import { ByNumber } from './by-number.ts';
import type { ListColumns, SessionBlock } from './session-block.ts';
import type { SessionFilter } from './session-filter.ts';
import type { SessionReader, Stretch } from './session-reader.ts';
import { VisitorCount } from './visitor-count.ts';

interface Item {
  readonly id: number;
  readonly type: number;
  readonly visitors: VisitorCount;
  count: number;
  sessions: number;
}

/** Leaves in lists what sessions have that are asked for; what it gives is good until it is asked again. */
class AskedLists {
  /** 1 for each session of a block that is asked for. */
  private asked: Uint8Array = new Uint8Array(0);
  private ends: Uint32Array = new Uint32Array(0);
  private row: Uint32Array = new Uint32Array(0);
  private count: Uint32Array = new Uint32Array(0);

  /** Of the sessions of a block, those at `rows` are asked for. */
  of(lists: ListColumns, sessions: number, rows: Uint32Array): ListColumns {
    if (rows.length === sessions) return lists;
    this.makeRoom(lists, sessions);
    const { asked, ends, row, count } = this;
    asked.fill(0);
    for (let at = 0; at < rows.length; at += 1) asked[rows[at] as number] = 1;
    let many = 0;
    let at = 0;
    for (let place = 0; place < lists.key.length; place += 1) {
      const end = lists.ends[place] as number;
      // Without a branch: nobody can foresee whose are asked for.
      for (; at < end; at += 1) {
        const each = lists.row[at] as number;
        row[many] = each;
        count[many] = lists.count[at] as number;
        many += asked[each] as number;
      }
      ends[place] = many;
    }
    return { ...lists, ends, row, count };
  }

  private makeRoom({ key, row }: ListColumns, sessions: number): void {
    if (this.asked.length < sessions) this.asked = new Uint8Array(sessions * 2);
    if (this.ends.length < key.length) this.ends = new Uint32Array(key.length * 2);
    if (this.row.length >= row.length) return;
    this.row = new Uint32Array(row.length * 2);
    this.count = new Uint32Array(row.length * 2);
  }
}

/** What was counted, by the number of its word. */
class Items {
  readonly all: Item[] = [];
  private readonly by_id = new ByNumber<Item>();
  private readonly asked = new AskedLists();

  /** Adds the lists of a block up by key, as far as they are of the sessions at `rows`. */
  add(lists: ListColumns, { visitor }: SessionBlock, rows: Uint32Array): void {
    const { key, type, ends, row, count } = this.asked.of(lists, visitor.length, rows);
    let begin = 0;
    for (let place = 0; place < key.length; place += 1) {
      const end = ends[place] as number;
      if (end > begin) {
        const id = key[place] as number;
        const item = this.by_id.find(id) ?? this.begin(id, type[place] as number);
        item.count += sumOf(count, begin, end);
        item.sessions += end - begin;
        item.visitors.addAll(visitor, row, begin, end);
      }
      begin = end;
    }
  }

  private begin(id: number, type: number): Item {
    const item = this.by_id.add(id, { id, type, visitors: new VisitorCount(), count: 0, sessions: 0 });
    this.all.push(item);
    return item;
  }
}

const sumOf = (numbers: WideColumn, begin: number, end: number): number => {
  let sum = 0;
  for (let at = begin; at < end; at += 1) sum += numbers[at] as number;
  return sum;
};

/** Counts the views of each path. */
export const pageShares = async (reader: SessionReader, stretch: Stretch, filter: SessionFilter, wordOf: (id: number) => string): Promise<readonly PageShare[]> => {
  const items = new Items();
  await reader.read(stretch, filter, ['pages'], (block, rows) => {
    if (block.pages !== undefined) items.add(block.pages, block, rows);
  });
  return items.all.map(({ id, count, sessions, visitors }) => ({ path: wordOf(id), views: count, visitors: visitors.size, sessions }));
};

/** Counts the events of each type and name. */
export const eventShares = async (reader: SessionReader, stretch: Stretch, filter: SessionFilter, wordOf: (id: number) => string): Promise<readonly EventShare[]> => {
  const items = new Items();
  await reader.read(stretch, filter, ['metrics'], (block, rows) => {
    if (block.metrics !== undefined) items.add(block.metrics, block, rows);
  });
  return items.all.map(({ id, type, count, sessions, visitors }) => {
    const event_type = wordOf(type);
    return { event_type, event_name: id === type ? null : wordOf(id).slice(event_type.length + 1), events: count, visitors: visitors.size, sessions };
  });
};
