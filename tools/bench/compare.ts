import type { Bench } from './bench-case.ts';
import { readable } from './bench-table.ts';
import type { BenchName, BenchSystem } from './bench-system.ts';
import { median } from './figure.ts';
import type { Figure } from './figure.ts';
import type { Goal } from './goal.ts';
import type { LoadResult } from './load-plan.ts';

/** A service beside the limit, doing the same work. */
export interface Comparison {
  /** What runs, in the order of the start; the last one is measured. */
  readonly names: readonly BenchName[];
  readonly ids: 'v7' | 'v4';
  /** What is sent, once the system runs. */
  readonly requests: (system: BenchSystem) => readonly string[] | Promise<readonly string[]>;
  /** What is sent to the limit, where that has another address for the same work. */
  readonly limit_requests?: (requests: readonly string[]) => readonly string[];
  /** Events a request, where it is not one, and how many a second there ought to be. */
  readonly batch?: { readonly events: number; readonly goal: Goal };
  readonly cpu_goal?: Goal;
  readonly p99_goal?: Goal;
  readonly memory_goal?: Goal;
  /** Looks whether what was acknowledged is there; throws otherwise. */
  readonly check?: (system: BenchSystem, result: LoadResult) => Promise<void>;
}

/** A generator that used more of its core than this was measured itself. */
const BUSY_MAX = 0.95;

interface Round {
  readonly limit: LoadResult;
  readonly service: LoadResult;
}

const measureService = async (bench: Bench, comparison: Comparison): Promise<{ readonly requests: readonly string[]; readonly result: LoadResult }> => {
  const { ids, names } = comparison;
  await using system = await bench.start(...names);
  const requests = await comparison.requests(system);
  const result = await bench.load(system, { requests, ids, names: [names.at(-1) ?? 'limit', ...names.slice(0, -1)] });
  await comparison.check?.(system, result);
  return { requests, result };
};

const measureLimit = async (bench: Bench, ids: 'v7' | 'v4', requests: readonly string[]): Promise<LoadResult> => {
  await using system = await bench.start('limit');
  return await bench.load(system, { requests, ids, names: ['limit'] });
};

const note = (rounds: readonly Round[], comparison: Comparison): string => {
  const of = (pick: (round: Round) => number): string => readable(median(rounds.map(pick)));
  const others = comparison.names.slice(0, -1).map((name, index) => `${name} ${of(({ service }) => service.cpu_us[index + 1] ?? NaN)} µs`);
  const busy = rounds.some(({ limit, service }) => Math.max(limit.generator_busy, service.generator_busy) > BUSY_MAX) ? '; THE GENERATOR WAS THE BOTTLENECK' : '';
  return `${of(({ service }) => service.per_second)}/s of ${of(({ limit }) => limit.per_second)}/s; ${of(({ service }) => service.cpu_us[0] ?? NaN)} µs against ${of(({ limit }) => limit.cpu_us[0] ?? NaN)} µs of CPU a request${others.length === 0 ? '' : ` (and ${others.join(', ')})`}; p50 ${of(({ service }) => service.p50_ms)} ms${busy}`;
};

/** Measures a service and the limit in turns, each started afresh, and says what share of the limit it reached. */
export const compare = async (bench: Bench, comparison: Comparison): Promise<readonly Figure[]> => {
  const rounds: Round[] = [];
  let requests: readonly string[] = [];
  for (let round = 0; round < bench.rounds; round += 1) {
    bench.tell(`round ${round + 1} of ${bench.rounds}`);
    const limit_first = round % 2 === 1;
    const limitNow = async (): Promise<LoadResult> => measureLimit(bench, comparison.ids, comparison.limit_requests?.(requests) ?? requests);
    const early = limit_first ? await limitNow() : undefined;
    const service = await measureService(bench, comparison);
    requests = service.requests;
    rounds.push({ service: service.result, limit: early ?? (await limitNow()) });
  }
  const { cpu_goal, p99_goal, memory_goal, batch } = comparison;
  const figure = (what: string, unit: Figure['unit'], pick: (round: Round) => number, goal?: Goal): Figure => ({ what, unit, values: rounds.map(pick), goal });
  return [
    { ...figure('of the limit, by CPU a request', '', ({ limit, service }) => (limit.cpu_us[0] ?? NaN) / (service.cpu_us[0] ?? NaN), cpu_goal), note: note(rounds, comparison) },
    figure('of the limit, by requests/s', '', ({ limit, service }) => service.per_second / limit.per_second),
    ...(batch === undefined ? [] : [figure('events/s', '', ({ service }) => service.per_second * batch.events, batch.goal)]),
    figure('p99', 'ms', ({ service }) => service.p99_ms, p99_goal),
    figure('memory', 'MB', ({ service }) => service.rss_mb[0] ?? NaN, memory_goal),
  ];
};
