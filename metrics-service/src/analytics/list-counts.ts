import type { EventShare, PageShare } from '../../../shared/contract/analytics.ts';
import type { Column } from '../columns.ts';
import { ByNumber } from './by-number.ts';
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

interface Lists {
  readonly ends: Column;
  readonly key: Column;
  readonly type: Column | undefined;
  readonly count: Column;
}

/** What was counted, by the number of its word. */
class Items {
  readonly all: Item[] = [];
  private readonly by_id = new ByNumber<Item>();

  find(id: number): Item | undefined {
    return this.by_id.find(id);
  }

  add(id: number, type: number): Item {
    const item = this.by_id.add(id, { id, type, visitors: new VisitorCount(), count: 0, sessions: 0 });
    this.all.push(item);
    return item;
  }
}

/** Adds the lists of some sessions of a block up by key. */
const addLists = (items: Items, lists: Lists, visitor: Column, rows: Uint32Array): void => {
  const { ends, key, type, count } = lists;
  for (const row of rows) {
    const end = ends[row] as number;
    const who = visitor[row] as number;
    for (let place = row === 0 ? 0 : (ends[row - 1] as number); place < end; place += 1) {
      const id = key[place] as number;
      const item = items.find(id) ?? items.add(id, type?.[place] ?? 0);
      item.count += count[place] as number;
      item.sessions += 1;
      item.visitors.add(who);
    }
  }
};

/** Counts the views of each path. */
export const pageShares = async (reader: SessionReader, stretch: Stretch, filter: SessionFilter, wordOf: (id: number) => string): Promise<readonly PageShare[]> => {
  const items = new Items();
  await reader.read(stretch, filter, ['pages'], ({ pages, visitor }, rows) => {
    if (pages !== undefined) addLists(items, { ends: pages.ends, key: pages.path, type: undefined, count: pages.views }, visitor, rows);
  });
  return items.all.map(({ id, count, sessions, visitors }) => ({ path: wordOf(id), views: count, visitors: visitors.size, sessions }));
};

/** Counts the events of each type and name. */
export const eventShares = async (reader: SessionReader, stretch: Stretch, filter: SessionFilter, wordOf: (id: number) => string): Promise<readonly EventShare[]> => {
  const items = new Items();
  await reader.read(stretch, filter, ['metrics'], ({ metrics, visitor }, rows) => {
    if (metrics !== undefined) addLists(items, { ends: metrics.ends, key: metrics.metric, type: metrics.type, count: metrics.events }, visitor, rows);
  });
  return items.all.map(({ id, type, count, sessions, visitors }) => {
    const event_type = wordOf(type);
    return { event_type, event_name: id === type ? null : wordOf(id).slice(event_type.length + 1), events: count, visitors: visitors.size, sessions };
  });
};
