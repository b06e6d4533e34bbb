import { invalid } from '../../../shared/problem.ts';
import type { Fault } from '../../../shared/problem.ts';
import { object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema, Shape } from '../../../shared/schema/composites.ts';
import { oneOf, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { dayStart, isTimeZone } from '../result/calendar.ts';
import type { SessionWish } from './session-filter.ts';
import type { Stretch } from './session-reader.ts';

/** What every question about visits may carry. */
export interface AnalyticsQuery extends SessionWish {
  readonly from?: string;
  readonly to?: string;
  readonly timezone?: string;
  readonly experiment?: string;
  readonly variant?: string;
}

/** The days that are asked about, and as many before. */
export interface AskedPeriod {
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly stretch: Stretch;
  readonly previous: { readonly from: string; readonly to: string; readonly stretch: Stretch };
}

/** How many days are answered where the caller does not say: today and those before. */
const DAYS_DEFAULT = 30;
/** The most days of one question: ten years. */
const DAYS_MAX = 3_660;

const day = (description: string) => optional(string({ max: 10, pattern: /^\d{4}-\d\d-\d\d$/, pattern_words: 'must be a day such as 2026-01-31', description, example: '2026-01-31' }));
const text = (max: number, description: string) => optional(string({ min: 1, max, description }));

/** The members that the queries of all questions share. */
export const ANALYTICS_MEMBERS: Shape<AnalyticsQuery> = {
  from: day('First day, in `timezone`; 29 days before the last where absent.'),
  to: day('Last day, inclusive; today where absent.'),
  timezone: optional(string({ max: 64, description: 'IANA name; UTC where absent.', example: 'Europe/Berlin' })),
  device: optional(oneOf(['desktop', 'mobile', 'tablet'], { description: 'Sessions on such a device.' })),
  browser: text(32, 'Family in lower case: `firefox`.'),
  language: text(8, 'Without region: `en`.'),
  channel: optional(oneOf(['direct', 'organic_search', 'paid', 'social', 'email', 'referral', 'internal', 'campaign'], { description: 'Sessions that came about so.' })),
  source: text(100, '`utm_source`, or where the visit was referred from: `google`.'),
  campaign: text(100, '`utm_campaign`.'),
  path: text(512, 'A path that was viewed in the session.'),
  experiment: text(256, 'Visitors whose assignment in this experiment counts; id or key, `homepage` with a variant alone.'),
  variant: text(64, 'Those assigned to this variant.'),
};

/** Describes a query that has these members alone. */
export const ANALYTICS_QUERY: ObjectSchema<AnalyticsQuery> = object<AnalyticsQuery>(ANALYTICS_MEMBERS);

const plainDate = (text_of_day: string, field: string, faults: Fault[]): Temporal.PlainDate | undefined => {
  try {
    return Temporal.PlainDate.from(text_of_day, { overflow: 'reject' });
  } catch {
    faults.push({ field, message: 'must be a day that exists' });
    return undefined;
  }
};

const stretchOf = (from: Temporal.PlainDate, to: Temporal.PlainDate, timezone: string): Stretch => ({
  from: dayStart(from.toString(), timezone) ?? 0,
  to: dayStart(to.toString(), timezone, 1) ?? 0,
});

/** Works out which days are asked about; throws Problem `invalid` for days and time zones that do not exist. */
export const askedPeriod = (query: AnalyticsQuery, now: number): AskedPeriod => {
  const faults: Fault[] = [];
  const { timezone = 'UTC' } = query;
  if (!isTimeZone(timezone)) throw invalid([{ field: 'timezone', message: 'must be an IANA time zone such as Europe/Berlin' }]);
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone).toPlainDate();
  const to = query.to === undefined ? today : plainDate(query.to, 'to', faults);
  const from = query.from === undefined ? to?.subtract({ days: DAYS_DEFAULT - 1 }) : plainDate(query.from, 'from', faults);
  if (from === undefined || to === undefined) throw invalid(faults);
  const days = from.until(to, { largestUnit: 'days' }).days + 1;
  if (days < 1) throw invalid([{ field: 'to', message: 'must not be before from' }]);
  if (days > DAYS_MAX) throw invalid([{ field: 'from', message: `must be at most ${DAYS_MAX} days before to` }]);
  const [before_from, before_to] = [from.subtract({ days }), from.subtract({ days: 1 })];
  return {
    from: from.toString(),
    to: to.toString(),
    timezone,
    stretch: stretchOf(from, to, timezone),
    previous: { from: before_from.toString(), to: before_to.toString(), stretch: stretchOf(before_from, before_to, timezone) },
  };
};
