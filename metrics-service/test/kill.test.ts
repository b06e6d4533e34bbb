import assert from 'node:assert/strict';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startMain } from '../../shared/test/support/main-process.ts';
import type { MainProcess } from '../../shared/test/support/main-process.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { openStores } from './support/open-stores.ts';
import { Random } from './support/random.ts';

const MAIN = new URL('../src/main.ts', import.meta.url);
/** How often the service is killed. */
const KILLS = Number(process.env['KILLS'] ?? 20);
const WRITERS = 8;
const LIFE_MS_MAX = 120;
const RETRY_MS = 5;

interface Event {
  readonly event_id: string;
  readonly visitor_id: string;
  readonly event_type: string;
  readonly variant: string;
}

test(`kill -9 ${KILLS} times under eight writers: nothing acknowledged is missing, nothing is double, and rollups equal a recount`, async (context) => {
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
  context.diagnostic(`seed ${seed}`);
  const random = new Random(seed);
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-kill-'));
  const environment = { DATA_DIR: folder.path, AB_URL: 'http://127.0.0.1:1', API_TOKEN: 'token', LOG_LEVEL: 'error' };
  const acknowledged: Event[] = [];
  let service: MainProcess | undefined;
  let url = '';
  let isOver = false;

  const post = async (events: readonly Event[]): Promise<boolean> => {
    const answer = await fetch(`${url}/events`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: 'Bearer token' }, body: JSON.stringify(events) });
    await answer.arrayBuffer();
    return answer.status === 200;
  };
  const write = async (writer: number): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      const events = Array.from({ length: 1 + (turn % 5) }, (_, index): Event => ({ event_id: (turn + index) % 2 === 0 ? uuidv7() : `${writer}-${turn}-${index}`, visitor_id: `${writer}-${turn % 7}`, event_type: turn % 3 === 0 ? 'form_submit' : 'page_view', variant: writer % 2 === 0 ? 'A' : 'B' }));
      // The same events with the same ids, until they are acknowledged.
      while (!(await post(events).catch(() => false))) await pause(RETRY_MS);
      acknowledged.push(...events);
    }
  };

  const start = async (): Promise<void> => {
    service = startMain(MAIN, { ...environment, LOG_LEVEL: 'info' });
    url = await service.listening;
  };
  await start();
  const writers = Array.from({ length: WRITERS }, (_, writer) => write(writer));
  for (let kill = 0; kill < KILLS; kill += 1) {
    await pause(random.below(LIFE_MS_MAX));
    await service?.stop('SIGKILL');
    await start();
  }
  isOver = true;
  await Promise.all(writers);
  await service?.stop('SIGTERM');

  const stores = openStores(join(folder.path, 'metrics.sqlite'));
  context.diagnostic(`${acknowledged.length} events`);
  assert.equal(stores.events.count(), new Set(acknowledged.map(({ event_id }) => event_id)).size);
  const experiment = stores.experiments.findName('homepage')?.experiment ?? 0;
  const order = (cells: readonly object[]): readonly string[] => cells.map((cell) => JSON.stringify(cell)).sort();
  assert.deepEqual(order(stores.stats.cells(experiment)), order(await stores.stats.cellsBetween(experiment, 0, Number.MAX_SAFE_INTEGER)));
  assert.equal(stores.stats.cells(experiment).filter((cell) => cell.type !== null).reduce((sum, { events }) => sum + events, 0), acknowledged.length);
  stores.database.close();
});
