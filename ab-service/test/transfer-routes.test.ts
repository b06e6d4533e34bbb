import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApp, START, twoVariants } from './support/open-app.ts';
import type { OpenApp } from './support/open-app.ts';

type Entries = readonly { kind: string; key: string; why?: string }[];
interface Outcome {
  readonly created: Entries;
  readonly replaced: Entries;
  readonly unchanged: Entries;
  readonly refused: Entries;
}

const carry = async (to: OpenApp, json: unknown, query = ''): Promise<Outcome> => {
  const answer = await to.ask(`POST /import${query}`, { json });
  assert.equal(answer.status, 200, answer.text);
  return answer.json();
};
const keys = (entries: Entries): readonly string[] => entries.map(({ key }) => key);

/** An installation with something of everything. */
const filled = async (): Promise<OpenApp> => {
  const service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ key: 'draft', targeting: { device: 'mobile' }, group: 'g', forced: { tester: 'B' }, start_time: new Date(START + 3_600_000).toISOString() }) });
  await service.ask('POST /experiments', { json: twoVariants({ key: 'running', status: 'RUNNING', coverage_percent: 30 }) });
  await service.ask('PATCH /experiments/running', { json: { coverage_percent: 60 } });
  await service.ask('POST /experiments', { json: twoVariants({ key: 'done', status: 'RUNNING' }) });
  await service.ask('PATCH /experiments/done', { json: { status: 'COMPLETED', winner: 'B', winner_for: 'all' } });
  await service.ask('PUT /api/toggles/banner', { json: { enabled: true, value_on: { text: 'x' }, rollout_percent: 20, targeting: { a: 1 } } });
  return service;
};

test('POST /import makes another installation like the one that GET /export tells of, and changes nothing the second time', async () => {
  await using from = await filled();
  await using to = openApp({}, undefined, START + 1_000);
  const exported = (await from.ask('GET /export')).json();
  assert.deepEqual(Object.keys(exported), ['format', 'experiments', 'toggles']);
  const first = await carry(to, exported, '?on_conflict=replace');
  assert.deepEqual([keys(first.created), keys(first.replaced), first.refused], [['draft', 'running', 'done', 'banner'], ['homepage', 'landing-theme'], []]);
  const { version } = (await to.ask('GET /config')).json();
  for (const query of ['', '?on_conflict=replace']) assert.equal((await carry(to, exported, query)).unchanged.length, 10);
  assert.equal((await to.ask('GET /config')).json().version, version);
  const again = (await to.ask('GET /export')).json();
  const bare = (document: { experiments: Record<string, unknown>[]; toggles: Record<string, unknown>[] }) => [
    document.experiments.map(({ updated_at: _, version: _version, ...rest }) => rest).sort((a, b) => String(a['key']).localeCompare(String(b['key']))),
    document.toggles.map(({ updated_at: _, ...rest }) => rest),
  ];
  assert.deepEqual(bare(again), bare(exported));
  for (const id of ['v1', 'v2', 'v3', 'v4', 'v5']) {
    const variantOf = async (service: OpenApp) => (await service.askOpenly(`GET /assign?visitor_id=${id}&experiment=running`)).json().variant;
    assert.equal(await variantOf(to), await variantOf(from));
  }
});

test('POST /import keeps what is here already unless it is told to replace it', async () => {
  await using from = await filled();
  await using to = openApp();
  const exported = (await from.ask('GET /export')).json();
  await to.ask('PUT /api/toggles/banner', { json: { value_on: 'mine', value_off: '' } });
  const { created, refused } = await carry(to, exported);
  assert.deepEqual(keys(created), ['draft', 'running', 'done']);
  assert.deepEqual(refused.map(({ key, why }) => `${key}: ${why}`), ['homepage: Another experiment has this key.', 'landing-theme: Another experiment has this key.', 'banner: It is here already, and differs.']);
  assert.equal((await to.ask('GET /api/toggles/banner')).json().value_on, 'mine');
});

test('POST /import replaces as far as the life of an experiment allows', async () => {
  await using service = await filled();
  const exported = (await service.ask('GET /export')).json();
  await service.askOpenly('GET /assign?visitor_id=v');
  const changed = structuredClone(exported);
  const of = (key: string) => changed.experiments.find((experiment: { key: string }) => experiment.key === key);
  of('draft').name = 'Renamed';
  of('running').status = 'DRAFT';
  of('homepage').variants[1].variant_name = 'C';
  const { replaced, refused, unchanged } = await carry(service, changed, '?on_conflict=replace');
  assert.deepEqual([keys(replaced), keys(refused), unchanged.length], [['draft'], ['homepage', 'running'], 7]);
  assert.match(refused[1]?.why ?? '', /RUNNING to DRAFT is not possible/);
  const { name, version } = (await service.ask('GET /experiments/draft')).json();
  assert.deepEqual([name, version], ['Renamed', 2]);
  await using other = openApp();
  await other.askOpenly('GET /assign?visitor_id=v');
  const partly = await carry(other, exported, '?on_conflict=replace');
  assert.deepEqual(partly.refused.map(({ key, why }) => `${key}: ${why}`), ['homepage: Another experiment has this key, and visitors.']);
});

test('POST /import refuses what is malformed as a whole and what cannot be had one by one', async () => {
  await using service = openApp();
  assert.equal((await service.ask('POST /import', { json: { format: 2 } })).status, 400);
  assert.equal((await service.ask('POST /import', { json: { format: 1, experiments: [{ key: 'x' }] } })).status, 400);
  const variants = [{ variant_id: 'a-1', variant_name: 'A', traffic_allocation_percent: 50 }, { variant_id: 'b-1', variant_name: 'B', traffic_allocation_percent: 50 }];
  const given = (key: string, more: object = {}) => ({ experiment_id: `id-${key}`, key, name: key, status: 'DRAFT', variants, ...more });
  const experiments = [given('one'), given('two'), given('three', { variants: twoVariants()['variants'], winner: 'Z' }), given('four', { variants: twoVariants()['variants'], status: 'RUNNING', page: 'home' }), given('contact_form', { variants: twoVariants()['variants'] })];
  const { created, refused } = await carry(service, { format: 1, experiments });
  assert.deepEqual(keys(created), ['one']);
  assert.deepEqual(refused.map(({ why }) => why?.slice(0, 28)), ['The variant a-1 is part of a', 'One value is not acceptable.', 'Another experiment is RUNNIN', 'The key "contact_form" is ta']);
  const running = await carry(service, { format: 1, experiments: [given('five', { variants: twoVariants()['variants'], status: 'RUNNING' })] });
  assert.deepEqual(keys(running.created), ['five']);
  assert.equal((await service.ask('GET /experiments/five')).json().phases.length, 1);
});
