import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../shared/sqlite/open.ts';
import { AB_SCHEMA } from '../src/schema.ts';
import { openApp, twoVariants } from './support/open-app.ts';
import type { OpenApp } from './support/open-app.ts';

interface Answer {
  readonly visitor_id: string;
  readonly variant: string;
  readonly assignment_timestamp: string | null;
}

const assign = async (service: OpenApp, experiment: string, visitors: readonly string[], context?: object): Promise<readonly Answer[]> =>
  (await service.ask('POST /assign', { json: { assignments: visitors.map((visitor_id) => ({ visitor_id, experiment, ...(context === undefined ? {} : { context }) })) } })).json().assignments;

const people = Array.from({ length: 1_000 }, (_, index) => `p${index}`);
const partOf = (answers: readonly Answer[]): readonly string[] => answers.filter(({ assignment_timestamp }) => assignment_timestamp !== null).map(({ visitor_id }) => visitor_id);
/** Five standard deviations of a binomial count: passed by chance but once in a million. */
const near = (count: number, share: number): void => assert.ok(Math.abs(count - 1_000 * share) < 5 * Math.sqrt(1_000 * share * (1 - share)), `${count} of 1000 is not ${share}`);

test('coverage lets in its share, and raising it keeps everybody where they were', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING', coverage_percent: 20 }) });
  const first = await assign(service, 'two', people);
  near(partOf(first).length, 0.2);
  await service.ask('PATCH /experiments/two', { json: { coverage_percent: 60 } });
  const second = await assign(service, 'two', people);
  near(partOf(second).length, 0.6);
  const then = new Map(second.map((answer) => [answer.visitor_id, answer]));
  for (const answer of first) if (answer.assignment_timestamp !== null) assert.equal(then.get(answer.visitor_id)?.variant, answer.variant);
});

test('targeting lets in whom its condition fits, by context, query and user agent', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING', targeting: { device: 'mobile', utm_source: { $in: ['mail', 'ad'] } } }) });
  const isIn = async (id: string, context: object): Promise<boolean> => (await assign(service, 'two', [id], context))[0]?.assignment_timestamp !== null;
  assert.equal(await isIn('a', { device: 'mobile', utm_source: 'mail' }), true);
  assert.equal(await isIn('b', { device: 'desktop', utm_source: 'mail' }), false);
  assert.equal(await isIn('c', {}), false);
  const user_agent = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1';
  assert.equal(await isIn('d', { user_agent, utm_source: 'ad' }), true);
  const byQuery = await service.askOpenly('GET /assign?visitor_id=e&experiment=two&device=mobile&utm_source=ad');
  assert.equal(byQuery.json().is_new, true);
  assert.equal(await isIn('a', {}), true, 'whoever is assigned stays, whatever is known later');
});

test('a weight of 0 takes nobody new', async () => {
  await using service = openApp();
  const variants = [0, 100, 0].map((traffic_allocation_percent, index) => ({ variant_name: `V${index}`, traffic_allocation_percent }));
  await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING', variants }) });
  assert.deepEqual(new Set((await assign(service, 'two', people)).map(({ variant }) => variant)), new Set(['V1']));
});

test('experiments of a group share visitors without any in two, whatever order they ask in', async () => {
  await using service = openApp();
  for (const key of ['one', 'two', 'three']) await service.ask('POST /experiments', { json: twoVariants({ key, group: 'checkout', status: 'RUNNING' }) });
  const parts = [];
  for (const key of ['three', 'one', 'two']) parts.push(partOf(await assign(service, key, people)));
  for (const part of parts) near(part.length, 1 / 3);
  assert.equal(new Set(parts.flat()).size, 1_000);
  assert.equal(parts.flat().length, 1_000);
});

test('a visitor stays out of a group as long as another of its experiments that has them is not completed', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ key: 'one', group: 'checkout', status: 'RUNNING' }) });
  assert.equal(partOf(await assign(service, 'one', people)).length, 1_000);
  await service.ask('POST /experiments', { json: twoVariants({ key: 'two', group: 'checkout', status: 'RUNNING' }) });
  assert.equal(partOf(await assign(service, 'two', people)).length, 0);
  await service.ask('PATCH /experiments/one', { json: { status: 'PAUSED' } });
  assert.equal(partOf(await assign(service, 'two', people)).length, 0);
  await service.ask('PATCH /experiments/one', { json: { status: 'COMPLETED' } });
  assert.equal(partOf(await assign(service, 'two', people)).length, 1_000);
});

