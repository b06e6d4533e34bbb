import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INGEST, openApp, START, twoVariants } from './support/open-app.ts';

const rowsOf = (database: { prepare: (sql: string) => { all: () => unknown[] } }): unknown[] => database.prepare('SELECT visitor_id, experiment, forced FROM assignments ORDER BY seq').all().map((row) => Object.values(row as object));

test('GET /assign answers a new visitor with a stored assignment, and the same one ever after', async () => {
  await using service = openApp();
  const first = await service.askOpenly('GET /assign?visitor_id=v1');
  assert.equal(first.status, 200);
  const answer = first.json();
  assert.deepEqual(Object.keys(answer), ['visitor_id', 'experiment_id', 'experiment', 'variant_id', 'variant', 'configuration_json', 'assignment_timestamp', 'is_new']);
  assert.equal(answer.experiment, 'homepage');
  assert.equal(answer.assignment_timestamp, new Date(START).toISOString());
  assert.equal(answer.is_new, true);
  service.now += 60_000;
  for (const name of ['homepage', answer.experiment_id]) assert.deepEqual((await service.askOpenly(`GET /assign?visitor_id=v1&experiment=${name}`)).json(), { ...answer, is_new: false });
});

test('GET /assign gives 200 parallel first requests of one visitor one row and one answer', async () => {
  await using service = openApp({ RATE_LIMIT: 'off' });
  const answers = await Promise.all(Array.from({ length: 200 }, () => service.askOpenly('GET /assign?visitor_id=crowd')));
  assert.equal(new Set(answers.map((answer) => answer.json().variant_id)).size, 1);
  assert.equal(answers.filter((answer) => answer.json().is_new).length, 1);
  assert.equal(rowsOf(service.database).length, 1);
});

test('GET /assign answers 404 for an experiment that is not there and 400 without a visitor', async () => {
  await using service = openApp();
  assert.equal((await service.askOpenly('GET /assign?visitor_id=v&experiment=none')).status, 404);
  const refused = await service.askOpenly('GET /assign');
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.json().errors, [{ field: 'visitor_id', message: 'is required' }]);
  assert.equal((await service.askOpenly(`GET /assign?visitor_id=${'v'.repeat(257)}`)).status, 400);
});

test('GET /assign shows whoever takes no part the control and stores nothing', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ key: 'draft' }) });
  const check = async (target: string): Promise<void> => {
    const answer = (await service.askOpenly(`GET ${target}`)).json();
    assert.deepEqual([answer.variant, answer.assignment_timestamp, answer.is_new], ['A', null, false]);
  };
  for (let index = 0; index < 5; index += 1) await check(`/assign?visitor_id=v${index}&experiment=draft`);
  await service.ask('POST /config', { json: { experiment_enabled: false } });
  for (let index = 0; index < 5; index += 1) await check(`/assign?visitor_id=v${index}`);
  assert.deepEqual(rowsOf(service.database), []);
});

test('GET /assign stays with the first answer when weights, status and the switch change', async () => {
  await using service = openApp();
  const visitors = Array.from({ length: 20 }, (_, index) => `v${index}`);
  const ask = async () => Promise.all(visitors.map(async (id) => (await service.askOpenly(`GET /assign?visitor_id=${id}`)).json()));
  const before = (await ask()).map((answer) => ({ ...answer, is_new: false }));
  assert.equal(new Set(before.map(({ variant }) => variant)).size, 2);
  const { variants } = (await service.ask('GET /experiments/homepage')).json();
  await service.ask('PATCH /experiments/homepage', { json: { variants: variants.map((variant: object, index: number) => ({ ...variant, traffic_allocation_percent: index === 0 ? 0 : 100 })) } });
  assert.deepEqual(await ask(), before);
  await service.ask('POST /config', { json: { experimentEnabled: false } });
  assert.deepEqual(await ask(), before);
  for (const status of ['PAUSED', 'COMPLETED']) {
    assert.equal((await service.ask('PATCH /experiments/homepage', { json: { status } })).status, 200);
    assert.deepEqual(await ask(), before);
  }
});

test('POST /assign answers a list in order, each visitor once', async () => {
  await using service = openApp();
  const assignments = ['a', 'b', 'a', 'c'].map((visitor_id) => ({ visitor_id, experiment: 'homepage' }));
  const answer = (await service.askOpenly('POST /assign', { json: { assignments } })).json();
  assert.deepEqual(answer.assignments.map((each: { visitor_id: string; is_new: boolean }) => [each.visitor_id, each.is_new]), [['a', true], ['b', true], ['a', false], ['c', true]]);
  assert.equal(answer.assignments[0].variant_id, answer.assignments[2].variant_id);
  assert.deepEqual((await service.askOpenly('GET /assign?visitor_id=b')).json(), { ...answer.assignments[1], is_new: false });
});

