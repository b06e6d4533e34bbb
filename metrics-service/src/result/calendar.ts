import type { Aggregation } from '../../../shared/contract/results.ts';

/** How many stretches of time a series may have. */
export const SERIES_MAX = 10_000;

/** Whether a name is one of a time zone that this machine knows. */
export const isTimeZone = (name: string): boolean => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
};

/** The moment at which a day (`2026-01-31`) begins in a time zone, some days later if told so; undefined if there is no such day. */
export const dayStart = (day: string, time_zone: string, days_later: number = 0): number | undefined => {
  try {
    return Temporal.PlainDate.from(day, { overflow: 'reject' }).add({ days: days_later }).toZonedDateTime(time_zone).epochMilliseconds;
  } catch {
    return undefined;
  }
};

const zoned = (time: number, time_zone: string): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(time_zone);

/** The beginning of the stretch that holds a moment: of its hour, its day, or its week (from Monday), in a time zone. */
export const stretchStart = (time: number, aggregation: Aggregation, time_zone: string): number => {
  const at = zoned(time, time_zone);
  if (aggregation === 'hour') return at.round({ smallestUnit: 'hour', roundingMode: 'floor' }).epochMilliseconds;
  const day = at.toPlainDate();
  return (aggregation === 'day' ? day : day.subtract({ days: day.dayOfWeek - 1 })).toZonedDateTime(time_zone).epochMilliseconds;
};

const next = (start: number, aggregation: Aggregation, time_zone: string): number => {
  if (aggregation !== 'hour') {
    const day = zoned(start, time_zone).toPlainDate();
    return day.add({ days: aggregation === 'day' ? 1 : 7 }).toZonedDateTime(time_zone).epochMilliseconds;
  }
  const later = start + 3_600_000;
  const rounded = stretchStart(later, 'hour', time_zone);
  // Clocks that are set by half an hour make one stretch longer, never shorter or empty.
  return rounded > start ? rounded : later;
};

/** The beginnings of all stretches from the one that holds `from` to the one that holds the last moment before `to`; undefined if they are too many. */
export const stretches = (from: number, to: number, aggregation: Aggregation, time_zone: string): readonly number[] | undefined => {
  const starts: number[] = [];
  for (let start = stretchStart(from, aggregation, time_zone); start < to; start = next(start, aggregation, time_zone)) {
    if (starts.length >= SERIES_MAX) return undefined;
    starts.push(start);
  }
  return starts;
};

/** A moment as the clocks of a time zone show it: `2026-01-31T00:00:00+05:30`. */
export const localTime = (time: number, time_zone: string): string => zoned(time, time_zone).toString({ timeZoneName: 'never', smallestUnit: 'second' });
