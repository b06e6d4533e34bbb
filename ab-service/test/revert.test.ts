import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApp, twoVariants } from './support/open-app.ts';
import type { OpenApp } from './support/open-app.ts';

const newest = async (service: OpenApp) => (await service.ask('GET /changes?limit=1')).json().data[0];
const revert = (service: OpenApp, seq: number) => service.ask(`POST /changes/${seq}/reverts`);

test('POST /changes/{seq}/reverts takes back what one change changed and leaves the rest', async () => {
  await using service = openApp();
  await service.ask('PATCH /experiments/homepage', { json: { name: 'Hero', coverage_percent: 50 } });
  const { seq } = await newest(service);
  await service.ask('PATCH /experiments/homepage', { json: { description: 'Later' } });
  const answer = await service.ask(`POST /changes/${seq}/reverts`, { headers: { 'fairsplit-actor': 'zoe' } });
  assert.equal(answer.status, 201);
  const change = answer.json();
  assert.deepEqual([change.reverts, change.actor, change.key], [seq, 'zoe', 'homepage']);
  const { name, coverage_percent, description, version, phases } = (await service.ask('GET /experiments/homepage')).json();
  assert.deepEqual([name, coverage_percent, description, version, phases.length], ['Homepage Hero Test', 100, 'Later', 4, 3]);
  assert.equal((await revert(service, change.seq)).status, 201);
  assert.equal((await service.ask('GET /experiments/homepage')).json().name, 'Hero');
});

test('POST /changes/{seq}/reverts is 409 when the same was changed again since', async () => {
  await using service = openApp();
  await service.ask('PATCH /experiments/homepage', { json: { name: 'One' } });
  const { seq } = await newest(service);
  await service.ask('PATCH /experiments/homepage', { json: { name: 'Two' } });
  const refused = await revert(service, seq);
  assert.equal(refused.status, 409);
  assert.match(refused.json().detail, /Changed again since: name/);
});

test('POST /changes/{seq}/reverts keeps to the life of an experiment', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants() });
  const created = await newest(service);
  await service.ask('PATCH /experiments/two', { json: { status: 'RUNNING' } });
  const started = await newest(service);
  assert.match((await revert(service, started.seq)).json().detail, /RUNNING to DRAFT is not possible/);
  await service.askOpenly('GET /assign?visitor_id=v&experiment=two');
  assert.match((await revert(service, created.seq)).json().detail, /cannot be deleted/);
  await service.ask('PATCH /experiments/two', { json: { status: 'PAUSED' } });
  assert.equal((await revert(service, (await newest(service)).seq)).status, 201);
  assert.equal((await service.ask('GET /experiments/two')).json().status, 'RUNNING');
});

test('POST /changes/{seq}/reverts undoes creations and deletions of experiments and toggles', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants() });
  const before = (await service.ask('GET /experiments/two')).json();
  assert.equal((await revert(service, (await newest(service)).seq)).status, 201);
  assert.equal((await service.ask('GET /experiments/two')).status, 404);
  assert.equal((await revert(service, (await newest(service)).seq)).status, 201);
  const { version, updated_at, ...rest } = (await service.ask('GET /experiments/two')).json();
  assert.deepEqual({ ...rest, version: 1, updated_at: before.updated_at }, before);
  assert.equal(version, 2);
  assert.ok(updated_at > before.updated_at);
  await service.ask('DELETE /api/toggles/announcement');
  const deletion = await newest(service);
  assert.equal((await revert(service, deletion.seq)).status, 201);
  assert.equal((await service.askOpenly('GET /api/toggles/announcement')).json().name, 'Announcement');
  assert.equal((await revert(service, deletion.seq)).status, 409);
});

test('POST /changes/{seq}/reverts undoes switches, once', async () => {
  await using service = openApp();
  await service.ask('POST /config', { json: { experiment_enabled: false, toggles: { contact_form: false } } });
  const [settings, toggle] = (await service.ask('GET /changes?limit=2')).json().data;
  for (const { seq } of [settings, toggle]) assert.equal((await revert(service, seq)).status, 201);
  const config = (await service.askOpenly('GET /config')).json();
  assert.deepEqual([config.experiment_enabled, config.toggles.contact_form], [true, true]);
  assert.equal((await revert(service, settings.seq)).status, 409);
  for (const seq of ['0', 'x', '999999']) assert.equal((await service.ask(`POST /changes/${seq}/reverts`)).status, 404);
});