test('POST /assign names every item that is wrong and then stores nothing', async () => {
  await using service = openApp();
  const refused = await service.askOpenly('POST /assign', { json: { assignments: [{ visitor_id: 'a' }, { visitor_id: 'b', experiment: 'none' }, { visitor_id: 'c', experiment: 'nor-this' }] } });
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.json().errors.map(({ field }: { field: string }) => field), ['/assignments/1/experiment', '/assignments/2/experiment']);
  assert.deepEqual(rowsOf(service.database), []);
  for (const assignments of [[], Array.from({ length: 1_001 }, () => ({ visitor_id: 'a' }))]) assert.equal((await service.askOpenly('POST /assign', { json: { assignments } })).status, 400);
});

test('POST /assign stores what a visitor was shown for holders of a token alone, unless an assignment exists', async () => {
  await using service = openApp();
  const { variants } = (await service.ask('GET /experiments/homepage')).json();
  const shown = (visitor_id: string, index: number) => ({ json: { assignments: [{ visitor_id, experiment: 'homepage', variant_id: variants[index].variant_id, assignment_timestamp: '2026-01-05T11:00:00.000Z' }] } });
  assert.equal((await service.askOpenly('POST /assign', shown('late', 1))).status, 401);
  for (const index of [0, 1]) {
    const answer = (await service.ask('POST /assign', { ...shown(`late-${index}`, index), token: INGEST })).json().assignments[0];
    assert.deepEqual([answer.variant, answer.assignment_timestamp, answer.is_new], [variants[index].variant_name, '2026-01-05T11:00:00.000Z', true]);
    const other = (await service.ask('POST /assign', { ...shown(`late-${index}`, 1 - index), token: INGEST })).json().assignments[0];
    assert.deepEqual(other, { ...answer, is_new: false });
  }
  const faults = await service.ask('POST /assign', { json: { assignments: [{ visitor_id: 'x', variant_id: 'none', assignment_timestamp: '2026-01-05' }, { visitor_id: 'x', variant_id: variants[0].variant_id }] } });
  assert.deepEqual(faults.json().errors.map(({ field }: { field: string }) => field), ['/assignments/0/variant_id', '/assignments/1/assignment_timestamp']);
});

test('POST /assign costs as many units as it names visitors; a token lifts the limit', async () => {
  await using service = openApp();
  const json = { assignments: Array.from({ length: 200 }, (_, index) => ({ visitor_id: `v${index}` })) };
  assert.equal((await service.askOpenly('POST /assign', { json })).status, 200);
  const refused = await service.askOpenly('POST /assign', { json });
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.equal((await service.ask('POST /assign', { json, token: INGEST })).status, 200);
});

test('GET /experiments/{id}/assignment/{user_id} answers the same on every call, in its own words', async () => {
  await using service = openApp();
  const first = (await service.ask('GET /experiments/homepage/assignment/user%201')).json();
  assert.deepEqual(Object.keys(first), ['experiment_id', 'user_id', 'variant_id', 'variant_name', 'assignment_timestamp']);
  assert.equal(first.user_id, 'user 1');
  assert.deepEqual((await service.ask(`GET /experiments/${first.experiment_id}/assignment/user%201`)).json(), first);
  assert.equal((await service.askOpenly('GET /assign?visitor_id=user+1')).json().variant_id, first.variant_id);
  assert.equal((await service.ask('GET /experiments/none/assignment/u')).status, 404);
});

test('GET /assign takes a visitor who calls themselves __proto__ for any other', async () => {
  await using service = openApp();
  for (const name of ['__proto__', 'constructor', 'é☃\u{1F600}']) {
    const answer = (await service.askOpenly(`GET /assign?visitor_id=${encodeURIComponent(name)}`)).json();
    assert.deepEqual([answer.visitor_id, answer.is_new], [name, true]);
  }
});

test('GET /assign decides by what holds when it is stored, not when it was asked', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING' }) });
  await service.ask('PATCH /experiments/two', { json: { status: 'PAUSED' } });
  const { seq } = (await service.ask('GET /changes?limit=1')).json().data[0];
  await service.ask('PATCH /experiments/two', { json: { status: 'RUNNING' } });
  const resumed = (await service.ask('GET /changes?limit=1')).json().data[0].seq;
  assert.ok(resumed > seq);
  // Neither request has a body, so that both are taken in this turn, one after the other, before anything is committed.
  const [asked, paused] = await Promise.all([service.askOpenly('GET /assign?visitor_id=v&experiment=two'), service.ask(`POST /changes/${resumed}/reverts`)]);
  assert.deepEqual([paused.status, asked.json().assignment_timestamp], [201, null]);
  const [late, deleted] = await Promise.all([service.askOpenly('GET /assign?visitor_id=v&experiment=landing-theme'), service.ask('DELETE /experiments/landing-theme')]);
  assert.deepEqual([deleted.status, late.status], [204, 404]);
  assert.deepEqual(rowsOf(service.database), []);
});