test('testers get the variant that names them, marked in the log, and are taken for no bots', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING', coverage_percent: 0, forced: { anna: 'A', ben: 'B', constructor: 'A' } }) });
  const answers = await assign(service, 'two', ['anna', 'ben', 'carl', 'constructor'], { automation: true });
  assert.deepEqual(answers.map(({ variant, assignment_timestamp }) => [variant, assignment_timestamp !== null]), [['A', true], ['B', true], ['A', false], ['A', true]]);
  assert.deepEqual((await service.ask('GET /assignments')).json().data.map(({ visitor_id, forced }: { visitor_id: string; forced: boolean }) => [visitor_id, forced]), [['anna', true], ['ben', true], ['constructor', true]]);
  assert.deepEqual((await service.ask('GET /visitors/ben')).json().tester_in, ['two']);
  const { testers } = (await service.askOpenly('GET /exclusions?experiment=two')).json().data[0];
  assert.equal(testers, 3);
  assert.equal((await service.ask('PATCH /experiments/two', { json: { forced: { dora: 'Z' } } })).status, 400);
});

test('programs get the control, are not stored, and are counted by reason, also over a restart', async () => {
  using database = openDatabase({ file: ':memory:', ...AB_SCHEMA });
  {
    await using service = openApp({}, database);
    for (const context of [{ prefetch: true }, { automation: true }, { user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }, { user_agent: 'Mozilla/5.0 HeadlessChrome/140.0' }])
      for (const answer of await assign(service, 'homepage', ['x1', 'x2', 'x3'], context)) assert.deepEqual([answer.variant, answer.assignment_timestamp], ['A', null]);
    assert.equal((await service.askOpenly('GET /assign?visitor_id=x1&prefetch=true')).json().assignment_timestamp, null);
    assert.equal((await service.askOpenly('GET /assign?visitor_id=curl', { headers: { 'user-agent': 'curl/8 Googlebot' } })).json().is_new, true);
    assert.match(service.meter.text(), /excluded_requests_total\{reason="prefetch"\} 4\n/);
  }
  await using service = openApp({}, database);
  const [homepage, theme] = (await service.askOpenly('GET /exclusions')).json().data;
  assert.deepEqual([homepage.requests, homepage.total_requests, theme.total_requests], [{ automation: 3, bot: 3, headless: 3, prefetch: 4 }, 13, 0]);
  assert.equal((await service.askOpenly('GET /exclusions?experiment=none')).status, 404);
});

test('GET /exclusions lists drafts for holders of a token alone', async () => {
  await using service = openApp();
  await service.ask('POST /experiments', { json: twoVariants({ status: 'DRAFT' }) });
  const keysOf = (answer: { readonly json: () => any }): readonly string[] => answer.json().data.map(({ experiment }: { experiment: string }) => experiment);
  const [all, open] = [keysOf(await service.ask('GET /exclusions')), keysOf(await service.askOpenly('GET /exclusions'))];
  assert.deepEqual([all.length - open.length, open.includes('homepage'), open.includes('two')], [1, true, false]);
});

test('BOT_FILTER=off takes programs for people', async () => {
  await using service = openApp({ BOT_FILTER: 'off' });
  assert.equal(partOf(await assign(service, 'homepage', people.slice(0, 10), { automation: true, user_agent: 'Googlebot' })).length, 10);
});

test('GET /exclusions counts nothing for an experiment that was counted for a deleted one before it', async () => {
  using database = openDatabase({ file: ':memory:', ...AB_SCHEMA });
  const requestsOf = async (service: OpenApp): Promise<unknown> => (await service.ask('GET /exclusions?experiment=two')).json().data[0].requests;
  {
    await using service = openApp({}, database);
    for (const round of [1, 2]) {
      await service.ask('POST /experiments', { json: twoVariants({ status: 'RUNNING' }) });
      assert.deepEqual(await requestsOf(service), {}, `round ${round}`);
      await service.askOpenly('GET /assign?visitor_id=v&experiment=two&prefetch=1');
      assert.deepEqual(await requestsOf(service), { prefetch: 1 });
      assert.equal((await service.ask('DELETE /experiments/two')).status, 204);
    }
  }
  await using service = openApp({}, database);
  await service.ask('POST /experiments', { json: twoVariants() });
  assert.deepEqual(await requestsOf(service), {});
});
