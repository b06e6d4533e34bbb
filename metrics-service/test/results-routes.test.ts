import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResultsAnswer } from '../../shared/contract/results.ts';
import { adoptExperiment } from '../src/experiment/adopt-experiment.ts';
import { definitionOf } from './support/definition-of.ts';
import { openApp } from './support/open-app.ts';

const at = (text: string): string => new Date(text).toISOString();
const assignment = (visitor_id: string, variant: string, timestamp: string, more: object = {}): object => ({ record: 'assignment', visitor_id, experiment_id: 'exp', variant, timestamp: at(timestamp), ...more });
const event = (visitor_id: string, event_type: string, timestamp: string, more: object = {}): object => ({ record: 'event', visitor_id, event_type, timestamp: at(timestamp), ...more });

const RECORDS = [
  assignment('a1', 'A', '2025-12-01T10:00Z'),
  assignment('a2', 'A', '2025-12-02T10:00Z'),
  assignment('b1', 'B', '2025-12-01T23:30Z'),
  assignment('b2', 'B', '2025-12-03T10:00Z'),
  assignment('both', 'A', '2025-12-01T10:00Z'),
  assignment('both', 'B', '2025-12-01T11:00Z'),
  assignment('tester', 'B', '2025-12-01T11:00Z', { forced: true }),
  event('a1', 'form_submit', '2025-12-01T11:00Z', { value: 20 }),
  event('a1', 'form_submit', '2025-12-01T12:00Z', { properties: { price: 5 } }),
  event('b1', 'form_submit', '2025-12-03T09:00Z', { event_name: 'footer' }),
  event('b2', 'form_submit', '2025-12-03T09:00Z'),
  event('both', 'form_submit', '2025-12-03T09:00Z'),
  event('stranger', 'form_submit', '2025-12-03T09:00Z', { experiment_id: 'exp', variant: 'A' }),
  event('a2', 'page_view', '2025-12-02T11:00Z', { experiment_id: 'other' }),
];

test('GET /experiments/{id}/results counts assigned visitors, their events from the assignment on, and each conversion once', async () => {
  using service = openApp();
  assert.deepEqual((await service.import(RECORDS)).json(), { lines: RECORDS.length, accepted: RECORDS.length, duplicates: 0, rejected: 0, errors: [] });
  const results: ResultsAnswer = (await service.ask('GET /experiments/exp/results')).json();
  assert.deepEqual(results.variant_stats, {
    A: { total_assigned_users: 2, conversion_rate: 0.5, conversion_count: 1, event_counts: { form_submit: 2 }, metrics: { total_revenue: 25, revenue_per_user: 12.5 }, traffic_allocation: 50 },
    B: { total_assigned_users: 2, conversion_rate: 0.5, conversion_count: 1, event_counts: { form_submit: 1 }, metrics: { total_revenue: 0, revenue_per_user: 0 }, traffic_allocation: 50 },
  });
  assert.deepEqual(results.exclusions, { conflicting_assignments: 1, forced: 1, bots: 0, previews: 0 });
  const { total_users_in_experiment, total_events, global_conversion_rate, status, primary_metric_name, start_time, end_time, experiment_days_running, total_variants } = results;
  assert.deepEqual(
    { total_users_in_experiment, total_events, global_conversion_rate, status, primary_metric_name, start_time, end_time, experiment_days_running, total_variants },
    { total_users_in_experiment: 4, total_events: 3, global_conversion_rate: 0.5, status: 'COMPLETED', primary_metric_name: 'form_submit', start_time: at('2025-12-01T10:00Z'), end_time: at('2025-12-03T10:00Z'), experiment_days_running: 2, total_variants: 2 },
  );
});

