/** What a figure ought to be: the least that is acceptable, what is aimed at, and what would be as good as it gets. */
export interface Goal {
  readonly better: 'more' | 'less';
  readonly floor?: number;
  readonly goal: number;
  readonly moonshot?: number;
}

/** How far a figure got; `below` is not even the floor (or misses the goal, where there is no floor). */
export type Reached = 'moonshot' | 'goal' | 'floor' | 'below';

const more = (floor: number, goal: number, moonshot: number): Goal => ({ better: 'more', floor, goal, moonshot });
const less = (floor: number, goal: number, moonshot: number): Goal => ({ better: 'less', floor, goal, moonshot });

/** What there are goals for. */
export type GoalName =
  | 'event_v7' | 'event_v4' | 'event_p99_ms' | 'batch_v7' | 'batch_v4' | 'batch_v7_rate' | 'batch_v4_rate' | 'batch_p99_ms' | 'assign_new' | 'assign_repeat'
  | 'assign_batch' | 'ofrep' | 'page_returning' | 'page_new' | 'stats_p50_ms' | 'stats_growth' | 'polled' | 'memory_idle_mb'
  | 'analytics_ms' | 'memory_single_mb' | 'memory_batch_mb' | 'start_empty_ms' | 'start_filled_ms' | 'disk_bytes' | 'event_growth' | 'assign_growth' | 'assigned_memory_mb';

/**
 * Every goal. Shares of the limit are of CPU per request: it repeats within a tenth where requests per second wander by a quarter.
 * Those of batches were set beside a limit of 9,500 batches a second, which is what their events a second stand for as well.
 */
export const GOALS: Readonly<Record<GoalName, Goal>> = {
  event_v7: more(0.55, 0.7, 0.85),
  event_v4: more(0.4, 0.5, 0.6),
  event_p99_ms: less(15, 8, 5),
  batch_v7: more(0.15, 0.22, 0.33),
  batch_v4: more(0.05, 0.08, 0.14),
  batch_v7_rate: more(142_000, 209_000, 313_000),
  batch_v4_rate: more(47_000, 76_000, 133_000),
  batch_p99_ms: less(150, 50, 35),
  assign_new: more(0.4, 0.55, 0.7),
  assign_repeat: more(0.6, 0.75, 0.9),
  assign_batch: { better: 'more', goal: 0.5 },
  ofrep: { better: 'more', goal: 0.6 },
  page_returning: more(0.4, 0.55, 0.75),
  page_new: more(0.12, 0.25, 0.4),
  stats_p50_ms: less(10, 2, 0.5),
  stats_growth: { better: 'less', goal: 1.3, moonshot: 1.05 },
  analytics_ms: { better: 'less', goal: 100 },
  polled: more(0.8, 0.95, 0.98),
  memory_idle_mb: less(90, 70, 55),
  memory_single_mb: less(150, 120, 90),
  memory_batch_mb: less(300, 220, 150),
  start_empty_ms: less(200, 120, 90),
  start_filled_ms: less(2_000, 300, 150),
  disk_bytes: { better: 'less', goal: 160 },
  event_growth: { better: 'more', goal: 0.85 },
  assign_growth: { better: 'more', goal: 0.9 },
  assigned_memory_mb: { better: 'less', goal: 150 },
};

/** Says how far a figure got; undefined for one that could not be measured. */
export const reached = (goal: Goal, figure: number): Reached | undefined => {
  if (Number.isNaN(figure)) return undefined;
  const met = (mark: number | undefined): boolean => mark !== undefined && (goal.better === 'more' ? figure >= mark : figure <= mark);
  if (met(goal.moonshot)) return 'moonshot';
  if (met(goal.goal)) return 'goal';
  return met(goal.floor) ? 'floor' : 'below';
};
