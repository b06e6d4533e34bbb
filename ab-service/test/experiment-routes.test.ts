import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApp, START, twoVariants } from './support/open-app.ts';

const fields = (answer: { json: () => { errors: { field: string }[] } }): string[] => answer.json().errors.map(({ field }) => field);

test('POST /experiments takes no more than a name and variants, and answers the whole experiment', async () => {
  await using service = openApp();
  const made = await service.ask('POST /experiments', { json: { name: 'Größe & Preis!', status: 'DRAFT', primary_metric_name: 'cta_click', variants: [{ variant_name: 'A', traffic_allocation_percent: 33.33 }, { variant_name: 'B', traffic_allocation_percent: 33.33, configuration_json: { x: 1 } }, { variant_name: 'C', traffic_allocation_percent: 33.34 }] } });
  assert.equal(made.status, 201);
  const experiment = made.json();
  assert.equal(made.headers['etag'], '"1"');
  assert.equal(made.headers['location'], `/experiments/${experiment.experiment_id}`);
  const { experiment_id, variants, ...rest } = experiment;
  assert.match(experiment_id, /^[0-9a-f-]{36}$/);
  const time = rest.created_at;
  assert.deepEqual(rest, {
    key: 'grosse-preis', name: 'Größe & Preis!', description: '', hypothesis: '', status: 'DRAFT', page: null, primary_metric_name: 'cta_click', secondary_metric_names: [],
    guardrail_metric_names: [], coverage_percent: 100, targeting: null, start_time: null, end_time: null, winner: null, winner_for: 'new', phases: [], group: null, forced: {}, archived: false,
    created_at: time, updated_at: time, version: 1,
  });
  assert.deepEqual(variants.map(({ variant_id, ...variant }: { variant_id: string }) => variant), [
    { variant_name: 'A', is_control: true, traffic_allocation_percent: 33.33, configuration_json: {} },
    { variant_name: 'B', is_control: false, traffic_allocation_percent: 33.33, configuration_json: { x: 1 } },
    { variant_name: 'C', is_control: false, traffic_allocation_percent: 33.34, configuration_json: {} },
  ]);
  assert.deepEqual((await service.ask('GET /experiments/grosse-preis')).json(), experiment);
  assert.deepEqual((await service.ask(`GET /experiments/${experiment_id}`)).json(), experiment);
});

