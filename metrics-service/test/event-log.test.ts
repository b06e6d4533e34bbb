import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoggedEvent } from '../../shared/contract/event.ts';
import { EventLog } from '../src/event/event-log.ts';
import type { EventFilter } from '../src/event/event-sieve.ts';
import { ExportReader } from '../src/export/export-reader.ts';
import { openStores } from './support/open-stores.ts';
import { Random } from './support/random.ts';
import { LOG_START, recordAtRandom, someVisitor } from './support/random-log.ts';

/** Some full blocks, and what is not full yet. */
const EVENTS = 2_500;
const WORK_MAX = 200;
const DAY_MS = 86_400_000;

/** Ways in which events may lie in time: as they come, all over, many at one moment. */
const TIMES: Readonly<Record<string, (random: Random) => (index: number) => number>> = {
  'one after the other': (random) => (index) => LOG_START + index * 1_000 - random.below(90_000),
  'in no order': (random) => () => LOG_START + random.below(3 * DAY_MS),
  'at a few moments': (random) => () => LOG_START + random.below(3) * DAY_MS,
};

const isWanted = ({ visitor_id, experiment, variant, event_type, event_name, property, from, to }: EventFilter, event: LoggedEvent): boolean => {
  const at = Date.parse(event.timestamp);
  const [name = '', ...value] = (property ?? '').split('=');
  const has = event.properties !== null && Object.hasOwn(event.properties, name);
  const found = event.properties?.[name];
  return (
    (visitor_id ?? event.visitor_id) === event.visitor_id &&
    (experiment ?? event.experiment_id) === event.experiment_id &&
    (variant ?? event.variant) === event.variant &&
    (event_type ?? event.event_type) === event.event_type &&
    (event_name ?? event.event_name) === event.event_name &&
    (property === undefined || (has && (value.length === 0 || value.join('=') === (typeof found === 'string' ? found : JSON.stringify(found))))) &&
    at >= (from ?? -Infinity) &&
    at < (to ?? Infinity)
  );
};

const someFilter = (random: Random): EventFilter => ({
  ...(random.chance(0.3) ? { visitor_id: random.chance(0.9) ? someVisitor(random) : 'nobody' } : {}),
  ...(random.chance(0.2) ? { experiment: random.pick(['homepage', 'pricing', 'never']) } : {}),
  ...(random.chance(0.2) ? { variant: random.pick(['A', 'B', 'never']) } : {}),
  ...(random.chance(0.3) ? { event_type: random.pick(['page_view', 'a', 'a:b', 'never']) } : {}),
  ...(random.chance(0.2) ? { event_name: random.pick(['hero', 'b:c', 'c', 'never']) } : {}),
  ...(random.chance(0.3) ? { property: random.pick(['percent=75', 'percent', 'a "b"=true', 'isNew=false', 'list=[1,"x"]', 'list', 'list=null', 'eq=x=y', 'never']) } : {}),
  ...(random.chance(0.5) ? { from: LOG_START + random.below(2 * DAY_MS) } : {}),
  ...(random.chance(0.5) ? { to: LOG_START + random.below(4) * DAY_MS } : {}),
});

for (const [times, timesOf] of Object.entries(TIMES)) {
  test(`EventLog.page() shows each event that passes once, in order, when events happened ${times}`, async (context) => {
    const seed = Math.floor(Math.random() * 1e9);
    context.diagnostic(`seed ${seed}`);
    const random = new Random(seed);
    const stores = openStores();
    const events = (await recordAtRandom(stores, random, EVENTS, WORK_MAX, timesOf(random))).toReversed();
    const byTime = events.toSorted((one, other) => Date.parse(other.timestamp) - Date.parse(one.timestamp));
    const log = new EventLog(stores);
    for (let round = 0; round < 25; round += 1) {
      const filter = round === 0 ? {} : round === 1 ? { from: 0 } : someFilter(random);
      const isTimed = filter.visitor_id === undefined && (filter.from !== undefined || filter.to !== undefined);
      const shown: LoggedEvent[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await log.page(filter, 1 + random.below(1_000), cursor);
        shown.push(...page.data);
        if (page.next_cursor === null) break;
        cursor = page.next_cursor;
      }
      assert.deepEqual(shown, (isTimed ? byTime : events).filter((event) => isWanted(filter, event)), `seed ${seed}: ${JSON.stringify(filter)}`);
    }
    stores.database.close();
  });
}

test('EventLog.after() shows what a listener missed, without what was imported', async () => {
  const random = new Random(1);
  const stores = openStores();
  const events = await recordAtRandom(stores, random, EVENTS, WORK_MAX, (index) => LOG_START + index);
  const log = new EventLog(stores);
  const live = events.filter(({ imported }) => !imported);
  for (const seq of [0, 1, 511, 512, 2_000, EVENTS - 100, EVENTS]) {
    const missed = live.filter((event) => event.seq > seq);
    assert.deepEqual(log.after(seq, EVENTS), { events: missed, until: EVENTS });
    const some = missed.slice(0, 50);
    assert.deepEqual(log.after(seq, 50), { events: some, until: missed.length > 50 ? some.at(-1)?.seq : EVENTS });
  }
  stores.database.close();
});

test('EventLog.ofVisitor() counts all of a visitor and shows the first in the order they came', async () => {
  const random = new Random(2);
  const stores = openStores();
  const events = await recordAtRandom(stores, random, EVENTS, WORK_MAX, () => LOG_START + random.below(DAY_MS));
  const log = new EventLog(stores);
  for (const visitor_id of ['visitor-0', 'visitor-11']) {
    const own = events.filter((event) => event.visitor_id === visitor_id);
    assert.ok(own.length > 20);
    assert.deepEqual(await log.ofVisitor(stores.visitors.find(visitor_id) as number, 20), { total_events: own.length, events: own.slice(0, 20) });
    assert.deepEqual((await log.ofVisitor(stores.visitors.find(visitor_id) as number, EVENTS)).events, own);
  }
  stores.database.close();
});

test('ExportReader.pages() gives each event once while others come, and none of who was erased', async () => {
  const random = new Random(3);
  const stores = openStores();
  const [gone, events] = ['visitor-3', await recordAtRandom(stores, random, EVENTS, 100, (index) => LOG_START + index)];
  const ids: string[] = [];
  let shown_before = 0;
  for (const page of new ExportReader(stores).pages('events')) {
    ids.push(...page.map((record) => (record as { readonly event_id: string }).event_id));
    await recordAtRandom(stores, random, 150, 100, () => LOG_START);
    if (shown_before > 0 || ids.length < 1_000) continue;
    shown_before = ids.length;
    await stores.writer.run(() => stores.reattribution.erase(gone));
  }
  const isLeft = ({ visitor_id }: LoggedEvent, index: number): boolean => index < shown_before || visitor_id !== gone;
  assert.deepEqual(ids, events.filter(isLeft).map(({ event_id }) => event_id));
  assert.ok(events.some((event, index) => !isLeft(event, index)));
  stores.database.close();
});
