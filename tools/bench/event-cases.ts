import type { BenchCase } from './bench-case.ts';
import type { BenchSystem } from './bench-system.ts';
import { compare } from './compare.ts';
import { GOALS } from './goal.ts';
import type { Goal } from './goal.ts';
import type { LoadResult } from './load-plan.ts';
import { batchRequest, eventRequests } from './request-text.ts';

const BATCH = 100;
const CONNECTIONS = 64;

/** Every event that was acknowledged is counted, and none twice; those on their way at the end may be, too. */
const checkCount = (per_request: number) => async (system: BenchSystem, { accepted }: LoadResult): Promise<void> => {
  const answer = await fetch(`${system.process('metrics').url}/stats?experiment=homepage`);
  const { total_events } = (await answer.json()) as { readonly total_events: number };
  const [least, most] = [accepted * per_request, (accepted + CONNECTIONS) * per_request];
  if (total_events < least || total_events > most) throw new Error(`${least} events were acknowledged, /stats has ${total_events}.`);
};

const eventCase = (name: string, ids: 'v7' | 'v4', title: string, cpu_goal: Goal): BenchCase => ({
  name,
  title,
  run: (bench) =>
    compare(bench, {
      names: ['ab', 'metrics'],
      ids,
      requests: eventRequests,
      cpu_goal,
      p99_goal: GOALS.event_p99_ms,
      memory_goal: GOALS.memory_single_mb,
      check: checkCount(1),
    }),
});

const batchCase = (name: string, ids: 'v7' | 'v4', title: string, cpu_goal: Goal, rate_goal: Goal): BenchCase => ({
  name,
  title,
  run: (bench) =>
    compare(bench, {
      names: ['ab', 'metrics'],
      ids,
      requests: () => batchRequest(BATCH),
      batch: { events: BATCH, goal: rate_goal },
      cpu_goal,
      p99_goal: GOALS.batch_p99_ms,
      memory_goal: GOALS.memory_batch_mb,
      check: checkCount(BATCH),
    }),
});

/** Ingestion: `POST /events`, answered after COMMIT, with ids in the order of time and with random ones. */
export const eventCases: readonly BenchCase[] = [
  eventCase('event-v7', 'v7', 'POST /events, one event, UUIDv7', GOALS.event_v7),
  eventCase('event-v4', 'v4', 'POST /events, one event, random ids', GOALS.event_v4),
  batchCase('batch-v7', 'v7', 'POST /events, batches of 100, UUIDv7', GOALS.batch_v7, GOALS.batch_v7_rate),
  batchCase('batch-v4', 'v4', 'POST /events, batches of 100, random ids', GOALS.batch_v4, GOALS.batch_v4_rate),
];