test('POST /experiments starts one that is asked to be RUNNING, with its first phase', async () => {
  await using service = openApp();
  const { status, start_time, phases } = (await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING' }) })).json();
  assert.deepEqual([status, phases], ['RUNNING', [{ start_time, coverage_percent: 100, weights: { A: 50, B: 50 } }]]);
});

test('POST /experiments names every fault at once', async () => {
  await using service = openApp();
  const refused = await service.ask('POST /experiments', {
    json: {
      key: 'Bad Key', status: 'PAUSED', coverage_percent: 101, targeting: { path: { $regex: '(?=x)' } }, primary_metric_name: '', start_time: 'soon',
      variants: [{ variant_name: 'A', traffic_allocation_percent: 50 }, { variant_name: 'A', traffic_allocation_percent: 20, configuration_json: [] }],
    },
  });
  assert.equal(refused.status, 400);
  assert.equal(refused.headers['cache-control'], 'no-store');
  assert.deepEqual(new Set(fields(refused)), new Set(['/name', '/key', '/status', '/coverage_percent', '/targeting/path/$regex', '/primary_metric_name', '/start_time', '/variants', '/variants/1/variant_name', '/variants/1/configuration_json']));
});

test('POST /experiments refuses one variant, twenty-one, weights beside 100 and two controls', async () => {
  await using service = openApp();
  const withVariants = (weights: readonly number[], controls = 0) => twoVariants({ variants: weights.map((weight, index) => ({ variant_name: `V${index}`, traffic_allocation_percent: weight, ...(index < controls ? { is_control: true } : {}) })) });
  const statusOf = async (json: unknown): Promise<number> => (await service.ask('POST /experiments', { json })).status;
  assert.equal(await statusOf(withVariants([100])), 400);
  assert.equal(await statusOf(withVariants(Array.from({ length: 21 }, () => 100 / 21))), 400);
  assert.equal(await statusOf(withVariants(Array.from({ length: 20 }, () => 5))), 201);
  assert.equal(await statusOf(withVariants([50, 50.02])), 400);
  assert.equal(await statusOf(withVariants([50, 50.01])), 201);
  assert.equal(await statusOf(withVariants([100, 0])), 201);
  assert.equal(await statusOf(withVariants([50, 50], 2)), 400);
  assert.equal(await statusOf(withVariants([120, -20])), 400);
});

test('POST /experiments answers 409 for a key that an experiment or toggle has, and finds a free one where none is given', async () => {
  await using service = openApp();
  for (const key of ['homepage', 'contact_form']) assert.equal((await service.ask('POST /experiments', { json: twoVariants({ key }) })).status, 409);
  const keys = [];
  for (let index = 0; index < 3; index += 1) keys.push((await service.ask('POST /experiments', { json: twoVariants() })).json().key);
  assert.deepEqual(keys, ['two', 'two-2', 'two-3']);
});

test('POST /experiments and POST /import refuse a key that is the id of another one, and an id that is its key', async () => {
  await using service = openApp();
  const homepage = (await service.ask('GET /experiments/homepage')).json();
  assert.equal((await service.ask('POST /experiments', { json: twoVariants({ key: homepage.experiment_id }) })).status, 409);
  const json = { format: 1, experiments: [{ ...homepage, experiment_id: 'homepage', key: 'other', page: null }, { ...homepage, experiment_id: 'homepage' }] };
  for (const on_conflict of ['keep', 'replace']) assert.deepEqual((await service.ask(`POST /import?on_conflict=${on_conflict}`, { json })).json().refused.length, 2, on_conflict);
  for (const name of ['homepage', homepage.experiment_id]) assert.deepEqual((await service.ask(`GET /experiments/${name}`)).json(), homepage);
});

test('POST /experiments answers 409 when another one runs on the page', async () => {
  await using service = openApp();
  const refused = await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING', page: 'home' }) });
  assert.equal(refused.status, 409);
  assert.match(refused.json().detail, /RUNNING on the page "home"/);
  assert.equal((await service.ask('GET /experiments')).json().data.length, 2);
  assert.equal((await service.ask('POST /experiments', { json: twoVariants({ page: 'home' }) })).status, 201);
  assert.equal((await service.ask('PATCH /experiments/two', { json: { status: 'RUNNING' } })).status, 409);
  await service.ask('PATCH /experiments/homepage', { json: { status: 'PAUSED' } });
  assert.equal((await service.ask('PATCH /experiments/two', { json: { status: 'RUNNING' } })).status, 200);
});

test('GET /experiments lists newest first, in pages, by status, page and words', async () => {
  await using service = openApp();
  for (const name of ['Red button', 'Blue button', 'Headline']) await service.ask('POST /experiments', { json: twoVariants({ name, page: 'shop' }) });
  const keysOf = async (query: string): Promise<string[]> => (await service.ask(`GET /experiments?${query}`)).json().data.map(({ key }: { key: string }) => key);
  assert.deepEqual(await keysOf(''), ['headline', 'blue-button', 'red-button', 'landing-theme', 'homepage']);
  assert.deepEqual(await keysOf('status=RUNNING'), ['landing-theme', 'homepage']);
  assert.deepEqual(await keysOf('page=shop&search=BUTTON'), ['blue-button', 'red-button']);
  const first = (await service.ask('GET /experiments?limit=3')).json();
  assert.deepEqual(await keysOf(`limit=3&cursor=${first.next_cursor}`), ['landing-theme', 'homepage']);
  assert.equal((await service.ask('GET /experiments?cursor=nonsense')).status, 400);
});

test('GET /experiments?updated_after misses no change, even within a millisecond', async () => {
  await using service = openApp();
  let after = '1970-01-01';
  const fresh = async (): Promise<string[]> => {
    const { data } = (await service.ask(`GET /experiments?updated_after=${after}`)).json();
    after = data.at(-1)?.updated_at ?? after;
    return data.map(({ key }: { key: string }) => key);
  };
  assert.equal((await fresh()).length, 2);
  assert.deepEqual(await fresh(), []);
  await service.ask('POST /experiments', { json: twoVariants() });
  assert.deepEqual(await fresh(), ['two']);
  await service.ask('PATCH /experiments/homepage', { json: { name: 'x' } });
  await service.ask('PATCH /experiments/two', { json: { archived: true } });
  assert.deepEqual(await fresh(), ['homepage', 'two']);
  assert.equal(service.now, START);
});

test('PATCH /experiments answers 412 when somebody else was faster', async () => {
  await using service = openApp();
  const patch = (if_match: string, name: string) => service.ask('PATCH /experiments/homepage', { json: { name }, headers: { 'if-match': if_match } });
  const changed = await patch('"1"', 'First');
  assert.deepEqual([changed.status, changed.headers['etag'], changed.json().version], [200, '"2"', 2]);
  assert.equal((await patch('"1"', 'Second')).status, 412);
  assert.equal((await service.ask('GET /experiments/homepage')).json().name, 'First');
  assert.equal((await patch('"2"', 'Second')).status, 200);
  const same = await service.ask('PATCH /experiments/homepage', { json: { name: 'Second' } });
  assert.equal(same.json().version, 3);
});

test('DELETE /experiments removes one without assignments; with some it is 409 and can be archived', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants() });
  assert.equal((await service.ask('DELETE /experiments/two')).status, 204);
  assert.equal((await service.ask('GET /experiments/two')).status, 404);
  assert.equal((await service.ask('POST /experiments', { json: twoVariants() })).json().key, 'two');
  await service.askOpenly('GET /assign?visitor_id=v');
  const refused = await service.ask('DELETE /experiments/homepage');
  assert.equal(refused.status, 409);
  assert.match(refused.json().detail, /Archive/);
  assert.equal((await service.ask('PATCH /experiments/homepage', { json: { archived: true } })).status, 409);
  await service.ask('PATCH /experiments/homepage', { json: { status: 'COMPLETED' } });
  assert.equal((await service.ask('PATCH /experiments/homepage', { json: { archived: true } })).status, 200);
  assert.deepEqual((await service.ask('GET /experiments?archived=true')).json().data.map(({ key }: { key: string }) => key), ['homepage']);
});

test('POST /experiments/{id}/duplicates makes a draft without visitors', async () => {
  await using service = openApp();
  const original = (await service.ask('GET /experiments/homepage')).json();
  const copy = (await service.ask('POST /experiments/homepage/duplicates', { json: {} })).json();
  assert.deepEqual([copy.key, copy.status, copy.phases, copy.version, copy.page], ['homepage-hero-test-copy', 'DRAFT', [], 1, 'home']);
  assert.deepEqual(copy.variants.map(({ configuration_json }: { configuration_json: unknown }) => configuration_json), original.variants.map(({ configuration_json }: { configuration_json: unknown }) => configuration_json));
  assert.notEqual(copy.variants[0].variant_id, original.variants[0].variant_id);
});
