import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { uuidv7 } from '../../shared/uuid.ts';
import type { Bench, BenchCase } from './bench-case.ts';
import { readable } from './bench-table.ts';
import type { BenchSystem } from './bench-system.ts';
import { compare } from './compare.ts';
import { enrolVisitors } from './enrol-visitors.ts';
import { median } from './figure.ts';
import type { Figure } from './figure.ts';
import { GOALS } from './goal.ts';
import { FRESH_ID } from './load-plan.ts';
import { assignRequest, assignmentsRequest, requestText } from './request-text.ts';

const REPEAT_VISITORS = 10_000;
const BATCH = 1_000;
const BATCH_CONNECTIONS = 4;
const RAW = fileURLToPath(new URL('./raw-assignment-store.ts', import.meta.url));

/** Rows a second, and CPU time of one. */
interface Rows {
  readonly per_second: number;
  readonly cpu_us: number;
}

const runRaw = async (system: BenchSystem, bench: Bench): Promise<Rows> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', RAW, join(system.data_dir, 'raw.sqlite'), '500', String(bench.measure_ms)]);
  const { rows, seconds, cpu_us } = JSON.parse(stdout) as { readonly rows: number; readonly seconds: number; readonly cpu_us: number };
  return { per_second: rows / seconds, cpu_us: cpu_us / rows };
};

const againstRaw = async (bench: Bench): Promise<readonly Figure[]> => {
  const raws: Rows[] = [];
  const services: Rows[] = [];
  const memory: number[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    bench.tell(`round ${round + 1} of ${bench.rounds}`);
    await using system = await bench.start('ab');
    raws.push(await runRaw(system, bench));
    const result = await bench.load(system, { requests: assignmentsRequest(BATCH), connections: BATCH_CONNECTIONS, names: ['ab'] });
    services.push({ per_second: result.per_second * BATCH, cpu_us: (result.cpu_us[0] ?? NaN) / BATCH });
    memory.push(result.rss_mb[0] ?? NaN);
  }
  const of = (rows: readonly Rows[], pick: (row: Rows) => number): string => readable(median(rows.map(pick)));
  return [
    {
      what: 'of raw SQLite, by rows/s',
      unit: '',
      values: services.map(({ per_second }, round) => per_second / (raws[round]?.per_second ?? NaN)),
      goal: GOALS.assign_batch,
      note: `${of(services, (row) => row.per_second)} of ${of(raws, (row) => row.per_second)} rows/s; ${of(services, (row) => row.cpu_us)} µs against ${of(raws, (row) => row.cpu_us)} µs of CPU a row`,
    },
    { what: 'of raw SQLite, by CPU a row', unit: '', values: services.map(({ cpu_us }, round) => (raws[round]?.cpu_us ?? NaN) / cpu_us) },
    { what: 'memory', unit: 'MB', values: memory, goal: GOALS.memory_batch_mb },
  ];
};

/** Assignments, each new one on disk before it is answered, and evaluations of flags. */
export const assignCases: readonly BenchCase[] = [
  {
    name: 'assign-new',
    title: 'GET /assign, new visitors',
    run: (bench) =>
      compare(bench, { names: ['ab'], ids: 'v7', requests: () => [assignRequest(FRESH_ID)], cpu_goal: GOALS.assign_new, p99_goal: GOALS.event_p99_ms, memory_goal: GOALS.memory_single_mb }),
  },
  {
    name: 'assign-repeat',
    title: 'GET /assign, visitors seen before',
    run: (bench) =>
      compare(bench, {
        names: ['ab'],
        ids: 'v7',
        requests: async (system) => (await enrolVisitors(system, Array.from({ length: REPEAT_VISITORS }, () => uuidv7()))).map(assignRequest),
        cpu_goal: GOALS.assign_repeat,
        memory_goal: GOALS.memory_single_mb,
      }),
  },
  { name: 'assign-batch', title: 'POST /assign, 1,000 new visitors a request', run: againstRaw },
  {
    name: 'ofrep',
    title: 'POST /ofrep/v1/evaluate/flags/{key}, one toggle',
    run: (bench) =>
      compare(bench, {
        names: ['ab'],
        ids: 'v7',
        requests: async (system) => {
          const answer = await fetch(`${system.process('ab').url}/api/toggles`);
          const listed = (await answer.json()) as { readonly data?: readonly { readonly key: string }[] } | readonly { readonly key: string }[];
          const [first] = Array.isArray(listed) ? listed : ((listed as { readonly data?: readonly { readonly key: string }[] }).data ?? []);
          return [requestText('POST', `/ofrep/v1/evaluate/flags/${first?.key ?? 'homepage'}`, { context: { targetingKey: FRESH_ID, device: 'mobile' } })];
        },
        cpu_goal: GOALS.ofrep,
      }),
  },
];
