import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INGEST, openApp } from './support/open-app.ts';

const RECORDS = [
  { record: 'assignment', visitor_id: 'v 1', experiment_id: 'homepage', variant: 'A', timestamp: '2025-12-01T00:00:00Z' },
  { record: 'event', visitor_id: 'v 1', event_type: 'form_submit', timestamp: '2025-12-02T00:00:00Z', event_id: 'e1', value: 9 },
  { record: 'event', visitor_id: 'v2', event_type: 'page_view', variant: 'B', timestamp: '2025-12-02T00:00:00Z', event_id: 'e2' },
];

test('GET /visitors/{id} shows what is stored about a person', async () => {
  using service = openApp();
  await service.import(RECORDS);
  const shown = (await service.ask('GET /visitors/v%201', { token: INGEST })).json();
  assert.deepEqual([shown.visitor_id, shown.total_events, shown.events[0].event_id], ['v 1', 1, 'e1']);
  assert.deepEqual(shown.assignments, [{ experiment_id: 'homepage', variant: 'A', assignment_timestamp: '2025-12-01T00:00:00.000Z', forced: false, imported: true }]);
  assert.equal((await service.ask('GET /visitors/nobody')).status, 404);
});

test('DELETE /visitors/{id} takes a person out of every table and figure, and says what it removed', async () => {
  using service = openApp();
  await service.import([RECORDS[2] as object]);
  const tables = (): unknown => {
    const dump = (table: string): unknown[] => service.stores.database.prepare(`SELECT * FROM ${table}`).all().filter((row) => !Object.entries(row).every(([name, value]) => value === 0 || ['experiment', 'variant', 'type', 'metric', 'bucket'].includes(name)));
    return ['visitors', 'event_blocks', 'loose_events', 'visitor_blocks', 'event_ids', 'assignments', 'visitor_metrics', 'stats_cells', 'result_cells', 'result_buckets', 'exclusions'].map(dump);
  };
  const before = tables();
  await service.import(RECORDS);
  assert.notDeepEqual(tables(), before);
  const answer = await service.ask('DELETE /visitors/v%201', { token: INGEST });
  assert.deepEqual(answer.json(), { visitor_id: 'v 1', erased: { events: 1, assignments: 1, sessions: 1 } });
  assert.deepEqual(tables(), before);
  assert.equal((await service.ask('DELETE /visitors/v%201')).status, 404);
});

test('DELETE /visitors/{id} lets a visitor who comes back begin anew', async () => {
  using service = openApp();
  const json = { visitor_id: 'v', event_type: 'page_view', variant: 'A' };
  await service.askOpenly('POST /events', { json });
  await service.ask('DELETE /visitors/v');
  await service.askOpenly('POST /events', { json });
  assert.deepEqual((await service.askOpenly('GET /stats')).json().variants.A, { visitors: 1, events: { page_view: 1 }, conversion_rate: 0, visitor_conversion_rate: 0 });
});
