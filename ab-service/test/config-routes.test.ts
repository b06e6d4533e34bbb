import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from '../../shared/test/support/call-of.ts';
import { openApp, twoVariants } from './support/open-app.ts';

const messagesOf = (text: string): { id: string; version: number; toggles: Record<string, unknown> }[] =>
  [...text.matchAll(/id: (\d+)\nevent: config\ndata: (.*)\n\n/g)].map(([, id = '', data = '']) => ({ id, ...JSON.parse(data) }));

test('GET /config shows toggles, rules and running experiments, and answers 304 until something changes', async () => {
  await using service = openApp();
  const first = await service.askOpenly('GET /config');
  const document = first.json();
  assert.deepEqual(Object.keys(document), ['version', 'experiment_enabled', 'toggles', 'toggle_rules', 'experiments']);
  assert.deepEqual(document.toggles, { announcement: false, contact_form: true, music_player: true, testimonials: true });
  assert.deepEqual(document.experiments.map(({ key }: { key: string }) => key), ['homepage', 'landing-theme']);
  const headers = { 'if-none-match': `W/"x", ${first.headers['etag']}` };
  const known = await service.askOpenly('GET /config', { headers });
  assert.deepEqual([known.status, known.text, known.headers['etag']], [304, '', first.headers['etag']]);
  await service.ask('POST /config', { json: { toggles: { contact_form: false } } });
  const second = await service.askOpenly('GET /config', { headers });
  assert.equal(second.status, 200);
  assert.equal(second.json().toggles.contact_form, false);
  assert.equal(second.json().version, document.version + 1);
});

test('POST /config changes what is sent alone, and nothing when a toggle is unknown', async () => {
  await using service = openApp();
  const refused = await service.ask('POST /config', { json: { experiment_enabled: false, toggles: { contact_form: false, none: true, 'a/b': true } } });
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.json().errors.map(({ field }: { field: string }) => field), ['/toggles/none', '/toggles/a~1b']);
  assert.equal((await service.askOpenly('GET /config')).json().version, 1);
  const changed = (await service.ask('POST /config', { json: { experimentEnabled: false } })).json();
  assert.deepEqual([changed.experiment_enabled, changed.toggles.contact_form, changed.version], [false, true, 2]);
  assert.equal((await service.ask('POST /config', { json: { experiment_enabled: false } })).json().version, 2);
  assert.equal((await service.ask('POST /config', { json: { toggles: { contact_form: 'yes' } } })).status, 400);
});

test('GET /config/stream sends the whole on connect and on each change', async () => {
  await using service = openApp();
  const stream = listen((await service.askOpenly('GET /config/stream', { headers: { 'last-event-id': '1' } })).reply);
  assert.deepEqual(messagesOf(stream.text()).map(({ id, version }) => [id, version]), [['1', 1]]);
  await service.ask('POST /config', { json: { toggles: { announcement: true } } });
  await service.ask('PATCH /experiments/homepage', { json: { status: 'PAUSED' } });
  const messages = messagesOf(stream.text());
  assert.deepEqual(messages.map(({ id }) => id), ['1', '2', '3']);
  assert.equal(messages[1]?.toggles['announcement'], true);
  assert.deepEqual(messages[2], { id: '3', ...(await service.askOpenly('GET /config')).json() });
  stream.close();
});

test('GET /config names testers to holders of a token alone', async () => {
  await using service = openApp();
  await service.ask('PATCH /experiments/homepage', { json: { forced: { 'tester-1': 'B' } } });
  const forcedOf = (document: { experiments: { forced: unknown }[] }): unknown => document.experiments[0]?.forced;
  assert.deepEqual(forcedOf((await service.askOpenly('GET /config')).json()), {});
  assert.deepEqual(forcedOf((await service.ask('GET /config')).json()), { 'tester-1': 'B' });
  const stream = listen((await service.askOpenly('GET /config/stream')).reply);
  assert.doesNotMatch(stream.text(), /tester-1/);
  stream.close();
  assert.notEqual((await service.ask('GET /config')).headers['etag'], (await service.askOpenly('GET /config')).headers['etag']);
});

test('GET /config has completed experiments with a winner, until another one runs on their page', async () => {
  await using service = openApp();
  const keysOf = async (): Promise<string[]> => (await service.askOpenly('GET /config')).json().experiments.map(({ key }: { key: string }) => key);
  await service.ask('PATCH /experiments/homepage', { json: { status: 'COMPLETED' } });
  assert.deepEqual(await keysOf(), ['landing-theme']);
  await service.ask('PATCH /experiments/homepage', { json: { winner: 'B' } });
  assert.deepEqual(await keysOf(), ['landing-theme', 'homepage']);
  await service.ask('POST /experiments', { json: twoVariants({ page: 'home', status: 'RUNNING' }) });
  assert.deepEqual(await keysOf(), ['landing-theme', 'two']);
});

test('GET /config?visitor_id= evaluates the toggles for one visitor', async () => {
  await using service = openApp();
  await service.ask('PUT /api/toggles/banner', { json: { enabled: true, value_on: 'sale', value_off: '', targeting: { device: 'mobile' } } });
  await service.ask('PUT /api/toggles/half', { json: { enabled: true, rollout_percent: 50 } });
  const togglesOf = async (query: string) => (await service.askOpenly(`GET /config?${query}`)).json().toggles;
  assert.equal((await togglesOf('')).banner, '');
  assert.equal((await togglesOf('visitor_id=v&device=mobile')).banner, 'sale');
  const halves = await Promise.all(Array.from({ length: 40 }, async (_, index) => (await togglesOf(`visitor_id=v${index}`)).half));
  assert.equal(new Set(halves).size, 2);
  assert.equal((await togglesOf('')).half, false);
});
