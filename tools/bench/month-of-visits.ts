import { uuidv7 } from '../../shared/uuid.ts';
import { pick, randomOf } from '../simulate/random.ts';

const DAY_MS = 86_400_000;
const DAYS = 30;
const SEED = 1;
const SHARE_NEW = 0.6;
const SHARE_ASSIGNED = 0.7;
/** A visit has its first view and this many events more, on average: most have few, some have many. */
const MORE_EVENTS = 4.3;
const PAUSE_MS_MAX = 60_000;
const LINES_AT_ONCE = 5_000;

const PATHS = ['/', '/olympus', ...Array.from({ length: 58 }, (_, page) => `/pages/${page}`)];
const REFERRERS = ['', '', 'https://www.google.com/', 'https://duckduckgo.com/', 'https://x.com/', ...Array.from({ length: 40 }, (_, site) => `https://site-${site}.example/`)];
const LANGUAGES = ['en-GB', 'de-AT', 'fr-FR', 'es-ES', 'it-IT', 'nl-NL'];
const USER_AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
];

/** What somebody does after the first view; what is listed twice is done twice as often. */
const DEEDS: readonly ((random: () => number) => Readonly<Record<string, unknown>>)[] = [
  (random) => ({ event_type: 'scroll', properties: { depth: pick(random, [25, 50, 75, 100]) } }),
  (random) => ({ event_type: 'scroll', properties: { depth: pick(random, [25, 50, 75, 100]) } }),
  (random) => ({ event_type: 'click', event_name: `button-${Math.floor(random() * 20)}` }),
  (random) => ({ event_type: 'click', event_name: `button-${Math.floor(random() * 20)}` }),
  (random) => ({ event_type: 'page_view', context: { path: pick(random, PATHS) } }),
  (random) => ({ event_type: 'engagement', properties: { time_on_page: Math.floor(random() * 60) } }),
  () => ({ event_type: 'cta_click', event_name: 'hero' }),
  (random) => (random() < 0.5 ? { event_type: 'form_submit', value: 1 } : { event_type: 'cta_click', event_name: 'footer' }),
];

/** How many events a visit has, on average. */
export const EVENTS_A_VISIT: number = 1 + MORE_EVENTS;

/** Writes the import of a month of so many visits that ends now, in the order of their time and some thousand lines at once: the same month each time, but for ids. */
export function* monthOfVisits(visits: number, now: number): Generator<string> {
  const random = randomOf(SEED);
  const visitors: string[] = [];
  let lines: string[] = [];
  for (let visit = 0; visit < visits; visit += 1) {
    let at = now - DAYS * DAY_MS + Math.floor(((visit + random()) / visits) * (DAYS - 1) * DAY_MS);
    const is_new = visitors.length === 0 || random() < SHARE_NEW;
    // Whoever comes back was mostly there lately.
    const visitor_id = is_new ? uuidv7(at) : (visitors[Math.ceil((1 - random() ** 2) * visitors.length) - 1] as string);
    const line = (record: string, more: Readonly<Record<string, unknown>>): number => lines.push(`${JSON.stringify({ record, visitor_id, timestamp: new Date(at).toISOString(), ...more })}\n`);
    if (is_new) {
      visitors.push(visitor_id);
      if (random() < SHARE_ASSIGNED) line('assignment', { experiment_id: 'homepage', variant: pick(random, ['A', 'B']) });
    }
    line('event', { event_type: 'page_view', context: { path: pick(random, PATHS), referrer: pick(random, REFERRERS), language: pick(random, LANGUAGES), user_agent: pick(random, USER_AGENTS) } });
    for (let left = Math.round(-Math.log(1 - random()) * MORE_EVENTS); left > 0; left -= 1) {
      at += 1_000 + Math.floor(random() * PAUSE_MS_MAX);
      line('event', pick(random, DEEDS)(random));
    }
    if (lines.length < LINES_AT_ONCE) continue;
    yield lines.join('');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
}
