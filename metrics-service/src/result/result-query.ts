import type { Aggregation, SplitDimension } from '../../../shared/contract/results.ts';
import { invalid } from '../../../shared/problem.ts';
import type { Fault } from '../../../shared/problem.ts';
import { object } from '../../../shared/schema/composites.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import { boolean, number, oneOf, string } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { dayStart, isTimeZone } from './calendar.ts';
import type { Period } from './result-store.ts';
import type { Segment } from './segment.ts';

/** The query of `GET /experiments/{id}/results` as it is sent. */
export interface ResultQuery {
  readonly event_type?: string;
  readonly start_date?: string;
  readonly end_date?: string;
  readonly aggregation?: Aggregation;
  readonly timezone?: string;
  readonly minimum_detectable_effect?: number;
  readonly show_work?: boolean;
  readonly device?: string;
  readonly browser?: string;
  readonly language?: string;
  readonly source?: string;
  readonly srm_by?: SplitDimension;
}

/** What a caller wants to see. */
export interface ResultFilter {
  /** The metric that counts as conversion; the experiment's primary one where absent. */
  readonly metric?: string;
  /** Whole days; absent means all time. */
  readonly period?: Period;
  readonly aggregation?: Aggregation;
  readonly time_zone: string;
  /** The relative effect that the plan is made for. */
  readonly effect?: number;
  readonly show_work: boolean;
  /** The visitors that are looked at. */
  readonly segment: Segment;
  readonly srm_by?: SplitDimension;
}

/** Later than everything that is stored. */
export const END_OF_TIME: number = Date.UTC(2200, 0, 1);

const day = (description: string) => optional(string({ max: 40, pattern: /^\d{4}-\d\d-\d\d(T.*)?$/, pattern_words: 'must be a day such as 2026-01-31', description }));

/** Describes the query of results. */
export const RESULT_QUERY: ObjectSchema<ResultQuery> = object<ResultQuery>({
  event_type: optional(string({ max: 193, description: 'Count this as the conversion: `event_type` or `event_type:event_name`; the primary metric where absent.', example: 'form_submit' })),
  start_date: day('First day, in `timezone`: of assignments and events alike.'),
  end_date: day('Last day, inclusive.'),
  aggregation: optional(oneOf(['hour', 'day', 'week'], { description: 'Adds `series`, cut so.', example: 'day' })),
  timezone: optional(string({ max: 64, description: 'IANA name; UTC where absent.', example: 'Asia/Kolkata' })),
  minimum_detectable_effect: optional(number({ min: 0.001, max: 10, description: 'Relative effect that `plan` is made for; 0.1 where absent.' })),
  show_work: optional(boolean({ description: 'Adds every intermediate number to the analyses.' })),
  device: optional(string({ max: 64, description: 'Only visitors whose first visit was with such a device.', example: 'mobile' })),
  browser: optional(string({ max: 64, description: 'Only visitors whose first visit was with this browser.' })),
  language: optional(string({ max: 16, description: 'Only visitors whose first visit was in this language.', example: 'en' })),
  source: optional(string({ max: 128, description: 'Only visitors whose first visit came from there: `google`, `direct`, …' })),
  srm_by: optional(oneOf(['day', 'device', 'browser', 'language', 'source'], { description: 'Adds `srm_by`: where visitors were split otherwise than configured.', example: 'device' })),
});

/** Works out what a query asks for; throws Problem `invalid` for days and time zones that do not exist. */
export const resultFilter = (query: ResultQuery): ResultFilter => {
  const { event_type, start_date, end_date, aggregation, timezone = 'UTC', minimum_detectable_effect, show_work = false, device, browser, language, source, srm_by } = query;
  const faults: Fault[] = [];
  const known = isTimeZone(timezone);
  if (!known) faults.push({ field: 'timezone', message: 'must be an IANA time zone such as Europe/Berlin' });
  const bound = (field: string, text: string | undefined, days_later: number, open: number): number => {
    if (text === undefined) return open;
    const start = dayStart(text.slice(0, 10), known ? timezone : 'UTC', days_later);
    if (start === undefined) faults.push({ field, message: 'must be a day that exists' });
    return start ?? open;
  };
  const from = bound('start_date', start_date, 0, 0);
  const to = bound('end_date', end_date, 1, END_OF_TIME);
  if (faults.length === 0 && from >= to) faults.push({ field: 'end_date', message: 'must not be before start_date' });
  if (faults.length > 0) throw invalid(faults);
  return {
    ...(event_type === undefined ? {} : { metric: event_type }),
    ...(start_date === undefined && end_date === undefined ? {} : { period: { from: Math.max(0, from), to } }),
    ...(aggregation === undefined ? {} : { aggregation }),
    time_zone: timezone,
    ...(minimum_detectable_effect === undefined ? {} : { effect: minimum_detectable_effect }),
    show_work,
    segment: { ...(device === undefined ? {} : { device }), ...(browser === undefined ? {} : { browser }), ...(language === undefined ? {} : { language }), ...(source === undefined ? {} : { source }) },
    ...(srm_by === undefined ? {} : { srm_by }),
  };
};
