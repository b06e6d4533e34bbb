import type { BenchName, BenchSystem } from './bench-system.ts';
import type { Figure } from './figure.ts';
import type { LoadPlan, LoadResult } from './load-plan.ts';

/** What a case says about its load; the rest is the same for all. */
export interface CaseLoad extends Partial<Pick<LoadPlan, 'connections' | 'every_ms' | 'ids' | 'answers_max'>> {
  readonly requests: readonly string[];
  /** Whose CPU and memory are read; the first is the one that answers. */
  readonly names: readonly [BenchName, ...BenchName[]];
}

/** What cases measure with. */
export interface Bench {
  readonly rounds: number;
  readonly measure_ms: number;
  /** How far the growth cases go. */
  readonly events: number;
  readonly assignments: number;
  /** Servers started afresh, in this order. */
  start(...names: readonly BenchName[]): Promise<BenchSystem>;
  /** Sends load; throws RouteAbsent where there is no such route, an Error where anything was refused. */
  load(system: BenchSystem, load: CaseLoad): Promise<LoadResult>;
  /** Tells the person who waits what is being done. */
  tell(text: string): void;
}

/** Something to measure. */
export interface BenchCase {
  readonly name: string;
  readonly title: string;
  /** Fills databases for minutes: runs with `--grow`, or when it is named. */
  readonly grows?: boolean;
  run(bench: Bench): Promise<readonly Figure[]>;
}

/** Thrown where a service does not have the route that a case measures: the case is skipped, with this message. */
export class RouteAbsent extends Error {}
