import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApp, START } from './support/open-app.ts';

test('GET /changes says who changed what, when, from what to what, newest first', async () => {
  await using service = openApp();
  service.now = START + 5_000;
  await service.ask('PATCH /experiments/homepage', { json: { name: 'Hero', coverage_percent: 50 }, headers: { 'fairsplit-actor': 'Zo%C3%AB' } });
  await service.ask('POST /config', { json: { experiment_enabled: false } });
  const { data } = (await service.ask('GET /changes?limit=2')).json();
  const [settings, experiment] = data;
  assert.deepEqual([settings.actor, settings.kind, settings.key, settings.before, settings.after], ['api-token', 'settings', 'settings', { experiment_enabled: true }, { experiment_enabled: false }]);
  assert.deepEqual([experiment.actor, experiment.kind, experiment.key, experiment.action, experiment.changed_at], ['Zoë', 'experiment', 'homepage', 'updated', new Date(START + 5_000).toISOString()]);
  assert.deepEqual(experiment.differences.filter(({ field }: { field: string }) => !field.startsWith('/phases')), [
    { field: '/name', before: 'Homepage Hero Test', after: 'Hero' },
    { field: '/coverage_percent', before: 100, after: 50 },
  ]);
  assert.match(experiment.summary, /^name: "Homepage Hero Test" → "Hero"; coverage_percent: 100 → 50; phases\/1/);
});

test('GET /changes pages through all of them, or those of one key', async () => {
  await using service = openApp();
  const actions = [];
  let query: string | null = 'limit=4';
  while (query !== null) {
    const { data, next_cursor }: { data: { key: string; action: string; actor: string }[]; next_cursor: string | null } = (await service.ask(`GET /changes?${query}`)).json();
    actions.push(...data.map(({ key, action, actor }) => `${actor} ${action} ${key}`));
    query = next_cursor === null ? null : `limit=4&cursor=${next_cursor}`;
  }
  assert.deepEqual(actions, ['music_player', 'announcement', 'testimonials', 'contact_form', 'landing-theme', 'homepage'].map((key) => `first-start created ${key}`));
  assert.equal((await service.ask('GET /changes?kind=toggle&key=announcement')).json().data.length, 1);
});

test('the changes cannot be changed or deleted, whoever tries', async () => {
  await using service = openApp();
  assert.throws(() => service.database.exec("UPDATE changes SET actor = 'nobody'"), /append-only/);
  assert.throws(() => service.database.exec('DELETE FROM changes'), /append-only/);
  assert.throws(() => service.database.exec("INSERT OR REPLACE INTO changes SELECT seq, changed_at, 'nobody', kind, key, before, after, reverts FROM changes LIMIT 1"), /append-only/);
});

test('every change is logged with who made it', async () => {
  await using service = openApp();
  await service.ask('POST /config', { json: { toggles: { announcement: true } }, headers: { 'fairsplit-actor': 'zoe' } });
  const line = JSON.parse(service.lines.findLast((each) => each.includes('"changed"')) ?? '{}');
  assert.deepEqual([line.actor, line.kind, line.key, line.action], ['zoe', 'toggle', 'announcement', 'updated']);
});
