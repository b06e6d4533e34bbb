import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventShares } from '../src/analytics/list-counts.ts';
import { BlockOpener, packFamily } from '../src/analytics/session-block.ts';
import type { SessionFilter } from '../src/analytics/session-filter.ts';
import type { SessionReader } from '../src/analytics/session-reader.ts';
import { addEvent, sessionOf } from '../src/analytics/session.ts';
import type { Session } from '../src/analytics/session.ts';
import { TRAIL_STRIDE } from '../src/analytics/trail.ts';
import { Random } from './support/random.ts';

const BLOCKS = 20;

const randomSession = (random: Random): Session => {
  const eventAt = (at: number) => {
    const type = 1 + random.below(random.chance(0.1) ? 300 : 6);
    return { at, seq: at, type, metric: type, views: 0 as const, path: 0, visible: 0, scroll: 0, engaged: false };
  };
  const session = sessionOf(1 + random.below(200), eventAt(0));
  for (let at = random.below(8); at > 0; at -= 1) addEvent(session, eventAt(at));
  return session;
};

test('eventShares() equals a naive recount, whichever sessions of each block are asked for', async (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  const blocks = Array.from({ length: BLOCKS }, () => Array.from({ length: 1 + random.below(300) }, () => randomSession(random)));
  const share = [0, 0.1, 0.9, 1];
  const asked = blocks.map((sessions) => {
    const chance = random.pick(share);
    return sessions.flatMap((_, row) => (random.chance(chance) ? [row] : []));
  });
  const opener = new BlockOpener();
  const reader = {
    read: async (...[, , families, visit]: Parameters<SessionReader['read']>) =>
      blocks.forEach((sessions, place) => visit(opener.open(new Map((['visitors', ...families] as const).map((family) => [family, packFamily(family, sessions)]))), Uint32Array.from(asked[place] as number[]))),
  } as unknown as SessionReader;
  const shares = await eventShares(reader, { from: 0, to: Infinity }, {} as SessionFilter, String);

  const expected = new Map<string, { events: number; sessions: number; visitors: Set<number> }>();
  for (const [place, rows] of asked.entries()) {
    for (const row of rows) {
      const { visitor, trail } = (blocks[place] as Session[])[row] as Session;
      const types = trail.filter((_, index) => index % TRAIL_STRIDE === 1).map(String);
      for (const type of new Set(types)) {
        const share = expected.get(type) ?? { events: 0, sessions: 0, visitors: new Set() };
        expected.set(type, { events: share.events + types.filter((each) => each === type).length, sessions: share.sessions + 1, visitors: share.visitors.add(visitor) });
      }
    }
  }
  const byType = (one: { event_type: string }, other: { event_type: string }): number => Number(one.event_type) - Number(other.event_type);
  const counted = [...expected].map(([event_type, { events, sessions, visitors }]) => ({ event_type, event_name: null, events, visitors: visitors.size, sessions }));
  assert.deepEqual(shares.toSorted(byType), counted.toSorted(byType));
});
