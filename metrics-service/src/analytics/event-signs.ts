import type { JsonObject } from '../../../shared/schema/composites.ts';

/** The most seconds that one event may say a page was visible: a day. */
const VISIBLE_SECONDS_MAX = 86_400;
const PATH_LENGTH_MAX = 512;
/** Types of events by which a visitor shows interest. */
const ENGAGING: ReadonlySet<string> = new Set(['click', 'cta_click', 'form_submit']);

/** What an event says of its visitor's attention. */
export interface EventSigns {
  /** Tenths of a second that the page was visible. */
  readonly visible: number;
  /** Percent of the page that was scrolled to. */
  readonly scroll: number;
  readonly engaged: boolean;
}

const INDIFFERENT: EventSigns = { visible: 0, scroll: 0, engaged: false };
const ENGAGED: EventSigns = { visible: 0, scroll: 0, engaged: true };

/** A property that is a number, or a text that is one. */
const numberOf = (properties: JsonObject | undefined, names: readonly string[]): number | undefined => {
  for (const name of names) {
    const value = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    const number = typeof value === 'number' || (typeof value === 'string' && value !== '') ? Number(value) : NaN;
    if (Number.isFinite(number)) return number;
  }
  return undefined;
};

/**
 * Reads the signs of attention: `engagement` has its seconds in `time_on_page`, `scroll` its percent in `depth` or `percent`, else in its name.
 * What is out of bounds is brought within: 0 to 100 percent, at most a day.
 */
export const eventSigns = (event_type: string, event_name: string | undefined, properties: JsonObject | undefined): EventSigns => {
  if (ENGAGING.has(event_type)) return ENGAGED;
  if (event_type === 'engagement') {
    const seconds = numberOf(properties, ['time_on_page', 'seconds']) ?? 0;
    return { visible: Math.round(Math.min(Math.max(seconds, 0), VISIBLE_SECONDS_MAX) * 10), scroll: 0, engaged: false };
  }
  if (event_type === 'scroll') {
    const percent = numberOf(properties, ['depth', 'percent']) ?? Number(event_name ?? 0);
    return { visible: 0, scroll: Number.isFinite(percent) ? Math.floor(Math.min(Math.max(percent, 0), 100)) : 0, engaged: false };
  }
  return INDIFFERENT;
};

/** The path of a page without query, fragment and the slash at its end; empty where nothing is said. */
export const plainPath = (path: string | undefined): string => {
  const plain = (path ?? '').split(/[?#]/, 1)[0]?.slice(0, PATH_LENGTH_MAX) ?? '';
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain;
};

/** The language of a tag or of an `Accept-Language` header, without its region: `en` of `en-GB,en;q=0.9`; empty where nothing is said. */
export const plainLanguage = (language: string | undefined): string => /^[a-z]{2,8}(?=$|[-_,;])/.exec((language ?? '').trim().toLowerCase())?.[0] ?? '';
