import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { listen } from '../../shared/test/support/call-of.ts';
import { AB_SCHEMA } from '../src/schema.ts';
import { dueSteps, nextTime } from '../src/schedule/due.ts';
import { openApp, START, twoVariants } from './support/open-app.ts';

const MINUTE = 60_000;
const iso = (time: number): string => new Date(time).toISOString();

test('an experiment starts and ends at its set times while the service runs', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  await using service = openApp();
  const pass = (ms: number): void => {
    service.now += ms;
    context.mock.timers.tick(ms);
  };
  await service.ask('POST /experiments', { json: twoVariants({ start_time: iso(START + MINUTE), end_time: iso(START + 2 * MINUTE) }) });
  const read = async () => (await service.ask('GET /experiments/two')).json();
  pass(MINUTE - 1);
  assert.equal((await read()).status, 'DRAFT');
  pass(1);
  assert.deepEqual([(await read()).status, (await read()).phases.length], ['RUNNING', 1]);
  assert.equal((await service.askOpenly('GET /assign?visitor_id=v&experiment=two')).json().is_new, true);
  pass(MINUTE);
  assert.deepEqual([(await read()).status, (await read()).end_time], ['COMPLETED', iso(START + 2 * MINUTE)]);
  const { data } = (await service.ask('GET /changes?key=two')).json();
  assert.deepEqual(data.map(({ actor, after }: { actor: string; after: { status: string } }) => `${actor} ${after.status}`), ['schedule COMPLETED', 'schedule RUNNING', 'api-token DRAFT']);
});

test('set times that passed while the service was not there are made up for at the start', async () => {
  using database = openDatabase({ file: ':memory:', ...AB_SCHEMA });
  {
    await using service = openApp({}, database);
    await service.ask('POST /experiments', { json: twoVariants({ key: 'starts', start_time: iso(START + MINUTE) }) });
    await service.ask('POST /experiments', { json: twoVariants({ key: 'over', start_time: iso(START + MINUTE), end_time: iso(START + 2 * MINUTE) }) });
    await service.ask('PUT /api/toggles/spring', { json: { enabled: true, start_time: iso(START + MINUTE) } });
    await service.ask('PATCH /experiments/homepage', { json: { end_time: iso(START + 3 * MINUTE) } });
  }
  await using service = openApp({}, database, START + 60 * MINUTE);
  const statusOf = async (key: string): Promise<string> => (await service.ask(`GET /experiments/${key}`)).json().status;
  assert.deepEqual([await statusOf('starts'), await statusOf('over'), await statusOf('homepage')], ['RUNNING', 'COMPLETED', 'COMPLETED']);
  assert.equal((await service.ask('GET /experiments/homepage')).json().end_time, iso(START + 3 * MINUTE));
  const over = (await service.ask('GET /experiments/over')).json();
  assert.ok(over.end_time >= over.start_time, `from ${over.start_time} to ${over.end_time}`);
});

test('a set time that comes in the middle of a look is seen by the next one', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  for (let early = 0; early < 6; early += 1) {
    await using service = openApp();
    await service.ask('POST /experiments', { json: twoVariants({ start_time: iso(START + MINUTE) }) });
    let now = START + MINUTE - early;
    // Each look at the clock takes a millisecond.
    Object.defineProperty(service, 'now', { get: () => (now += 1) });
    for (let minute = 0; minute < 10; minute += 1) context.mock.timers.tick(MINUTE);
    assert.equal((await service.ask('GET /experiments/two')).json().status, 'RUNNING', `a timer that is ${early} ms early`);
  }
});

test('a start that is refused holds up no other set time', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ page: 'home', start_time: iso(START + 1_000) }) });
  await service.ask('POST /experiments', { json: twoVariants({ key: 'other', start_time: iso(START + 2_000) }) });
  for (const seconds of [1, 2]) {
    service.now = START + seconds * 1_000;
    context.mock.timers.tick(1_000);
  }
  assert.equal((await service.ask('GET /experiments/other')).json().status, 'RUNNING');
});

test('a running experiment takes nobody after its set end, even before that is noticed', async () => {
  await using service = openApp();
  await service.ask('PATCH /experiments/homepage', { json: { end_time: iso(START + MINUTE) } });
  service.now = START + MINUTE;
  assert.equal((await service.askOpenly('GET /assign?visitor_id=v')).json().assignment_timestamp, null);
});

test('a start that is refused because of the page comes when the page is free', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ page: 'home', start_time: iso(START + MINUTE) }) });
  service.now = START + 2 * MINUTE;
  await service.ask('PATCH /experiments/landing-theme', { json: { name: 'x' } });
  assert.equal((await service.ask('GET /experiments/two')).json().status, 'DRAFT');
  assert.equal(service.lines.filter((line) => line.includes('RUNNING on the page')).length, 1);
  await service.ask('PATCH /experiments/homepage', { json: { status: 'PAUSED' } });
  assert.equal((await service.ask('GET /experiments/two')).json().status, 'RUNNING');
});

test('a toggle with a schedule turns for everybody who follows, under a new version', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  await using service = openApp();
  await service.ask('PUT /api/toggles/sale', { json: { enabled: true, start_time: iso(START + MINUTE), end_time: iso(START + 3 * MINUTE) } });
  const stream = listen((await service.askOpenly('GET /config/stream')).reply);
  for (const minutes of [1, 2]) {
    service.now += minutes * MINUTE;
    for (let minute = 0; minute < minutes; minute += 1) context.mock.timers.tick(MINUTE);
  }
  const documents = [...stream.text().matchAll(/data: (.*)\n/g)].map(([, data = '']) => JSON.parse(data));
  assert.deepEqual(documents.map(({ version, toggles }) => [version, toggles.sale]), [[2, false], [3, true], [4, false]]);
  stream.close();
});

test('POST /experiments refuses a start in the past and an end before it', async () => {
  await using service = openApp();
  const fieldsOf = async (json: object): Promise<string[]> => (await service.ask('POST /experiments', { json: twoVariants({ ...json }) })).json().errors.map(({ field }: { field: string }) => field);
  assert.deepEqual(await fieldsOf({ start_time: iso(START - 1) }), ['/start_time']);
  assert.deepEqual(await fieldsOf({ end_time: iso(START - 1) }), ['/end_time']);
  assert.deepEqual(await fieldsOf({ start_time: iso(START + MINUTE), end_time: iso(START + MINUTE) }), ['/end_time']);
});

test('dueSteps() and nextTime() look at drafts with a start and others with an end', async () => {
  await using service = openApp();
  const of = async (json: object) => (await service.ask('POST /experiments', { json: twoVariants({ ...json }) })).json();
  const starting = await of({ start_time: iso(START + 2 * MINUTE) });
  const ending = await of({ status: 'RUNNING', end_time: iso(START + 3 * MINUTE) });
  const all = [starting, ending, await of({})];
  assert.deepEqual(dueSteps(all, START + MINUTE), []);
  assert.deepEqual(dueSteps(all, START + 3 * MINUTE), [{ experiment_id: ending.experiment_id, status: 'COMPLETED' }, { experiment_id: starting.experiment_id, status: 'RUNNING' }]);
  assert.equal(nextTime(all, [], START), START + 2 * MINUTE);
  assert.equal(nextTime(all, [], START + 2 * MINUTE), START + 3 * MINUTE);
  assert.equal(nextTime([], [], START), undefined);
});
