import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepRefusal } from '../src/experiment/lifecycle.ts';
import { openApp, START, twoVariants } from './support/open-app.ts';
import type { OpenApp } from './support/open-app.ts';

const STATUSES = ['DRAFT', 'RUNNING', 'PAUSED', 'COMPLETED'] as const;

const patch = (service: OpenApp, json: unknown, id = 'two') => service.ask(`PATCH /experiments/${id}`, { json });

test('stepRefusal() allows DRAFT → RUNNING ⇄ PAUSED → COMPLETED, and says why not and what instead for all others', () => {
  const allowed = STATUSES.flatMap((from) => STATUSES.filter((to) => from !== to && stepRefusal(from, to) === undefined).map((to) => `${from} ${to}`));
  assert.deepEqual(allowed, ['DRAFT RUNNING', 'RUNNING PAUSED', 'RUNNING COMPLETED', 'PAUSED RUNNING', 'PAUSED COMPLETED']);
  for (const from of STATUSES) assert.equal(stepRefusal(from, from), undefined);
  assert.match(stepRefusal('DRAFT', 'COMPLETED') ?? '', /^DRAFT to COMPLETED is not possible\. A draft has no visitors yet: it can only be started/);
  assert.match(stepRefusal('COMPLETED', 'RUNNING') ?? '', /duplicate/);
});

test('PATCH status opens the first phase, sets start and end, and refuses steps with a reason', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants() });
  assert.equal((await patch(service, { status: 'PAUSED' })).status, 409);
  service.now = START + 60_000;
  const running = (await patch(service, { status: 'RUNNING' })).json();
  assert.deepEqual([running.start_time, running.phases], [new Date(START + 60_000).toISOString(), [{ start_time: running.start_time, coverage_percent: 100, weights: { A: 50, B: 50 } }]]);
  assert.match((await patch(service, { status: 'DRAFT' })).json().detail, /RUNNING to DRAFT is not possible/);
  assert.equal((await patch(service, { status: 'PAUSED' })).json().phases.length, 1);
  service.now = START + 120_000;
  assert.equal((await patch(service, { status: 'RUNNING' })).json().start_time, running.start_time);
  assert.equal((await patch(service, { start_time: '2027-01-01' })).status, 409);
  const done = (await patch(service, { status: 'COMPLETED' })).json();
  assert.equal(Date.parse(done.end_time) >= START + 120_000, true);
  for (const json of [{ status: 'RUNNING' }, { coverage_percent: 10 }, { targeting: { a: 1 } }, { page: 'home' }]) assert.equal((await patch(service, json)).status, 409);
  assert.equal((await patch(service, { name: 'Still two', primary_metric_name: 'cta_click' })).status, 200);
});

test('PATCH opens a phase for each change of weights or coverage of a running experiment, and for nothing else', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING' }) });
  const weights = (a: number, b: number) => ({ variants: [{ variant_name: 'A', traffic_allocation_percent: a }, { variant_name: 'B', traffic_allocation_percent: b }] });
  service.now += 1_000;
  const after = (await patch(service, weights(10, 90))).json();
  assert.deepEqual(after.variants.map(({ configuration_json }: { configuration_json: unknown }) => configuration_json), [{ headline: 'a' }, { headline: 'b' }]);
  service.now += 1_000;
  await patch(service, { coverage_percent: 25 });
  await patch(service, { name: 'Renamed' });
  await patch(service, weights(10, 90));
  service.now += 1_000;
  const { phases } = (await patch(service, { ...weights(50, 50), status: 'PAUSED' })).json();
  assert.deepEqual(phases.map(({ coverage_percent, weights: { A } }: { coverage_percent: number; weights: { A: number } }) => [coverage_percent, A]), [[100, 50], [100, 10], [25, 10], [25, 50]]);
  assert.deepEqual(phases.map(({ start_time }: { start_time: string }) => start_time), [...new Set(phases.map(({ start_time }: { start_time: string }) => start_time))].sort());
});

