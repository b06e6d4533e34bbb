import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { packColumns, unpackColumns } from '../src/columns.ts';
import { FAMILIES, packFamily } from '../src/analytics/session-block.ts';
import { sharePage } from '../src/analytics/share-list.ts';
import { addEvent, bounceOf, joinSession, sessionOf } from '../src/analytics/session.ts';
import type { Session, SessionEvent } from '../src/analytics/session.ts';
import { decodeTrail, encodeTrail, TRAIL_EVENTS_MAX, TRAIL_STRIDE } from '../src/analytics/trail.ts';
import { ByNumber } from '../src/analytics/by-number.ts';
import { VisitorCount } from '../src/analytics/visitor-count.ts';
import { VisitorNumbers } from '../src/analytics/visitor-numbers.ts';
import { VisitorSet } from '../src/analytics/visitor-set.ts';
import { VisitorSlots } from '../src/analytics/visitor-slots.ts';
import { Random } from './support/random.ts';

const eventAt = (at: number, over: Partial<SessionEvent> = {}): SessionEvent => ({ at, seq: at, type: 1, metric: 1, views: 0, path: 0, visible: 0, scroll: 0, engaged: false, ...over });

test('packColumns() keeps numbers of every size', () => {
  const columns = [[], [0, 255], [256, 65_535], [65_536, 4_294_967_295], [4_294_967_296, 2 ** 52], [7]];
  const packed = packColumns(columns);
  assert.deepEqual(unpackColumns(packed).map((column) => [...column]), columns);
  assert.deepEqual(unpackColumns(packed).map((column) => column.BYTES_PER_ELEMENT), [1, 1, 2, 4, 8, 1]);
  // As a driver may hand it over: somewhere within other bytes.
  const shifted = new Uint8Array(packed.length + 3);
  shifted.set(packed, 3);
  assert.deepEqual(unpackColumns(shifted.subarray(3)).map((column) => [...column]), columns);
});

test('packFamily() packs as it did: whoever changes this adds a migration that empties the tables of blocks', () => {
  const session = sessionOf(3, eventAt(1_000, { views: 1, path: 5, visible: 7, scroll: 25 }));
  addEvent(session, eventAt(70_000, { seq: 2, type: 2, metric: 4, engaged: true }));
  session.opening = { rank: 0, at: 1_000, seq: 1, source: 6, path: 5, device: 7, browser: 8, language: 300 };
  const packed = FAMILIES.map((family) => createHash('sha256').update(packFamily(family, [session])).digest('hex').slice(0, 16));
  assert.deepEqual(packed, [
    '97f46f9d67457c29', 'a4dbd5670e01f9c2', 'b35298da01e1b41c', '56fb6cff3ab722c2', 'f77a36398d5c64a2', '3a7bfa0676a1f30d',
    '86314665027e4c05', 'ba2f60551e37d63c', '79e21ba61f3a6cb4', 'b37e4ffd38e38fa4', '2117001f11153489', '65098284a23999e3',
  ]);
});

test('decodeTrail() reads what encodeTrail() wrote', () => {
  const start = Date.UTC(2026, 0, 1);
  const trail = [start, 1, 1, 300, start, 2, 70_000, 0, start + 2 ** 33, 3, 3, 2 ** 40];
  assert.deepEqual(decodeTrail(encodeTrail(trail, start), start), trail);
});

test('a session is the same in whatever order its events come and its parts are joined', () => {
  const random = new Random(7);
  const events = Array.from({ length: 40 }, (_, index) => eventAt(index * 1_000, { views: random.chance(0.3) ? 1 : 0, visible: random.below(50), scroll: random.below(101), engaged: random.chance(0.1), type: 1 + random.below(5) }));
  const whole = (parts: readonly (readonly SessionEvent[])[]): Session => {
    const sessions = parts.map(([first, ...rest]) => {
      const session = sessionOf(1, first as SessionEvent);
      for (const event of rest) addEvent(session, event);
      return session;
    });
    const [first, ...others] = sessions as [Session, ...Session[]];
    for (const other of others) joinSession(first, other);
    return first;
  };
  const expected = whole([events]);
  for (let round = 0; round < 20; round += 1) {
    const shuffled = [...events].sort(() => random.next() - 0.5);
    const cut = 1 + random.below(38);
    assert.deepEqual(whole([shuffled.slice(0, cut), shuffled.slice(cut)]), expected);
  }
});

