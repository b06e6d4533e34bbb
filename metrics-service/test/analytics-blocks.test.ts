import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SummaryFigures } from '../../shared/contract/analytics.ts';
import { Analytics } from '../src/analytics/analytics.ts';
import { BLOCK_SESSIONS, Packer } from '../src/analytics/packer.ts';
import { restAfter } from '../src/analytics/session-follower.ts';
import { REMEMBERED_MAX } from '../src/analytics/sessionizer.ts';
import { createStores } from '../src/stores.ts';
import type { Session } from '../src/analytics/session.ts';
import type { Stores } from '../src/stores.ts';
import { recordableOf } from '../src/event/recordable-event.ts';
import { openStores } from './support/open-stores.ts';
import { recordOne } from './support/event-record.ts';

const DAY_MS = 86_400_000;
const BEGIN = Date.UTC(2026, 4, 1);
const NOW = Date.UTC(2026, 5, 1);
const VISITORS = REMEMBERED_MAX * 2 + BLOCK_SESSIONS;

const view = (stores: Stores, visitor: number, at: number): void => {
  recordOne(stores, recordableOf({ visitor_id: `visitor-${visitor}`, event_type: 'page_view', context: { path: `/${visitor % 3}` } }, { at, arrived: NOW, imported: true }));
};

/** Every visitor views two pages, a minute apart, on one of ten days. */
const visit = async (stores: Stores): Promise<void> => {
  for (let from = 0; from < VISITORS; from += 1_000) {
    await stores.writer.run(() => {
      for (let visitor = from; visitor < Math.min(from + 1_000, VISITORS); visitor += 1) {
        const at = BEGIN + (visitor % 10) * DAY_MS + visitor * 10;
        view(stores, visitor, at);
        view(stores, visitor, at + 60_000);
      }
    });
  }
};

const figuresOf = async (stores: Stores): Promise<SummaryFigures> => (await new Analytics({ stores, clock: () => NOW }).summary({ from: '2026-05-01', to: '2026-05-31' })).current;
const blocksOf = (stores: Stores): readonly boolean[] => stores.blocks.between(0, NOW).map(({ stale }) => stale);

test('more visitors than memory holds lose nothing, neither when the process dies', async () => {
  const stores = openStores();
  await visit(stores);
  // Nothing was asked yet: what memory holds is on disk as events alone.
  const reopened = createStores(stores.database);
  const { visitors, sessions, views } = await figuresOf(reopened);
  assert.deepEqual({ visitors, sessions, views }, { visitors: VISITORS, sessions: VISITORS, views: VISITORS * 2 });
  stores.database.close();
});

test('sessions are packed some thousand to a block, and what changes later is read from its rows until it is packed again', async () => {
  const stores = openStores();
  await visit(stores);
  const before = await figuresOf(stores);
  assert.deepEqual(blocksOf(stores), []);
  await stores.follower.packAll(NOW);
  assert.deepEqual(blocksOf(stores), Array.from({ length: Math.floor((VISITORS - 1) / BLOCK_SESSIONS) }, () => false));
  assert.deepEqual(await figuresOf(stores), before);

  const wait_ms = 3_600_000;
  await stores.writer.run(() => view(stores, 0, BEGIN + wait_ms));
  const after = await figuresOf(stores);
  assert.deepEqual([after.visitors, after.sessions, after.views], [VISITORS, VISITORS + 1, VISITORS * 2 + 1]);
  assert.equal(blocksOf(stores).filter(Boolean).length, 1);
  assert.equal(stores.blocks.count(), blocksOf(stores).length - 1);
  await stores.follower.packAll(NOW);
  assert.equal(blocksOf(stores).filter(Boolean).length, 0);
  assert.equal(stores.blocks.count(), blocksOf(stores).length);
  assert.deepEqual(await figuresOf(stores), after);

  await stores.writer.run(() => stores.reattribution.erase('visitor-0'));
  assert.equal((await figuresOf(stores)).sessions, VISITORS - 1);
  stores.database.close();
});

test('places of the log that are given out again after an erasure and a restart are not taken for read', async () => {
  const stores = openStores();
  await stores.writer.run(() => [1, 2, 2].forEach((visitor) => view(stores, visitor, BEGIN)));
  assert.equal((await figuresOf(stores)).views, 3);
  await stores.writer.run(() => stores.reattribution.erase('visitor-2'));
  const again = createStores(stores.database);
  await again.writer.run(() => view(again, 3, BEGIN));
  // It dies before the sessions are written.
  const { visitors, views } = await figuresOf(createStores(stores.database));
  assert.deepEqual([visitors, views], [2, 2]);
  stores.database.close();
});

test('any number of sessions may begin in the same millisecond', async () => {
  const stores = openStores();
  await stores.writer.run(() => {
    for (let visitor = 0; visitor < BLOCK_SESSIONS * 2 + 10; visitor += 1) view(stores, visitor, BEGIN + (visitor === 0 ? -1 : visitor > BLOCK_SESSIONS * 2 ? 1 : 0));
  });
  await stores.follower.packAll(NOW);
  assert.equal((await figuresOf(stores)).sessions, BLOCK_SESSIONS * 2 + 9);
  stores.database.close();
});

test('what changes, or is undone, between two steps of packing is in the block as it is at the end', async () => {
  const stores = openStores();
  await visit(stores);
  await stores.follower.settle();
  const packer = new Packer(stores.sessions, stores.blocks);
  const step = (): Promise<boolean> => stores.writer.run(() => packer.step(NOW));
  const packedAnew = async (blocks: number): Promise<number> => {
    while (blocksOf(stores).length < blocks) await step();
    return (await figuresOf(stores)).views;
  };

  await step();
  assert.deepEqual(blocksOf(stores), []);
  await stores.writer.run(() => view(stores, 0, BEGIN + 120_000));
  await stores.follower.settle();
  assert.equal(await packedAnew(1), VISITORS * 2 + 1);
  assert.deepEqual(blocksOf(stores), [false]);

  // What a step reads may be undone.
  const first = stores.sessions.page({ start: stores.blocks.packedUntil(), visitor: -1 }, NOW, 1, true)[0] as Session;
  await assert.rejects(
    stores.writer.run(() => {
      stores.sessions.put({ ...first, views: 9 });
      packer.step(NOW);
      throw new Error('undone');
    }),
  );
  assert.equal(await packedAnew(2), VISITORS * 2 + 1);
  stores.database.close();
});

test('restAfter() leaves most of the time to others, and less where nobody else writes', () => {
  assert.equal(restAfter(2, true, false), 78);
  assert.equal(restAfter(2, true, true), 6);
  assert.equal(restAfter(1_000, true, false), 2_000);
  assert.equal(restAfter(2, false, true), 1_000);
});
