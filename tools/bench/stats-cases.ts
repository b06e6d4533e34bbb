import type { Bench, BenchCase } from './bench-case.ts';
import { readable } from './bench-table.ts';
import type { BenchSystem } from './bench-system.ts';
import { median } from './figure.ts';
import { GOALS } from './goal.ts';
import type { LoadResult } from './load-plan.ts';
import { batchRequest, eventRequests, requestText } from './request-text.ts';

const FILL_BATCH = 1_000;
const FILL_CONNECTIONS = 2;
const EVENTS_BEFORE = 100_000;
const LOOK_EVERY_MS = 20;
const POLL_EVERY_MS = 100;

const STATS = [requestText('GET', '/stats?experiment=homepage')];

/** Adds events to metrics-service, a thousand a request. */
export const fillEvents = (bench: Bench, system: BenchSystem, events: number): Promise<LoadResult> =>
  bench.load(system, { requests: batchRequest(FILL_BATCH), connections: FILL_CONNECTIONS, answers_max: Math.ceil(events / FILL_BATCH), names: ['metrics'] });

/** How long `GET /stats` takes while nothing else is asked (median, milliseconds). */
export const statsIdle = async (bench: Bench, system: BenchSystem): Promise<number> =>
  (await bench.load(system, { requests: STATS, connections: 1, names: ['metrics'] })).p50_ms;

/** How long `GET /stats` takes while 64 connections send events (median, milliseconds), and what came of these. */
export const statsUnderIngestion = async (bench: Bench, system: BenchSystem): Promise<{ readonly p50_ms: number; readonly events: LoadResult }> => {
  const [events, stats] = await Promise.all([
    bench.load(system, { requests: eventRequests(), names: ['metrics'] }),
    bench.load(system, { requests: STATS, connections: 1, every_ms: LOOK_EVERY_MS, names: ['metrics'] }),
  ]);
  return { p50_ms: stats.p50_ms, events };
};

const measureIngestion = async (bench: Bench, polled: boolean): Promise<number> => {
  await using system = await bench.start('ab', 'metrics');
  const [events] = await Promise.all([
    bench.load(system, { requests: eventRequests(), names: ['metrics'] }),
    polled ? bench.load(system, { requests: STATS, connections: 1, every_ms: POLL_EVERY_MS, names: ['metrics'] }) : undefined,
  ]);
  return events.per_second;
};

/** Reading while writing: neither may wait for the other. */
export const statsCases: readonly BenchCase[] = [
  {
    name: 'stats',
    title: `GET /stats at ${EVENTS_BEFORE.toLocaleString('en')} events`,
    run: async (bench) => {
      const idle: number[] = [];
      const busy: number[] = [];
      for (let round = 0; round < bench.rounds; round += 1) {
        bench.tell(`round ${round + 1} of ${bench.rounds}`);
        await using system = await bench.start('ab', 'metrics');
        await fillEvents(bench, system, EVENTS_BEFORE);
        idle.push(await statsIdle(bench, system));
        busy.push((await statsUnderIngestion(bench, system)).p50_ms);
      }
      return [
        { what: 'p50, idle', unit: 'ms', values: idle, goal: GOALS.stats_p50_ms },
        { what: 'p50, under full ingestion', unit: 'ms', values: busy, goal: GOALS.stats_p50_ms },
      ];
    },
  },
  {
    name: 'polled',
    title: `POST /events while /stats is asked every ${POLL_EVERY_MS} ms`,
    run: async (bench) => {
      const alone: number[] = [];
      const polled: number[] = [];
      for (let round = 0; round < bench.rounds; round += 1) {
        bench.tell(`round ${round + 1} of ${bench.rounds}`);
        const polled_first = round % 2 === 1;
        if (polled_first) polled.push(await measureIngestion(bench, true));
        alone.push(await measureIngestion(bench, false));
        if (!polled_first) polled.push(await measureIngestion(bench, true));
      }
      const values = polled.map((rate, round) => rate / (alone[round] ?? NaN));
      return [{ what: 'of what it is unpolled, by events/s', unit: '', values, goal: GOALS.polled, note: `${readable(median(polled))} of ${readable(median(alone))} events/s` }];
    },
  },
];
