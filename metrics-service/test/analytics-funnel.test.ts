import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FunnelCount } from '../src/analytics/funnel-count.ts';
import { BlockOpener, packFamily } from '../src/analytics/session-block.ts';
import { addEvent, SESSION_GAP_MS, sessionOf } from '../src/analytics/session.ts';
import type { Session, SessionEvent } from '../src/analytics/session.ts';
import { TRAIL_STRIDE } from '../src/analytics/trail.ts';
import { Random } from './support/random.ts';

const MINUTE = 60_000;
const BEGIN = Date.UTC(2026, 0, 1);
const SESSIONS = 30_000;
const BLOCK = 1_000;
/** Metrics 1 to 4; the last step is rare enough that visitors come back before they made it. */
const FUNNELS = [[1, 3], [1, 2, 1, 3], [1, 1, 2, 2, 1, 4, 1, 3]];

const eventAt = (at: number, metric: number): SessionEvent => ({ at, seq: at, type: metric, metric, views: 0, path: 0, visible: 0, scroll: 0, engaged: false });

/** Sessions of some visitors, in order of their start; those of one visitor lie more than a pause apart. */
const historyOf = (random: Random, visitors: number, every_ms: number): readonly Session[] => {
  const ended = new Map<number, number>();
  const sessions: Session[] = [];
  for (let start = BEGIN; sessions.length < SESSIONS; start += 1 + random.below(every_ms)) {
    const visitor = 1 + random.below(visitors);
    if (start <= (ended.get(visitor) ?? 0) + SESSION_GAP_MS) continue;
    const session = sessionOf(visitor, eventAt(start, 1 + random.below(2)));
    // Some sessions last longer than the bound.
    for (let left = random.below(4); left > 0; left -= 1) addEvent(session, eventAt(session.last + random.below(random.chance(0.1) ? SESSION_GAP_MS : MINUTE), random.chance(0.05) ? 3 : random.pick([1, 2, 4])));
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