test('GET /experiments/{id}/results takes whole days of a time zone, for assignments and events alike', async () => {
  using service = openApp();
  await service.import(RECORDS);
  const users = async (query: string): Promise<readonly number[]> => {
    const { variant_stats: { A, B } } = (await service.ask(`GET /experiments/exp/results?${query}`)).json() as ResultsAnswer;
    return [A?.total_assigned_users ?? 0, A?.conversion_count ?? 0, B?.total_assigned_users ?? 0, B?.conversion_count ?? 0];
  };
  assert.deepEqual(await users('start_date=2025-12-01&end_date=2025-12-01'), [1, 1, 1, 0]);
  assert.deepEqual(await users('start_date=2025-12-01&end_date=2025-12-03'), [2, 1, 2, 1]);
  assert.deepEqual(await users('start_date=2025-12-02'), [1, 0, 1, 0]);
  assert.deepEqual(await users('end_date=2025-12-01&timezone=Europe/Berlin'), [1, 1, 0, 0]);
});

test('GET /experiments/{id}/results counts another metric where event_type asks for it', async () => {
  using service = openApp();
  await service.import(RECORDS);
  const named: ResultsAnswer = (await service.ask('GET /experiments/exp/results?event_type=form_submit:footer')).json();
  assert.deepEqual([named.variant_stats['A']?.conversion_count, named.variant_stats['B']?.conversion_count], [0, 1]);
  const unknown: ResultsAnswer = (await service.ask('GET /experiments/exp/results?event_type=nothing')).json();
  assert.deepEqual([unknown.variant_stats['A']?.conversion_count, unknown.total_events], [0, 0]);
});

test('GET /experiments/{id}/results cuts a series in any time zone, with empty stretches and what it comes to', async () => {
  using service = openApp();
  await service.import(RECORDS);
  const { series } = (await service.ask('GET /experiments/exp/results?aggregation=day&timezone=Asia/Kolkata')).json() as ResultsAnswer;
  assert.deepEqual(series?.map(({ start, local }) => [start, local]), [
    ['2025-11-30T18:30:00.000Z', '2025-12-01T00:00:00+05:30'],
    ['2025-12-01T18:30:00.000Z', '2025-12-02T00:00:00+05:30'],
    ['2025-12-02T18:30:00.000Z', '2025-12-03T00:00:00+05:30'],
  ]);
  assert.deepEqual(series?.map(({ variants: { B } }) => [B?.users, B?.conversions, B?.cumulative_users, B?.cumulative_rate]), [
    [0, 0, 0, null],
    [1, 0, 1, 0],
    [1, 1, 2, 0.5],
  ]);
});

test('GET /experiments/{id}/results refuses days and time zones that do not exist, and unknown experiments', async () => {
  using service = openApp();
  await service.import(RECORDS);
  const fields = async (query: string): Promise<unknown> => (await service.ask(`GET /experiments/exp/results?${query}`)).json().errors?.map(({ field }: { field: string }) => field);
  assert.deepEqual(await fields('start_date=2025-02-30&end_date=soon'), ['end_date']);
  assert.deepEqual(await fields('start_date=2025-02-30&timezone=Moon/Base'), ['timezone', 'start_date']);
  assert.deepEqual(await fields('start_date=2025-02-02&end_date=2025-02-01'), ['end_date']);
  assert.deepEqual(await fields('aggregation=minute'), ['aggregation']);
  assert.equal((await service.ask('GET /experiments/nothing/results')).status, 404);
});

test('GET /experiments/{id}/results takes names, weights and metrics from the definition, by id or key', async () => {
  using service = openApp();
  await service.import(RECORDS);
  const definition = definitionOf('exp', { name: 'The test', primary_metric_name: 'form_submit:footer', weights: { B: 80, A: 20 } });
  await service.stores.writer.run(() => adoptExperiment(service.stores, definition));
  for (const id of ['exp', definition.experiment_id]) {
    const results: ResultsAnswer = (await service.ask(`GET /experiments/${id}/results`)).json();
    assert.deepEqual([results.name, results.key, results.experiment_id, results.primary_metric_name], ['The test', 'exp', definition.experiment_id, 'form_submit:footer']);
    assert.deepEqual(Object.entries(results.variant_stats).map(([name, stats]) => [name, stats.traffic_allocation, stats.conversion_count]), [['B', 80, 1], ['A', 20, 0]]);
  }
});

