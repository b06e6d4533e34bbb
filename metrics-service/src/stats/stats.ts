import type { StatsAnswer, VariantStats } from '../../../shared/contract/stats.ts';

/** One cell of `/stats`; null stands for any variant or any type. */
export interface StatsCell {
  readonly variant: string | null;
  readonly type: string | null;
  readonly events: number;
  readonly visitors: number;
}

/** What a caller wants to see of an experiment. */
export interface StatsFilter {
  readonly variant?: string;
  readonly event_type?: string;
}

const CONVERSION = 'form_submit';
const VIEW = 'page_view';

const rate = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const variantStats = (cells: readonly StatsCell[], event_type: string | undefined): VariantStats => {
  const typed = cells.filter((cell) => cell.type !== null && cell.events > 0 && (event_type === undefined || cell.type === event_type));
  const find = (type: string | null): StatsCell | undefined => cells.find((cell) => cell.type === type);
  const visitors = find(event_type ?? null)?.visitors ?? 0;
  // A rate needs events of two types: with one filtered out there is none to tell.
  const whole = event_type === undefined;
  return {
    visitors,
    events: Object.fromEntries(typed.map(({ type, events }) => [type as string, events])),
    conversion_rate: whole ? rate(find(CONVERSION)?.events ?? 0, find(VIEW)?.events ?? 0) : null,
    visitor_conversion_rate: whole ? rate(find(CONVERSION)?.visitors ?? 0, visitors) : null,
  };
};

/** Puts an experiment's cells together as `GET /stats` answers them; with a filter, everything is about the events that pass it. */
export const statsOf = (experiment: string, cells: readonly StatsCell[], filter: StatsFilter): StatsAnswer => {
  const names = [...new Set(cells.map((cell) => cell.variant))].filter((name) => name !== null && (filter.variant === undefined || name === filter.variant)) as string[];
  const variants = new Map<string, VariantStats>();
  for (const name of names.sort()) {
    const stats = variantStats(cells.filter((cell) => cell.variant === name), filter.event_type);
    if (stats.visitors > 0) variants.set(name, stats);
  }
  const total_events = [...variants.values()].flatMap(({ events }) => Object.values(events)).reduce((sum, count) => sum + count, 0);
  const whole = cells.find((cell) => cell.variant === (filter.variant ?? null) && cell.type === (filter.event_type ?? null));
  return { experiment, total_events, total_visitors: whole?.visitors ?? 0, variants: Object.fromEntries(variants) };
};
