import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunnelBeginnings } from '../src/analytics/funnel-beginnings.ts';
import { FunnelCount } from '../src/analytics/funnel-count.ts';
import { BlockOpener, packFamily } from '../src/analytics/session-block.ts';
import { addEvent, SESSION_GAP_MS, sessionOf } from '../src/analytics/session.ts';
import type { Session, SessionEvent } from '../src/analytics/session.ts';
import { TrailFollower } from '../src/analytics/trail-follower.ts';
import { TRAIL_EVENTS_MAX, TRAIL_STRIDE } from '../src/analytics/trail.ts';
import { Random } from './support/random.ts';

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 0, 1);
const SESSIONS = 30_000;
const BLOCK = 1_000;
/** Metrics 1 to 4; the last step is rare enough that visitors come back before they made it. */
const FUNNELS = [[1, 3], [1, 2, 1, 3], [1, 2, 1, 2, 1, 4, 1, 3]];

const eventAt = (at: number, metric: number): SessionEvent => ({ at, seq: at, type: metric, metric, views: 0, path: 0, visible: 0, scroll: 0, engaged: false });

/** Sessions of some visitors, in order of their start; those of one visitor lie more than a pause apart. */
const historyOf = (random: Random, visitors: number, every_ms: number): readonly Session[] => {
  const ended = new Map<number, number>();
  const sessions: Session[] = [];
  for (let start = BEGIN; sessions.length < SESSIONS; start += 1 + random.below(every_ms)) {
    const visitor = 1 + random.below(visitors);
    if (start <= (ended.get(visitor) ?? 0) + SESSION_GAP_MS) continue;
    const session = sessionOf(visitor, eventAt(start, 1 + random.below(2)));
    // Some sessions last longer than the bound, and some have enough events for all steps.
    for (let left = random.below(random.chance(0.1) ? 24 : 4); left > 0; left -= 1) addEvent(session, eventAt(session.last + random.below(random.chance(0.1) ? SESSION_GAP_MS : MINUTE), random.chance(0.05) ? 3 : random.pick([1, 2, 4])));
    ended.set(visitor, session.last);
    sessions.push(session);
  }
  return sessions;
};

/** How many steps somebody comes, tried from every beginning there is. */
const farthestOf = (steps: readonly number[], sessions: readonly Session[], within_ms: number): number => {
  const events = sessions.flatMap(({ trail }) => Array.from({ length: trail.length / TRAIL_STRIDE }, (_, index) => [trail[index * TRAIL_STRIDE], trail[index * TRAIL_STRIDE + 2]] as [number, number]));
  let farthest = 0;
  for (const [index, [begun, metric]] of events.entries()) {
    if (metric !== steps[0]) continue;
    let step = 1;
    for (let next = index + 1; next < events.length && step < steps.length && (events[next] as [number, number])[0] - begun <= within_ms; next += 1) if ((events[next] as [number, number])[1] === steps[step]) step += 1;
    farthest = Math.max(farthest, step);
  }
  return farthest;
};

test('FunnelCount equals a naive recount, however long the bound is and however many visitors come back', (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  for (const [visitors, every_ms] of [[3_000, 3_000], [20_000, 500]] as const) {
    const sessions = historyOf(random, visitors, every_ms);
    const by_visitor = [...Map.groupBy(sessions, ({ visitor }) => visitor)];
    for (const [within_ms, steps] of [MINUTE, 45 * MINUTE, 6 * 60 * MINUTE, 10_000 * MINUTE, Infinity].flatMap((within_ms) => FUNNELS.map((steps) => [within_ms, steps] as const))) {
      const [count, opener] = [new FunnelCount(steps, within_ms, random.below(visitors)), new BlockOpener()];
      for (let from = 0; from < sessions.length; from += BLOCK) {
        const own = sessions.slice(from, from + BLOCK);
        count.add(opener.open(new Map((['visitors', ...count.families] as const).map((family) => [family, packFamily(family, own)]))), Uint32Array.from(own, (_, row) => row));
      }
      const farthest = by_visitor.map(([visitor, own]) => [visitor % 2, farthestOf(steps, own, within_ms)] as const);
      const expected = (group?: number): readonly number[] => steps.map((_, step) => farthest.filter(([own, reached]) => (group === undefined || own === group) && reached > step).length);
      assert.deepEqual(count.visitors(), expected(), `seed ${seed}, ${visitors} visitors, ${steps.length} steps within ${within_ms}`);
      const groups = Uint8Array.from({ length: visitors + 1 }, (_, visitor) => visitor % 2);
      assert.deepEqual(count.visitorsBy(groups).slice(0, 2), [expected(0), expected(1)]);
      assert.deepEqual(count.visitorsBy(groups.subarray(0, 1)).flat().filter((reached) => reached > 0), []);
    }
  }
});

test('FunnelBeginnings keeps the newest of each visitor as long as the bound allows', (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const within_ms = 60 * MINUTE;
  const beginnings = new FunnelBeginnings(3, within_ms);
  const kept = new Map<number, readonly number[]>();
  const begun = new Float64Array(3);
  let now = BEGIN;
  for (let round = 0; round < 40_000; round += 1) {
    // So many within a bound that there is no room for them at first, then few.
    now += random.below(round < 20_000 ? 500 : 20_000);
    beginnings.forget(now);
    const visitor = random.below(10_000);
    const known = kept.get(visitor)?.[0] !== undefined && now - (kept.get(visitor)?.[0] as number) <= within_ms ? kept.get(visitor) : undefined;
    const entry = beginnings.find(visitor);
    if (known !== undefined) assert.deepEqual([...begun.subarray(0, beginnings.load(entry, begun))], known, `seed ${seed}`);
    else if (entry !== 0) assert.ok(kept.has(visitor));
    begun[0] = now;
    begun[1] = now - random.below(MINUTE);
    const steps = 1 + random.below(2);
    beginnings.keep(visitor, steps, begun);
    kept.set(visitor, [...begun.subarray(0, steps)]);
  }
});

/** Follows a session of nothing but these metrics, a second after each other; answers how many steps were made, and after how many seconds each began. */
const followed = (steps: readonly number[], metrics: readonly number[]): readonly [made: number, begun: readonly number[]] => {
  const session = sessionOf(1, eventAt(BEGIN, metrics[0] as number));
  for (const [event, metric] of metrics.entries()) if (event > 0) addEvent(session, eventAt(BEGIN + event * 1_000, metric));
  const { trails, times } = new BlockOpener().open(new Map((['visitors', 'trails', 'times'] as const).map((family) => [family, packFamily(family, [session])])));
  const follower = new TrailFollower(steps, 1e9);
  assert.ok(trails !== undefined && follower.open(trails, times));
  const made = follower.followFresh(0, metrics.length);
  follower.begin(made, 0);
  return [made, [...follower.begun.subarray(0, made)].map((begun) => (begun - BEGIN) / 1_000)];
};

test('TrailFollower tells from which beginning each step was reached last, also in the longest trail', () => {
  assert.deepEqual(followed([1, 2, 1], [1, 2, 1, 2]), [3, [2, 2, 0]]);
  assert.deepEqual(followed([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 3, 1, 4, 5, 6, 2, 7]), [7, [4, 4, 1, 1, 1, 1, 1]]);
  const longest = Array.from({ length: TRAIL_EVENTS_MAX }, (_, event) => (event === 900 ? 2 : event < 700 ? 1 : 4));
  assert.deepEqual(followed([1, 2, 4], longest), [3, [699, 699, 699]]);
});