test('a trail has an end, the figures have none', () => {
  const session = sessionOf(1, eventAt(0));
  for (let at = 1; at < TRAIL_EVENTS_MAX + 50; at += 1) addEvent(session, eventAt(at));
  assert.deepEqual([session.events, session.trail.length], [TRAIL_EVENTS_MAX + 50, TRAIL_EVENTS_MAX * TRAIL_STRIDE]);
  addEvent(session, eventAt(5, { type: 9 }));
  assert.deepEqual([session.trail.length, session.trail[6 * TRAIL_STRIDE + 1]], [TRAIL_EVENTS_MAX * TRAIL_STRIDE, 9]);
});

test('bounceOf() takes one view, no click and less than ten seconds', () => {
  assert.equal(bounceOf(1, 0, 99), 1);
  assert.equal(bounceOf(1, 0, 100), 0);
  assert.equal(bounceOf(1, 1, 0), 0);
  assert.equal(bounceOf(2, 0, 0), 0);
  assert.equal(bounceOf(0, 0, 0), 0);
});

test('VisitorSet counts few and many visitors alike', () => {
  const random = new Random(11);
  for (const range of [10, 5_000, 300_000]) {
    const [set, expected] = [new VisitorSet(), new Set<number>()];
    for (let index = 0; index < 20_000; index += 1) {
      const visitor = 1 + random.below(range);
      set.add(visitor);
      expected.add(visitor);
    }
    assert.equal(set.size, expected.size);
  }
});

test('VisitorCount counts few and many visitors alike, and again when more come', () => {
  const random = new Random(12);
  for (const [range, added] of [[10, 20_000], [5_000, 20_000], [300_000, 100], [300_000, 20_000], [2 ** 32 - 2, 3_000]] as const) {
    const [count, expected] = [new VisitorCount(), new Set<number>()];
    const visitors = Uint32Array.from({ length: added }, (_, index) => 1 + random.below(Math.ceil((range * (index + 1)) / added)));
    // Higher and higher numbers, and those of before, some at a time.
    const rows = visitors.map((_, row) => row);
    for (let begin = 0, end = 0; begin < added; begin = end) {
      end = Math.min(added, begin + random.below(3_000));
      if (random.chance(0.2)) for (const visitor of visitors.subarray(begin, end)) count.add(visitor);
      else count.addAll(visitors, rows, begin, end);
      for (const visitor of visitors.subarray(begin, end)) expected.add(visitor);
      if (random.chance(0.3)) assert.equal(count.size, expected.size);
    }
    assert.equal(count.size, expected.size);
  }
});

test('VisitorNumbers keeps a number for each visitor, also for more than were expected', () => {
  const numbers = new VisitorNumbers(10);
  const expected = [[1, 7], [10, 1], [11, 2], [65_536, 255], [65_000, 3]] as const;
  for (const [visitor, number] of expected) numbers.upTo(visitor)[visitor] = number;
  for (const [visitor, number] of expected) assert.equal(numbers.all[visitor], number);
  assert.equal(numbers.all.filter((number) => number !== 0).length, expected.length);
});

test('ByNumber finds what was added, by small and by large numbers', () => {
  const things = new ByNumber<string>();
  for (const number of [0, 65_535, 65_536, 2 ** 40]) assert.equal(things.add(number, `n${number}`), `n${number}`);
  assert.deepEqual([0, 65_535, 65_536, 2 ** 40, 1, 70_000].map((number) => things.find(number)), ['n0', 'n65535', 'n65536', `n${2 ** 40}`, undefined, undefined]);
});

test('VisitorSlots gives each visitor one place', () => {
  const slots = new VisitorSlots();
  const visitors = [...Array.from({ length: 5_000 }, (_, index) => index * 4_096 + 1), 2 ** 33];
  for (const [place, visitor] of visitors.entries()) assert.equal(slots.of(visitor), place);
  for (const [place, visitor] of visitors.entries()) assert.equal(slots.of(visitor), place);
  assert.deepEqual([slots.size, slots.visitorAt(1)], [visitors.length, visitors[1]]);
});

test('sharePage() goes through a list once, the largest first, and refuses a strange cursor', () => {
  const shares = Array.from({ length: 25 }, (_, index) => ({ name: `n${index}`, weight: index % 4 }));
  const seen: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = sharePage(shares, ({ weight }) => weight, ({ name }) => name, 4, cursor);
    seen.push(...page.data.map(({ name }) => name));
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  assert.deepEqual([seen.length, new Set(seen).size, seen[0]], [25, 25, 'n11']);
  assert.throws(() => sharePage(shares, ({ weight }) => weight, ({ name }) => name, 4, 'nonsense'), { kind: 'invalid' });
});
