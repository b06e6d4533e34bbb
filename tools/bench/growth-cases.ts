import { uuidv7 } from '../../shared/uuid.ts';
import type { Bench, BenchCase } from './bench-case.ts';
import { readable } from './bench-table.ts';
import type { BenchSystem } from './bench-system.ts';
import { enrolVisitors } from './enrol-visitors.ts';
import { median } from './figure.ts';
import type { Figure } from './figure.ts';
import { GOALS } from './goal.ts';
import { FRESH_ID } from './load-plan.ts';
import type { LoadResult } from './load-plan.ts';
import { processCost } from './process-cost.ts';
import { assignRequest, assignmentsRequest, batchRequest } from './request-text.ts';
import { fillEvents, statsIdle, statsUnderIngestion } from './stats-cases.ts';

const EVENTS_SMALL = 100_000;
const ASSIGNMENTS_SMALL = 1_000;
const ASSIGNMENTS_A_REQUEST = 1_000;
const FILL_STEPS = 20;
/** Visitors met again later, spread over the whole history. */
const KNOWN_A_STEP = 500;
const BATCH = 100;

const cpuOf = (results: readonly LoadResult[]): readonly number[] => results.map(({ cpu_us }) => cpu_us[0] ?? NaN);

const memoryOf = (system: BenchSystem, name: 'ab' | 'metrics'): number => processCost(system.process(name).id).rss_bytes / 1e6;

/** Figures of the large database beside those of the small: more is better, since it is the small one's CPU over the large one's. */
const growth = (what: string, small: readonly LoadResult[], large: readonly LoadResult[], goal: Figure['goal']): Figure => ({
  what: `${what}: of the small one, by CPU`,
  unit: '',
  values: cpuOf(large).map((cpu, round) => (cpuOf(small)[round] ?? NaN) / cpu),
  goal,
  note: `${readable(median(cpuOf(large)))} against ${readable(median(cpuOf(small)))} µs a request; ${readable(median(large.map(({ per_second }) => per_second)))} against ${readable(median(small.map(({ per_second }) => per_second)))}/s; p99 ${readable(median(large.map(({ p99_ms }) => p99_ms)))} against ${readable(median(small.map(({ p99_ms }) => p99_ms)))} ms`,
});

const times = async <T>(bench: Bench, measure: () => Promise<T>): Promise<readonly T[]> => {
  const results: T[] = [];
  for (let round = 0; round < bench.rounds; round += 1) results.push(await measure());
  return results;
};

/** Stops a service and starts it on what it has; returns how long that took (milliseconds). */
const restart = async (system: BenchSystem, name: 'ab' | 'metrics'): Promise<number> => {
  await system.process(name).stop();
  await system.process(name).start();
  return system.process(name).start_ms;
};

const growMetrics = async (bench: Bench): Promise<readonly Figure[]> => {
  await using system = await bench.start('ab', 'metrics');
  const measure = async () => ({ idle: await times(bench, () => statsIdle(bench, system)), busy: await times(bench, () => statsUnderIngestion(bench, system)) });
  bench.tell(`filling ${readable(EVENTS_SMALL)} events`);
  await fillEvents(bench, system, EVENTS_SMALL);
  const small = await measure();
  bench.tell(`filling ${readable(bench.events)} events`);
  const filled = await fillEvents(bench, system, bench.events - EVENTS_SMALL);
  bench.tell('measuring');
  const large = await measure();
  const batches = await times(bench, () => bench.load(system, { requests: batchRequest(BATCH), names: ['metrics'] }));
  const memory = memoryOf(system, 'metrics');
  const answer = await fetch(`${system.process('metrics').url}/stats?experiment=homepage`);
  const { total_events } = (await answer.json()) as { readonly total_events: number };
  const starts = await times(bench, () => restart(system, 'metrics'));
  await system.process('metrics').stop();
  const ratio = (pick: (one: typeof small) => readonly number[]): number[] => pick(large).map((value, round) => value / (pick(small)[round] ?? NaN));
  return [
    growth('one event', small.busy.map(({ events }) => events), large.busy.map(({ events }) => events), GOALS.event_growth),
    { what: '/stats p50, idle', unit: 'ms', values: large.idle, goal: GOALS.stats_p50_ms },
    { what: '/stats p50, idle: times the small one', unit: '', values: ratio(({ idle }) => idle), goal: GOALS.stats_growth },
    { what: '/stats p50, under full ingestion', unit: 'ms', values: large.busy.map(({ p50_ms }) => p50_ms), goal: GOALS.stats_p50_ms },
    { what: 'memory after batches', unit: 'MB', values: [memory], goal: GOALS.memory_batch_mb, note: `batches of ${BATCH}: ${readable(median(batches.map(({ per_second }) => per_second * BATCH)))} events/s, p99 ${readable(median(batches.map(({ p99_ms }) => p99_ms)))} ms; filled at ${readable(filled.per_second * 1_000)} events/s; ${readable(total_events)} events in the end` },
    { what: 'disk an event', unit: 'bytes', values: [system.diskBytes('metrics') / total_events], goal: GOALS.disk_bytes },
    { what: 'start on them', unit: 'ms', values: starts, goal: GOALS.start_filled_ms },
  ];
};

const growAssignments = async (bench: Bench): Promise<readonly Figure[]> => {
  await using system = await bench.start('ab');
  const known: string[] = [];
  const enrol = async (count: number): Promise<void> => {
    known.push(...(await enrolVisitors(system, Array.from({ length: count }, () => uuidv7()))));
  };
  const measureNew = (): Promise<LoadResult> => bench.load(system, { requests: [assignRequest(FRESH_ID)], names: ['ab'] });
  const measureRepeat = (): Promise<LoadResult> => bench.load(system, { requests: known.map(assignRequest), names: ['ab'] });
  await enrol(ASSIGNMENTS_SMALL);
  const small = { repeat: await times(bench, measureRepeat), fresh: await times(bench, measureNew) };
  for (let step = 0; step < FILL_STEPS; step += 1) {
    bench.tell(`filling ${readable(bench.assignments)} assignments: ${step + 1} of ${FILL_STEPS}`);
    await enrol(KNOWN_A_STEP);
    await bench.load(system, { requests: assignmentsRequest(ASSIGNMENTS_A_REQUEST), connections: 2, answers_max: Math.ceil(bench.assignments / FILL_STEPS / ASSIGNMENTS_A_REQUEST), names: ['ab'] });
  }
  bench.tell('measuring');
  const large = { repeat: await times(bench, measureRepeat), fresh: await times(bench, measureNew) };
  const memory = memoryOf(system, 'ab');
  const starts = await times(bench, () => restart(system, 'ab'));
  return [
    growth('new', small.fresh, large.fresh, GOALS.assign_growth),
    growth('seen before', small.repeat, large.repeat, GOALS.assign_growth),
    { what: 'memory', unit: 'MB', values: [memory], goal: GOALS.assigned_memory_mb },
    { what: 'start on them', unit: 'ms', values: starts, goal: GOALS.start_filled_ms },
  ];
};

/** What a full database costs, beside a small one. */
export const growthCases: readonly BenchCase[] = [
  { name: 'grow-metrics', title: 'metrics-service with many events (--events)', grows: true, run: growMetrics },
  { name: 'grow-ab', title: 'ab-service with many assignments (--assignments)', grows: true, run: growAssignments },
];
