import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssignmentLog } from '../../shared/contract/assignment-log.ts';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { AB_SCHEMA } from '../src/schema.ts';
import { INGEST, openApp } from './support/open-app.ts';
import type { OpenApp } from './support/open-app.ts';

const read = async (service: OpenApp, query: string): Promise<AssignmentLog> => (await service.ask(`GET /assignments?${query}`)).json();
const visitors = (log: AssignmentLog): string[] => log.data.map(({ visitor_id }) => visitor_id);

test('GET /assignments gives followers every assignment once, in pages', async () => {
  await using service = openApp();
  const { assignments } = (await service.askOpenly('POST /assign', { json: { assignments: ['a', 'b', 'c'].map((visitor_id) => ({ visitor_id })) } })).json();
  const first = await read(service, 'after=0&limit=2');
  assert.deepEqual(visitors(first), ['a', 'b']);
  const second = await read(service, `after=${first.last_seq}&limit=2`);
  assert.deepEqual(second.data, [
    { seq: 3, experiment_id: assignments[2].experiment_id, visitor_id: 'c', variant_id: assignments[2].variant_id, variant: assignments[2].variant, assignment_timestamp: assignments[2].assignment_timestamp, forced: false, erased: false },
  ]);
  const end = await read(service, `after=${second.last_seq}`);
  assert.deepEqual([end.data, end.last_seq, end.log], [[], second.last_seq, first.log]);
});

test('GET /assignments?wait answers as soon as somebody is assigned', async () => {
  await using service = openApp();
  const waiting = read(service, 'after=0&wait=25');
  await service.askOpenly('GET /assign?visitor_id=v');
  assert.deepEqual(visitors(await waiting), ['v']);
});

test('GET /assignments?wait answers empty when the service stops', async () => {
  await using service = openApp();
  const waiting = read(service, 'after=0&wait=25');
  service.app.stopping();
  assert.deepEqual((await waiting).data, []);
  assert.deepEqual((await read(service, 'after=0&wait=25')).data, []);
});

test('GET /assignments names another log when a follower has read more than there is', async () => {
  await using service = openApp();
  const { log } = await read(service, 'after=0');
  const restored = await read(service, 'after=7');
  assert.notEqual(restored.log, log);
  assert.deepEqual(restored.data, []);
  assert.equal((await read(service, 'after=0')).log, restored.log);
});

test('DELETE /visitors erases a visitor, leaves a tombstone, and lets the visitor return as somebody new', async () => {
  await using service = openApp();
  for (const id of ['a', 'b', 'c']) await service.askOpenly(`GET /assign?visitor_id=${id}`);
  await service.askOpenly('GET /assign?visitor_id=c&experiment=landing-theme');
  const shown = (await service.ask('GET /visitors/c', { token: INGEST })).json();
  assert.deepEqual(shown.assignments.map(({ experiment }: { experiment: string }) => experiment), ['homepage', 'landing-theme']);
  assert.deepEqual((await service.ask('DELETE /visitors/c', { token: INGEST })).json(), { visitor_id: 'c', erased: { assignments: 2 } });
  assert.deepEqual((await service.ask('GET /visitors/c')).json().assignments, []);
  const tombstone = { seq: 5, experiment_id: null, visitor_id: 'c', variant_id: null, variant: null, assignment_timestamp: null, forced: false, erased: true };
  assert.deepEqual((await read(service, 'after=2')).data, [tombstone]);
  assert.equal((await service.askOpenly('GET /assign?visitor_id=c')).json().is_new, true);
  assert.deepEqual((await read(service, 'after=5')).data.map(({ seq, erased }) => [seq, erased]), [[6, false]]);
  await service.ask('DELETE /visitors/c');
  assert.deepEqual((await read(service, 'after=2')).data, [{ ...tombstone, seq: 7 }]);
});

test('DELETE /visitors gives no number of the log twice, whoever is erased', async () => {
  await using service = openApp();
  await service.askOpenly('GET /assign?visitor_id=last');
  const { last_seq } = await read(service, 'after=0');
  await service.ask('DELETE /visitors/last');
  await service.ask('DELETE /visitors/last');
  await service.ask('DELETE /visitors/unknown');
  await service.askOpenly('GET /assign?visitor_id=next');
  const seqs = (await read(service, 'after=0')).data.map(({ seq }) => seq);
  assert.deepEqual(seqs, [last_seq + 2, last_seq + 3, last_seq + 4]);
});

test('createApp() finds everything again on the same database', async () => {
  using database = openDatabase({ file: ':memory:', ...AB_SCHEMA });
  let before: unknown;
  {
    await using service = openApp({}, database);
    await service.ask('POST /config', { json: { experiment_enabled: false, toggles: { announcement: true } } });
    await service.ask('POST /config', { json: { experiment_enabled: true } });
    await service.askOpenly('GET /assign?visitor_id=v');
    before = [(await service.askOpenly('GET /config')).json(), await read(service, ''), (await service.ask('GET /changes')).json()];
  }
  await using service = openApp({}, database);
  assert.deepEqual([(await service.askOpenly('GET /config')).json(), await read(service, ''), (await service.ask('GET /changes')).json()], before);
  assert.equal((await service.ask('DELETE /experiments/homepage')).status, 409);
});

test('GET /assignments and GET /visitors show ids as they were given, UUIDs in either case and what only looks like one', async () => {
  await using service = openApp();
  const uuid = '0198c0de-7b1a-7c3e-9c4d-2f6a1b8e5d70';
  const ids = [uuid, uuid.toUpperCase(), uuid.replaceAll('-', ''), `${uuid} `, `${uuid.slice(0, -1)}g`];
  await service.askOpenly('POST /assign', { json: { assignments: ids.map((visitor_id) => ({ visitor_id })) } });
  assert.deepEqual(visitors(await read(service, 'after=0')), ids);
  for (const id of ids) assert.equal((await service.ask(`GET /visitors/${encodeURIComponent(id)}`)).json().assignments.length, 1);
  assert.equal((await service.ask(`DELETE /visitors/${uuid}`, { token: INGEST })).json().erased.assignments, 1);
  assert.deepEqual(visitors(await read(service, 'after=0')), [...ids.slice(1), uuid]);
});
