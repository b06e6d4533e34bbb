import { setTimeout as pause } from 'node:timers/promises';
import type { BenchCase } from './bench-case.ts';
import type { BenchName } from './bench-system.ts';
import { GOALS } from './goal.ts';
import { processCost } from './process-cost.ts';

const SERVICES: readonly BenchName[] = ['ab', 'metrics', 'landing', 'admin'];
/** A service that has just started still has to give back what starting took. */
const SETTLE_MS = 1_000;

/** Starting on an empty folder, and what a service takes of the memory while nobody asks it anything. */
export const startCase: BenchCase = {
  name: 'start',
  title: 'Start on an empty folder, then idle',
  run: async (bench) => {
    const starts = new Map<BenchName, number[]>(SERVICES.map((name) => [name, []]));
    const memory = new Map<BenchName, number[]>(SERVICES.map((name) => [name, []]));
    for (let round = 0; round < bench.rounds; round += 1) {
      bench.tell(`round ${round + 1} of ${bench.rounds}`);
      await using system = await bench.start(...SERVICES);
      await pause(SETTLE_MS);
      for (const name of SERVICES) {
        starts.get(name)?.push(system.process(name).start_ms);
        memory.get(name)?.push(processCost(system.process(name).id).rss_bytes / 1e6);
      }
    }
    return [
      ...SERVICES.map((name) => ({ what: `${name}: spawn to healthy`, unit: 'ms' as const, values: starts.get(name) ?? [], goal: GOALS.start_empty_ms })),
      ...SERVICES.map((name) => ({ what: `${name}: memory`, unit: 'MB' as const, values: memory.get(name) ?? [], goal: GOALS.memory_idle_mb })),
    ];
  },
};
