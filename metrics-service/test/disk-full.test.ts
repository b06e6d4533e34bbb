import assert from 'node:assert/strict';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openApp } from './support/open-app.ts';
import { openStores } from './support/open-stores.ts';

test('POST /events answers 507 when the disk is full, reads go on, and writing resumes when there is room', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-full-'));
  using service = openApp({ RATE_LIMIT: 'off' }, openStores(join(folder.path, 'metrics.sqlite')));
  const { database } = service.stores;
  const send = (first: number): Promise<number> =>
    service.askOpenly('POST /events', { json: Array.from({ length: 200 }, (_, index) => ({ visitor_id: `v${first + index}`, event_type: `type ${first % 7}`, variant: 'A', event_id: `e${first + index}`, properties: { text: 'x'.repeat(200) } })) }).then(({ status }) => status);

  // The file may not grow any further: what SQLite says then is what it says of a full disk.
  const pages = database.prepare('PRAGMA page_count').get()?.['page_count'] as number;
  database.exec(`PRAGMA max_page_count = ${pages + 60}`);
  let acknowledged = 0;
  let status = 200;
  for (let first = 0; status === 200; first += 200) {
    status = await send(first);
    if (status === 200) acknowledged += 200;
  }
  assert.equal(status, 507);
  assert.ok(acknowledged > 0);
  const stats = (await service.askOpenly('GET /stats')).json();
  assert.deepEqual([stats.total_events, stats.total_visitors], [acknowledged, acknowledged]);
  for (const target of ['/experiments/homepage/results', '/events', '/analytics/summary', '/export']) assert.equal((await service.ask(`GET ${target}`)).status, 200, target);

  database.exec('PRAGMA max_page_count = 1000000');
  assert.equal(await send(acknowledged), 200);
  const after = (await service.askOpenly('GET /stats')).json();
  assert.deepEqual([after.total_events, after.total_visitors], [acknowledged + 200, acknowledged + 200]);
  assert.equal((await service.ask('GET /analytics/summary')).json().current.events, acknowledged + 200);
  const recounted = (await service.askOpenly('GET /stats?from=2000-01-01')).json();
  assert.deepEqual(after, recounted);
});
