import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventLogAnswer } from '../../shared/contract/event.ts';
import { EventLog } from '../src/event/event-log.ts';
import type { VisitorEvents } from '../src/event/event-log.ts';
import { latestBefore } from '../src/event/events-by-time.ts';
import type { Found, TimePlace, TimeSearch } from '../src/event/events-by-time.ts';
import { sieveOf } from '../src/event/event-sieve.ts';
import type { EventFilter, EventSieve } from '../src/event/event-sieve.ts';
import type { Stores } from '../src/stores.ts';
import { Random } from './support/random.ts';
import { openSmallBlocks } from './support/small-blocks.ts';
import type { LaidEvent } from './support/small-blocks.ts';

const BLOCKS = 120;
const BLOCK_EVENTS = 20;
const END = 1_000_000;

/** Ways in which events may lie in time: as they come, all over, all at a few moments. */
const TIMES: Readonly<Record<string, (random: Random) => (index: number) => number>> = {
  'one after the other': (random) => (index) => index * 100 + random.below(1_500),
  'in no order': (random) => () => random.below(END),
  'at a few moments': (random) => (index) => Math.floor(index / 900) * 1_000 + random.below(2),
  'some at one moment, some at another': (random) => {
    let moment = 0;
    return (index) => {
      if (index % 10 === 0) moment = random.below(5);
      return 1_000 + moment;
    };
  },
  'at one moment': () => () => 1_000,
};

const byTime = (events: readonly LaidEvent[]): readonly LaidEvent[] => events.toSorted((one, other) => other.at - one.at || other.seq - one.seq);

const seqsOf = (places: readonly { readonly seq: number }[]): readonly number[] => places.map(({ seq }) => seq);

const sieveFor = (filter: EventFilter, stores: Stores): EventSieve => sieveOf(filter, stores) as EventSieve;

/** Goes through all steps of a search. */
const searched = (search: TimeSearch): Found<TimePlace> => {
  const work = latestBefore(search);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
};

/** Joins what is loose, and erases somebody. */
const disturb = ({ database, events, event_writer, visitors }: Stores, add: (count: number) => void): void => {
  add(600);
  assert.deepEqual([...events.looseBlocks()], []);
  database.transaction(() => {
    event_writer.remove(visitors.find('eve') as number);
    event_writer.flush();
  });
};

for (const [times, timesOf] of Object.entries(TIMES)) {
  test(`latestBefore() finds each event once, in order, when they happened ${times}`, (context) => {
    const seed = Math.floor(Math.random() * 1e9);
    context.diagnostic(`seed ${seed}`);
    const random = new Random(seed);
    const { stores, events, add } = openSmallBlocks(random, BLOCKS, BLOCK_EVENTS, timesOf(random));
    for (let work = 0; work < 5; work += 1) add(1 + random.below(30));
    for (const visitor_id of [undefined, 'ada']) {
      const passing = byTime(events).filter((event) => (visitor_id ?? event.visitor_id) === event.visitor_id);
      for (let round = 0; round < 6; round += 1) {
        const from = round < 2 ? 0 : random.below(END / 2);
        const found: TimePlace[] = [];
        let before: TimePlace | undefined = { at: END * 2, seq: 0 };
        while (before !== undefined) {
          const { places, rest } = searched({ events: stores.events, sieve: sieveFor({ from, ...(visitor_id === undefined ? {} : { visitor_id }) }, stores), from, before, wanted: 1 + random.below(200), blocks_max: 1 + random.below(40) });
          found.push(...places);
          before = rest;
        }
        assert.deepEqual(seqsOf(found), seqsOf(passing.filter(({ at }) => at >= from)), `seed ${seed}`);
      }
    }
    stores.database.close();
  });
}

test('latestBefore() ends early where what it looked at is behind it, and not where it would be looked at again', () => {
  const pagesOf = (times: string): number => {
    const random = new Random(1);
    const { stores, add } = openSmallBlocks(random, BLOCKS, BLOCK_EVENTS, (TIMES[times] as (random: Random) => (index: number) => number)(random));
    add(1);
    stores.database.transaction(() => stores.visitors.open('nobody'));
    let pages = 0;
    for (let before: TimePlace | undefined = { at: END * 2, seq: 0 }; before !== undefined; pages += 1) {
      const { places, rest } = searched({ events: stores.events, sieve: sieveFor({ visitor_id: 'nobody' }, stores), from: 0, before, wanted: 10, blocks_max: 30 });
      assert.deepEqual(places, []);
      before = rest;
    }
    stores.database.close();
    return pages;
  };
  for (const times of ['one after the other', 'at one moment']) assert.ok([4, 5].includes(pagesOf(times)), times);
  assert.equal(pagesOf('in no order'), 1);
});