test('GET /experiments/{id}/results expects users as the phases split them', async () => {
  using service = openApp();
  const users = (variant: string, count: number, day: string): object[] => Array.from({ length: count }, (_, index) => assignment(`${variant} ${day} ${index}`, variant, `2025-12-${day}T10:07:00Z`));
  await service.import([...users('A', 90, '01'), ...users('B', 10, '01'), ...users('A', 50, '05'), ...users('B', 50, '05')]);
  const phases = [
    { start_time: at('2025-12-01T00:00Z'), coverage_percent: 100, weights: { A: 90, B: 10 } },
    { start_time: at('2025-12-05T10:03:20Z'), coverage_percent: 100, weights: { A: 50, B: 50 } },
  ];
  await service.stores.writer.run(() => adoptExperiment(service.stores, definitionOf('exp', { phases, weights: { A: 50, B: 50 } })));
  const { analysis }: ResultsAnswer = (await service.ask('GET /experiments/exp/results')).json();
  assert.deepEqual([analysis.srm.mismatch, analysis.srm.statistic], [false, 0]);
});

test('GET /experiments/{id}/results analyses every metric, adjusted together, and shows its work when asked', async () => {
  using service = openApp();
  await service.import(RECORDS);
  await service.stores.writer.run(() => adoptExperiment(service.stores, definitionOf('exp', { secondary_metric_names: ['form_submit:footer', 'form_submit'], guardrail_metric_names: ['page_view'] })));
  const results: ResultsAnswer = (await service.ask('GET /experiments/exp/results?show_work=true&minimum_detectable_effect=0.5')).json();
  assert.deepEqual(results.metrics.map(({ metric_name, role, variant_stats: { A, B } }) => [metric_name, role, A?.conversion_count, B?.conversion_count]), [
    ['form_submit', 'primary', 1, 1],
    ['form_submit:footer', 'secondary', 0, 1],
    ['page_view', 'guardrail', 0, 0],
  ]);
  assert.deepEqual(results.metrics[0]?.analysis, results.analysis);
  assert.ok(results.analysis.work !== undefined);
  assert.equal(results.plan.minimum_detectable_effect, 0.5);
});

test('GET /experiments/{id}/results looks at visitors of one device or source, and says where a wrong split comes from', async () => {
  using service = openApp();
  const phone = { user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1' };
  const desk = { user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', referrer: 'https://www.google.com/' };
  const visitor = (id: string, variant: string, context: object, converts: boolean): object[] => [
    assignment(id, variant, '2025-12-01T10:00Z'),
    event(id, 'page_view', '2025-12-01T10:00Z', { event_id: `view ${id}`, context }),
    ...(converts ? [event(id, 'form_submit', '2025-12-01T10:01Z', { event_id: `submit ${id}` })] : []),
  ];
  const records = [
    ...Array.from({ length: 40 }, (_, index) => visitor(`desk ${index}`, index % 2 === 0 ? 'A' : 'B', desk, index % 4 === 0)).flat(),
    ...Array.from({ length: 40 }, (_, index) => visitor(`phone ${index}`, 'A', phone, false)).flat(),
  ];
  await service.import(records);
  await service.stores.follower.settle();
  const of = async (query: string): Promise<ResultsAnswer> => (await service.ask(`GET /experiments/exp/results?${query}`)).json();
  const users = ({ variant_stats }: ResultsAnswer): unknown => Object.entries(variant_stats).map(([name, stats]) => [name, stats.total_assigned_users, stats.conversion_count]);
  assert.deepEqual(users(await of('device=mobile')), [['A', 40, 0]]);
  assert.deepEqual(users(await of('source=google&aggregation=day')), [['A', 20, 10], ['B', 20, 0]]);
  assert.deepEqual((await of('source=google&aggregation=day')).series?.map(({ variants: { A } }) => [A?.users, A?.conversions]), [[20, 10]]);
  assert.deepEqual(users(await of('browser=none')), []);
  const { srm_by, analysis } = await of('srm_by=device');
  assert.equal(analysis.srm.mismatch, true);
  assert.deepEqual(srm_by?.map(({ value, users: { A, B }, mismatch }) => [value, A, B, mismatch]), [['mobile', 40, 0, true], ['desktop', 20, 20, false]]);
  assert.deepEqual((await of('srm_by=day')).srm_by?.map(({ value, users: { A, B } }) => [value, A, B]), [['2025-12-01', 60, 20]]);
});
