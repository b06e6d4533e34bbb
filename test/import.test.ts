import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startSystem } from './support/system.ts';
import type { System } from './support/system.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** A real test of 294,478 rows that some checkouts have beside them; it has no licence, so it is not part of this repository. */
const REAL = join(root, '../shared/data/ab_data.csv.gz');
const EXPECTED = join(root, '../shared/data/ab_data.expected.json');
const folder = mkdtempSync(join(tmpdir(), 'fairsplit-import-'));
let system: System;

before(async () => {
  system = await startSystem({ services: ['ab', 'metrics'] });
});
after(async () => {
  await system.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> =>
  promisify(execFile)(process.execPath, [join(root, 'tools/import.ts'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], DATA_DIR: system.data_dir, METRICS_URL: system.metrics.url, METRICS_PORT: new URL(system.metrics.url).port, API_TOKEN: system.api_token },
    timeout: 300_000,
  });

const get = async (path: string): Promise<any> => {
  const answer = await fetch(system.metrics.url + path, { headers: { authorization: `Bearer ${system.api_token}` } });
  assert.equal(answer.status, 200, path);
  return answer.json();
};

const figures = ({ variant_stats }: any): readonly number[] => Object.values<any>(variant_stats).flatMap((stats) => [stats.total_assigned_users, stats.conversion_count]);
const close = (actual: number, expected: number, relative = 1e-6): void => assert.ok(Math.abs(actual - expected) <= Math.abs(expected) * relative + 1e-12, `${actual} is not ${expected}`);
const COLUMNS = ['--visitor', 'user_id', '--variant', 'group', '--time', 'timestamp', '--converted', 'converted'];

test('npm run import stores what it can read, sets aside what it cannot, and changes nothing the second time', async () => {
  const file = join(folder, 'small.csv');
  const rows = Array.from({ length: 200 }, (_, index) => `${index},2020-01-0${1 + (index % 5)} 10:00:00,${index % 2 ? 'control' : 'treatment'},${index % 7 === 0 ? 1 : 0}`);
  writeFileSync(file, ['user_id,timestamp,group,converted', ...rows, '7,never,control,0', '8,2020-01-01,control,maybe', ''].join('\n'));
  const args = [file, '--experiment', 'small', ...COLUMNS, '--map', 'control=A,treatment=B'];

  const first = await run(...args);
  assert.match(first.stdout, /202 rows: 200 kept, 0 left out by --keep, 2 rejected/);
  assert.match(readFileSync(join(folder, 'small.rejected.csv'), 'utf8'), /^line,reason,row\n202,timestamp is not a time.*\n203,"?converted must be/);
  const results = await get('/experiments/small/results');
  const converted = (parity: number): number => rows.filter((row, index) => index % 2 === parity && row.endsWith(',1')).length;
  assert.deepEqual(figures(results), [100, converted(1), 100, converted(0)]);

  const second = await run(...args);
  assert.match(second.stdout, /0 records stored/);
  assert.deepEqual(await get('/experiments/small/results'), results);
});

test('npm run import sets aside every row that the service refuses, each once', async () => {
  const file = join(folder, 'refused.csv');
  const rows = Array.from({ length: 250 }, (_, index) => `${index},2020-01-01 10:00:00,${index % 2 ? 'A' : 'B'},${index % 5 === 0 ? 0 : 1}`);
  writeFileSync(file, ['user_id,timestamp,group,converted', ...rows, ''].join('\n'));
  const { stdout } = await run(file, '--experiment', 'refused', ...COLUMNS, '--metric', 'm'.repeat(100));
  assert.match(stdout, /250 rows: 50 kept, 0 left out by --keep, 200 rejected/);
  const lines = readFileSync(join(folder, 'refused.rejected.csv'), 'utf8').split('\n').slice(1, -1);
  assert.deepEqual(lines.map((line) => Number(line.split(',', 1)[0])), rows.flatMap((_, index) => (index % 5 === 0 ? [] : [index + 2])));
});

test('npm run import explains a wrong column and a file that is not there, each in one line', async () => {
  const file = join(folder, 'columns.csv');
  writeFileSync(file, 'user_id,timestamp,group,converted\n');
  const refusals = [
    [[file, '--experiment', 'x', '--visitor', 'nobody', ...COLUMNS.slice(2)], /no column "nobody"/],
    [['absent.csv', '--experiment', 'x', ...COLUMNS], /no file absent\.csv/],
  ] as const;
  for (const [args, words] of refusals) await assert.rejects(run(...args), (error: { readonly stderr: string }) => words.test(error.stderr) && error.stderr.trim().split('\n').length === 1);
});

test('a real test of 294,478 rows gives the published results, whole and cleaned', { skip: existsSync(REAL) ? false : 'the data set is not here' }, async (context) => {
  const expected = JSON.parse(readFileSync(EXPECTED, 'utf8')).analyses.cleaned;
  const cleaned = [REAL, '--experiment', 'old-page', ...COLUMNS, '--map', 'control=A,treatment=B', '--keep', 'group=control,landing_page=old_page', '--keep', 'group=treatment,landing_page=new_page', '--rejects', join(folder, 'r.csv')];
  const began = performance.now();
  await run(...cleaned);
  context.diagnostic(`imported in ${((performance.now() - began) / 1000).toFixed(1)} s`);

  const results = await get('/experiments/old-page/results');
  assert.deepEqual(figures(results), [145_274, 17_489, 145_310, 17_264]);
  const { analysis } = results;
  const [comparison] = analysis.comparisons;
  close(analysis.chi_squared.statistic, expected.chiSquared.statistic);
  close(analysis.chi_squared.p_value, expected.chiSquared.pValue);
  close(comparison.z, expected.zPooled);
  close(comparison.p_value, expected.pValue);
  close(comparison.absolute_difference, expected.difference);
  close(comparison.relative_lift, expected.lift);
  close(analysis.rates[0].ci[0], expected.a.wilson95.low);
  close(analysis.rates[1].ci[1], expected.b.wilson95.high);
  close(analysis.bayesian[1].probability_beats_control, expected.bayesBeta11.probabilityBBeatsA);
  close(comparison.sequential.ci[0], expected.sequentialAbsolute95.low);

  await run(...cleaned);
  assert.deepEqual(await get('/experiments/old-page/results'), results);

  await run(REAL, '--experiment', 'whole', ...COLUMNS, '--map', 'control=A,treatment=B', '--rejects', join(folder, 'r.csv'));
  const whole = await get('/experiments/whole/results');
  assert.deepEqual(figures(whole), [144_300, 17_468, 144_389, 17_268]);
  assert.equal(whole.exclusions.conflicting_assignments, 1_895);
});