test('latestBefore() finds the same whatever is joined, added or erased between its steps', () => {
  const random = new Random(2);
  const { stores, events, add } = openSmallBlocks(random, BLOCKS, BLOCK_EVENTS, () => random.below(END));
  for (let work = 0; work < 5; work += 1) add(1 + random.below(30));
  const expected = byTime(events);
  const work = latestBefore({ events: stores.events, sieve: sieveFor({}, stores), from: 0, before: { at: END * 2, seq: 0 }, wanted: events.length, blocks_max: 10 });
  let step = work.next();
  assert.equal(step.done, false);
  disturb(stores, add);
  while (step.done !== true) step = work.next();
  const left = new Set(seqsOf(expected.filter(({ visitor_id }) => visitor_id !== 'eve')));
  assert.deepEqual(seqsOf(step.value.places).filter((seq) => left.has(seq)), seqsOf(expected).filter((seq) => left.has(seq)));
  assert.ok(step.value.places.length < expected.length);
  stores.database.close();
});

test('EventLog shows each event once whatever is joined, added or erased between its steps', async () => {
  const readings: Readonly<Record<string, (log: EventLog, stores: Stores) => Promise<readonly { readonly seq: number }[]>>> = {
    page: async (log) => (await log.page({}, 10_000, undefined)).data,
    'page by time': async (log) => (await log.page({ from: 0 }, 10_000, undefined)).data,
    'page of a visitor': async (log) => (await log.page({ visitor_id: 'ada' }, 10_000, undefined)).data,
    'page of a visitor by a property': async (log) => (await log.page({ visitor_id: 'ada', property: 'some=1' }, 10_000, undefined)).data,
    visitor: async (log, { visitors }) => (await log.ofVisitor(visitors.find('ada') as number, 10_000)).events.toReversed(),
  };
  for (const [name, read] of Object.entries(readings)) {
    const random = new Random(3);
    const { stores, events, add } = openSmallBlocks(random, BLOCKS, BLOCK_EVENTS, (index) => index);
    // More than are read at once.
    for (let work = 0; work < 70; work += 1) add(1 + random.below(3));
    const expected = events.toReversed().filter(({ visitor_id }) => visitor_id === 'ada' || (!name.includes('visitor') && visitor_id === 'bob'));
    const left = new Set(seqsOf(expected));
    const reading = read(new EventLog(stores), stores);
    disturb(stores, add);
    const shown = await reading;
    assert.deepEqual(seqsOf(shown).filter((seq) => left.has(seq)), seqsOf(expected), name);
    stores.database.close();
  }
});

test('EventLog goes on where blocks are gone', async () => {
  const { stores, add } = openSmallBlocks(new Random(4), 500, 1, (index) => index);
  const [log, eve] = [new EventLog(stores), stores.visitors.find('eve') as number];
  const readings = [log.page({ visitor_id: 'eve' }, 1_000, undefined), log.page({ from: 0, property: 'some' }, 1_000, undefined), log.ofVisitor(eve, 1_000)];
  disturb(stores, add);
  const [page, timed, visitor] = (await Promise.all(readings)) as [EventLogAnswer, EventLogAnswer, VisitorEvents];
  assert.deepEqual([page.data, visitor.events], [[], []]);
  assert.ok(timed.data.length > 0 && timed.data.every(({ visitor_id }) => visitor_id !== 'eve'));
  stores.database.close();
});

test('EventLog.page() gives a short page where few events pass, and goes on from there', async () => {
  const { stores, events } = openSmallBlocks(new Random(5), 450, 3, (index) => index);
  const log = new EventLog(stores);
  const shown: number[] = [];
  let pages = 0;
  for (let cursor: string | undefined; ; ) {
    const { data, next_cursor } = await log.page({ event_type: 'click', property: 'never' }, 100, cursor);
    shown.push(...seqsOf(data));
    pages += 1;
    if (next_cursor === null) break;
    cursor = next_cursor;
  }
  assert.deepEqual([shown, pages, events.length], [[], 3, 1_350]);
  stores.database.close();
});
