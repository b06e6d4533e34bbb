import type { SeriesBucket, SeriesPoint } from '../../../shared/contract/results.ts';
import { isoTime } from '../../../shared/clock.ts';

/** Users of one variant at a time; many may share a stretch. */
export interface NamedUsers {
  readonly at: number;
  readonly variant_name: string;
  readonly users: number;
}

/** What a series is made of. */
export interface SeriesNeeds {
  /** Where each stretch begins, in order; all times below lie in one of them. */
  readonly starts: readonly number[];
  readonly variant_names: readonly string[];
  readonly assigned: readonly NamedUsers[];
  readonly converted: readonly NamedUsers[];
  readonly localTime: (time: number) => string;
  readonly interval: (conversions: number, users: number) => readonly [number, number] | null;
}

/** Adds users up by stretch and variant: `sums[stretch][variant]`. */
const sumsOf = (needs: SeriesNeeds, timed: readonly NamedUsers[]): readonly (readonly number[])[] => {
  const sums = needs.starts.map(() => needs.variant_names.map(() => 0));
  let stretch = 0;
  for (const { at, variant_name, users } of [...timed].sort((a, b) => a.at - b.at)) {
    while (stretch + 1 < needs.starts.length && (needs.starts[stretch + 1] as number) <= at) stretch += 1;
    const variant = needs.variant_names.indexOf(variant_name);
    const row = sums[stretch];
    if (row !== undefined && variant >= 0) row[variant] = (row[variant] as number) + users;
  }
  return sums;
};

/** Cuts users and conversions into stretches of time, with what they come to so far; stretches in which nothing happened are there too. */
export const seriesOf = (needs: SeriesNeeds): readonly SeriesBucket[] => {
  const assigned = sumsOf(needs, needs.assigned);
  const converted = sumsOf(needs, needs.converted);
  const totals = needs.variant_names.map(() => ({ users: 0, conversions: 0 }));
  return needs.starts.map((start, stretch) => {
    const points = needs.variant_names.map((name, variant): readonly [string, SeriesPoint] => {
      const total = totals[variant] as { users: number; conversions: number };
      const users = assigned[stretch]?.[variant] ?? 0;
      const conversions = converted[stretch]?.[variant] ?? 0;
      total.users += users;
      total.conversions += conversions;
      const cumulative_rate = total.users === 0 ? null : total.conversions / total.users;
      return [name, { users, conversions, cumulative_users: total.users, cumulative_conversions: total.conversions, cumulative_rate, cumulative_ci: total.users === 0 ? null : needs.interval(total.conversions, total.users) }];
    });
    return { start: isoTime(start), local: needs.localTime(start), variants: Object.fromEntries(points) };
  });
};