test('PATCH variants can add, remove and rename before the first assignment alone', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING' }) });
  const three = { variants: ['A', 'B', 'C'].map((variant_name) => ({ variant_name, traffic_allocation_percent: variant_name === 'C' ? 50 : 25 })) };
  const [a, b] = (await service.ask('GET /experiments/two')).json().variants;
  const wider = (await patch(service, three)).json();
  assert.deepEqual([wider.variants[0].variant_id, wider.variants[1].variant_id, wider.variants.length], [a.variant_id, b.variant_id, 3]);
  await service.askOpenly('GET /assign?visitor_id=v&experiment=two');
  const refused = await patch(service, { variants: three.variants.slice(0, 2).map((variant) => ({ ...variant, traffic_allocation_percent: 50 })) });
  assert.equal(refused.status, 409);
  assert.match(refused.json().detail, /cannot be added, removed or renamed/);
  assert.equal((await patch(service, { variants: wider.variants.map((variant: object, index: number) => ({ ...variant, variant_name: `V${index}` })) })).status, 409);
  assert.equal((await patch(service, { variants: wider.variants.map((variant: object, index: number) => ({ ...variant, traffic_allocation_percent: index === 0 ? 100 : 0 })) })).status, 200);
});

test('PATCH key is 400, and winner needs COMPLETED and one of the variants', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING' }) });
  assert.deepEqual((await patch(service, { key: 'other' })).json().errors, [{ field: '/key', message: 'does not change; programs and recorded events use it' }]);
  assert.equal((await patch(service, { key: 'two', name: 'x' })).status, 200);
  assert.equal((await patch(service, { winner: 'A' })).status, 409);
  assert.deepEqual((await patch(service, { status: 'COMPLETED', winner: 'Z' })).json().errors.map(({ field }: { field: string }) => field), ['/winner']);
  assert.equal((await patch(service, { status: 'COMPLETED', winner: 'B' })).json().winner, 'B');
});

test('a declared winner is shown to visitors without an assignment, and to all where that is asked for', async () => {
  await using service = openApp();
  const variantOf = async (id: string): Promise<readonly unknown[]> => {
    const { variant, assignment_timestamp, configuration_json } = (await service.askOpenly(`GET /assign?visitor_id=${id}&experiment=two`)).json();
    return [variant, assignment_timestamp !== null, configuration_json.headline];
  };
  await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING', forced: { old: 'A' } }) });
  const old = await variantOf('old');
  assert.deepEqual(old, ['A', true, 'a']);
  await patch(service, { status: 'COMPLETED' });
  assert.deepEqual(await variantOf('fresh'), ['A', false, 'a']);
  await patch(service, { winner: 'B' });
  assert.deepEqual([await variantOf('old'), await variantOf('fresh')], [old, ['B', false, 'b']]);
  await patch(service, { winner_for: 'all' });
  assert.deepEqual([await variantOf('old'), await variantOf('fresh')], [['B', true, 'b'], ['B', false, 'b']]);
  assert.deepEqual((await service.ask('GET /assignments')).json().data.map(({ variant }: { variant: string }) => variant), ['A']);
  await patch(service, { winner: null, winner_for: 'new' });
  assert.deepEqual([await variantOf('old'), await variantOf('fresh')], [old, ['A', false, 'a']]);
});

test('PATCH refuses to start a draft whose end has passed, until it has another', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ end_time: new Date(START + 60_000).toISOString() }) });
  service.now = START + 120_000;
  const refused = await patch(service, { status: 'RUNNING' });
  assert.equal(refused.status, 409);
  assert.match(refused.json().detail, /end_time has passed/);
  assert.equal((await service.ask('GET /experiments/two')).json().status, 'DRAFT');
  assert.equal((await patch(service, { status: 'RUNNING', end_time: null })).json().status, 'RUNNING');
});
