import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adoptExperiment } from '../src/experiment/adopt-experiment.ts';
import { definitionOf } from './support/definition-of.ts';
import { History } from './support/history.ts';
import { openApp } from './support/open-app.ts';
import { openStores } from './support/open-stores.ts';
import { Random } from './support/random.ts';

const HISTORY_STEPS = 80;

test('GET /export with all records imports elsewhere to identical results and stats', async (context) => {
  const seed = Math.floor(Math.random() * 1e9);
  context.diagnostic(`seed ${seed}`);
  using from = openApp();
  await from.stores.writer.run(() => adoptExperiment(from.stores, definitionOf('homepage', { experiment_id: 'id-homepage', name: 'The page' })));
  const history = new History(from.stores, new Random(seed));
  for (let step = 0; step < HISTORY_STEPS; step += 1) await history.step();
  from.now = history.now;
  const exported = (await from.ask('GET /export?records=all')).text;

  using into = openApp();
  into.now = history.now;
  const headers = { 'content-type': 'application/x-ndjson' };
  assert.deepEqual((await into.ask('POST /import', { text: exported, headers })).json().errors, []);
  for (const experiment of ['homepage', 'pricing', 'checkout']) {
    for (const target of [`/stats?experiment=${experiment}`, `/experiments/${experiment}/results?aggregation=day`, `/experiments/${experiment}/results?start_date=2026-01-09&end_date=2026-01-10`]) {
      const [there, here] = [await from.ask(`GET ${target}`), await into.ask(`GET ${target}`)];
      assert.deepEqual([here.status, here.status === 200 ? here.json() : null], [there.status, there.status === 200 ? there.json() : null], `seed ${seed}: ${target}`);
    }
  }
  const again = (await into.ask('POST /import', { text: exported, headers })).json();
  assert.deepEqual([again.accepted, again.duplicates], [0, again.lines]);
});

test('an experiment of whose import nobody is left is the same elsewhere', async () => {
  using from = openApp();
  const headers = { 'content-type': 'application/x-ndjson' };
  const lines = [
    { record: 'assignment', visitor_id: 'v', experiment_id: 'pricing', variant: 'A', timestamp: '2025-01-01' },
    { record: 'event', visitor_id: 'w', experiment_id: 'pricing', variant: 'A', event_type: 'page_view', timestamp: '2025-01-01' },
  ];
  await from.ask('POST /import', { text: lines.map((line) => JSON.stringify(line)).join('\n'), headers });
  const results = async ({ ask }: typeof from): Promise<unknown> => (await ask('GET /experiments/pricing/results')).json();
  assert.equal(((await results(from)) as { readonly status: string }).status, 'COMPLETED');
  assert.equal((await from.ask('DELETE /visitors/v')).status, 200);
  using into = openApp();
  await into.ask('POST /import', { text: (await from.ask('GET /export?records=all')).text, headers });
  assert.deepEqual(await results(into), await results(from));
});

test('POST /import leaves bad lines out one by one and says why', async () => {
  using service = openApp();
  const lines = [
    '{"record":"assignment","visitor_id":"v","experiment_id":"e","variant":"A","timestamp":"2025-01-01"}',
    'nonsense',
    '',
    '{"record":"party"}',
    '{"record":"assignment","visitor_id":"v"}',
    '{"record":"event","visitor_id":"v","event_type":"x","timestamp":"2999-01-01"}',
    `{"record":"event","visitor_id":"v","event_type":"${'x'.repeat(600_000)}"}`,
    '{"record":"event","visitor_id":"v","event_type":"form_submit","timestamp":"2025-01-01T00:00:00.000001Z"}',
  ];
  const answer = (await service.ask('POST /import', { text: lines.join('\r\n'), headers: { 'content-type': 'application/x-ndjson' } })).json();
  assert.deepEqual([answer.lines, answer.accepted, answer.rejected], [7, 2, 5]);
  assert.deepEqual(
    answer.errors.map(({ line, errors }: { line: number; errors: readonly { field: string }[] }) => [line, errors.map(({ field }) => field)]),
    [[2, ['']], [4, ['/record']], [5, ['/experiment_id', '/variant', '/timestamp']], [6, ['/timestamp']], [7, ['']]],
  );
});

test('POST /import lists a hundred rejected lines, or as many as are asked for', async () => {
  using service = openApp();
  const listed = async (query: string): Promise<number> => {
    const { rejected, errors } = (await service.ask(`POST /import${query}`, { text: 'nonsense\n'.repeat(150), headers: { 'content-type': 'application/x-ndjson' } })).json();
    assert.equal(rejected, 150);
    return errors.length;
  };
  assert.deepEqual([await listed(''), await listed('?errors=0'), await listed('?errors=120'), await listed('?errors=4000')], [100, 0, 120, 150]);
  assert.equal((await service.ask('POST /import?errors=4001', { text: 'nonsense' })).status, 400);
});

test('POST /import knows an event without an id by its line', async () => {
  using service = openApp();
  const line = { record: 'event', visitor_id: 'v', event_type: 'x', variant: 'A', timestamp: '2025-01-01T00:00:00Z' };
  await service.import([line, { ...line, visitor_id: 'w' }]);
  const again = (await service.import([line])).json();
  assert.deepEqual([again.accepted, again.duplicates], [0, 1]);
  assert.equal((await service.ask('GET /stats')).json().total_events, 2);
});

test('POST /import reports an import that was broken off, and keeps what it had', async () => {
  using service = openApp();
  await service.import([{ record: 'event', visitor_id: 'v', event_type: 'x', variant: 'A' }]);
  assert.equal((await service.ask('POST /import', { text: '{}', headers: { 'content-type': 'image/png' } })).status, 415);
});

test('GET /export as CSV puts an apostrophe before what a spreadsheet would run', async () => {
  using service = openApp();
  await service.ask('POST /events', { json: { visitor_id: '=1+1', event_type: 'click', event_name: 'a "b", c', event_id: 'e', value: -5, properties: { a: 1 } } });
  const { text, reply } = await service.ask('GET /export?format=csv');
  assert.equal(reply.type, 'text/csv; charset=utf-8');
  assert.deepEqual(text.split('\r\n'), [
    'record,event_id,visitor_id,event_type,event_name,experiment_id,variant,timestamp,received_at,imported,forced,value,properties,context',
    'event,e,"\'=1+1",click,"a ""b"", c",,,2026-01-05T12:00:00.000Z,2026-01-05T12:00:00.000Z,,,-5,"{""a"":1}",',
    '',
  ]);
});

test('a definition of an import gives way to the one of ab-service, figures and all', async () => {
  using service = openApp({}, openStores());
  const imported = definitionOf('homepage', { experiment_id: 'old-id', name: 'Imported' });
  await service.import([{ record: 'experiment', definition: imported }, { record: 'assignment', visitor_id: 'v', experiment_id: 'homepage', variant: 'A', timestamp: '2025-12-02' }]);
  assert.equal((await service.ask('GET /experiments/old-id/results')).json().name, 'Imported');
  await service.stores.writer.run(() => adoptExperiment(service.stores, definitionOf('homepage', { experiment_id: 'new-id', name: 'Here' })));
  assert.equal((await service.import([{ record: 'experiment', definition: imported }])).json().duplicates, 1);
  for (const id of ['old-id', 'new-id', 'homepage']) {
    const { name, experiment_id, total_users_in_experiment } = (await service.ask(`GET /experiments/${id}/results`)).json();
    assert.deepEqual([name, experiment_id, total_users_in_experiment], ['Here', 'new-id', 1]);
  }
});
