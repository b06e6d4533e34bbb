import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { AB_SCHEMA } from '../src/schema.ts';
import { INGEST, openApp, START } from './support/open-app.ts';
import type { OpenApp } from './support/open-app.ts';

test('PUT /api/toggles creates a toggle with defaults and replaces it whole', async () => {
  await using service = openApp();
  const made = await service.ask('PUT /api/toggles/new_menu', { json: {} });
  assert.equal(made.status, 201);
  const { updated_at, evaluated_at, stale, ...toggle } = made.json();
  assert.deepEqual([evaluated_at, stale], [null, false]);
  assert.deepEqual(toggle, { key: 'new_menu', name: 'new_menu', description: '', enabled: false, rollout_percent: 100, value_on: true, value_off: false, targeting: null, start_time: null, end_time: null });
  assert.ok(Date.parse(updated_at) > START);
  const replaced = await service.ask('PUT /api/toggles/new_menu', { json: { enabled: true, value_on: { columns: 3 }, value_off: { columns: 1 }, rollout_percent: 20 } });
  assert.equal(replaced.status, 200);
  assert.deepEqual((await service.askOpenly('GET /api/toggles/new_menu')).json(), replaced.json());
  assert.equal((await service.askOpenly('GET /api/toggles')).json().data.length, 5);
});

test('GET /api/toggles lists by key, in pages', async () => {
  await using service = openApp();
  const page = async (query: string): Promise<{ data: { key: string }[]; next_cursor: string | null }> => (await service.askOpenly(`GET /api/toggles?limit=3${query}`)).json();
  const first = await page('');
  const second = await page(`&cursor=${first.next_cursor}`);
  assert.deepEqual([first, second].map(({ data }) => data.map(({ key }) => key)), [['announcement', 'contact_form', 'music_player'], ['testimonials']]);
  assert.equal(second.next_cursor, null);
  for (const query of ['limit=0', 'limit=1001', 'cursor=x']) assert.equal((await service.askOpenly(`GET /api/toggles?${query}`)).status, 400, query);
});

test('a toggle that is deleted, in whatever way, leaves no time of evaluation to the next one of its key', async () => {
  await using service = openApp();
  for (const remove of [() => service.ask('DELETE /api/toggles/menu'), async () => service.ask(`POST /changes/${(await service.ask('GET /changes?limit=1')).json().data[0].seq}/reverts`, { json: {} })]) {
    assert.equal((await service.ask('PUT /api/toggles/menu', { json: {} })).json().evaluated_at, null);
    await service.askOpenly('POST /ofrep/v1/evaluate/flags/menu', { json: { context: {} } });
    assert.notEqual((await service.ask('GET /api/toggles/menu')).json().evaluated_at, null);
    await remove();
  }
  assert.equal((await service.ask('PUT /api/toggles/menu', { json: {} })).json().evaluated_at, null);
});

test('PUT /api/toggles takes values of every type, both of one', async () => {
  await using service = openApp();
  for (const [value_on, neutral] of [[true, false], ['x', ''], [1.5, 0], [[1], null], [{ a: 1 }, null]] as const) {
    const toggle = (await service.ask('PUT /api/toggles/typed', { json: { value_on } })).json();
    assert.deepEqual([toggle.value_on, toggle.value_off], [value_on, neutral]);
  }
  const refused = await service.ask('PUT /api/toggles/typed', { json: { value_on: 'x', value_off: 3, start_time: '2026-02-02', end_time: '2026-02-01' } });
  assert.deepEqual(refused.json().errors.map(({ field }: { field: string }) => field), ['/value_off', '/end_time']);
});

test('PUT /api/toggles refuses bad keys, bad rules, and the key of an experiment', async () => {
  await using service = openApp();
  const statusOf = async (key: string, json: unknown = {}): Promise<number> => (await service.ask(`PUT /api/toggles/${key}`, { json })).status;
  assert.equal(await statusOf('Bad%20Key'), 400);
  assert.equal(await statusOf('homepage'), 409);
  assert.equal(await statusOf('fine', { rollout_percent: 101 }), 400);
  assert.equal(await statusOf('fine', { targeting: { path: { $regex: 'x'.repeat(257) } } }), 400);
  assert.equal((await service.askOpenly('GET /api/toggles/fine')).status, 404);
  assert.equal((await service.askOpenly('GET /api/toggles/__proto__')).status, 404);
});

test('DELETE /api/toggles removes a toggle and frees its key', async () => {
  await using service = openApp();
  assert.equal((await service.ask('DELETE /api/toggles/announcement')).status, 204);
  assert.equal((await service.ask('DELETE /api/toggles/announcement')).status, 404);
  assert.equal((await service.askOpenly('GET /config')).json().toggles.announcement, undefined);
  assert.equal((await service.ask('PUT /api/toggles/announcement', { json: {} })).status, 201);
});

test('GET /api/toggles marks what was neither changed nor evaluated for 30 days as stale, also over a restart', async () => {
  const DAY = 24 * 60 * 60 * 1_000;
  using database = openDatabase({ file: ':memory:', ...AB_SCHEMA });
  const staleOf = async (service: OpenApp): Promise<readonly string[]> =>
    (await service.askOpenly('GET /api/toggles')).json().data.filter(({ stale }: { stale: boolean }) => stale).map(({ key }: { key: string }) => key);
  {
    await using service = openApp({}, database);
    service.now = START + 20 * DAY;
    await service.askOpenly('POST /ofrep/v1/evaluate/flags/announcement', { json: {} });
    assert.equal((await service.ask('POST /evaluations', { json: { toggles: ['contact_form', 'unknown'] }, token: INGEST })).status, 204);
    assert.equal((await service.askOpenly('GET /api/toggles/announcement')).json().evaluated_at, new Date(START + 20 * DAY).toISOString());
    assert.deepEqual(await staleOf(service), []);
  }
  await using service = openApp({}, database, START + 31 * DAY);
  assert.deepEqual(await staleOf(service), ['music_player', 'testimonials']);
  await service.askOpenly('GET /config');
  assert.deepEqual(await staleOf(service), []);
});

test('PUT /api/toggles with what is there already changes nothing and is no change in the audit', async () => {
  await using service = openApp();
  const made = (await service.ask('PUT /api/toggles/menu', { json: { enabled: true, value_on: { columns: 3 } } })).json();
  const { version } = (await service.ask('GET /config')).json();
  service.now = START + 1_000;
  const again = await service.ask('PUT /api/toggles/menu', { json: made });
  assert.deepEqual([again.status, again.json()], [200, made]);
  assert.equal((await service.ask('GET /config')).json().version, version);
  assert.equal((await service.ask('GET /changes?key=menu')).json().data.length, 1);
});
