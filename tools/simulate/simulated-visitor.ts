import { uuidv7 } from '../../shared/uuid.ts';
import { pick, randomOf } from './random.ts';

const USER_AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36',
] as const;
const LANGUAGES = ['en-GB,en;q=0.9', 'de-AT,de;q=0.9,en;q=0.7', 'fr-FR,fr;q=0.9', 'es-ES,es;q=0.9'] as const;
/** How visitors find the page. */
const ENTRIES = [
  { path: '/', referrer: '' },
  { path: '/', referrer: 'https://www.google.com/' },
  { path: '/', referrer: 'https://blog.example/split-tests' },
  { path: '/?utm_source=newsletter&utm_medium=email', referrer: '' },
  { path: '/?utm_source=search&utm_medium=cpc', referrer: 'https://www.google.com/' },
] as const;
const COMES_BACK = { path: '/', referrer: '' } as const;
const SHARE_RETURNING = 0.2;
const SHARE_SCROLLING = 0.6;

/** What happened to one visitor: the variant that was given, and whether the form was sent. */
export interface VisitOutcome {
  readonly variant_id: string | undefined;
  readonly converted: boolean;
}

/** What a simulation needs to know of the page under test. */
export interface SimulatedPage {
  readonly url: string;
  readonly experiment_id: string;
  /** Lifts the limits on one address: all of these visitors come from this machine. */
  readonly token: string;
  /** The true rate at which visitors of a variant send the form. */
  readonly rateOf: (variant_id: string | undefined) => number;
}

/** What the page's script says of the place where an event happened. */
const contextOf = (path: string, referrer: string): Readonly<Record<string, unknown>> => {
  const [pathname, query] = path.split('?', 2);
  const utm = Object.fromEntries([...new URLSearchParams(query)].map(([name, value]) => [name.replace('utm_', ''), value]));
  return { path: pathname, ...(referrer === '' ? {} : { referrer }), ...(query === undefined ? {} : { utm }) };
};

/** A browser without a window: keeps cookies, opens the page, sends the events that the page's script would, fills in the form. */
class Browser {
  private readonly page: SimulatedPage;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly cookies = new Map<string, string>();

  constructor(page: SimulatedPage, random: () => number) {
    this.page = page;
    this.headers = { 'user-agent': pick(random, USER_AGENTS), 'accept-language': pick(random, LANGUAGES), authorization: `Bearer ${page.token}` };
  }

  async fetch(path: string, init: RequestInit = {}): Promise<{ readonly status: number; readonly text: string }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(this.page.url + path, { redirect: 'manual', ...init, headers: { ...this.headers, ...(cookie === '' ? {} : { cookie }), ...init.headers } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.cookies.set(name, value);
    }
    const text = await answer.text();
    if (answer.status >= 400) throw new Error(`${init.method ?? 'GET'} ${path} answered ${answer.status}: ${text.slice(0, 200)}`);
    return { status: answer.status, text };
  }

  /** The variant that the page's cookie promises; its body is readable, only its signature is not ours to make. */
  variantOf(experiment_id: string): string | undefined {
    const [body = ''] = (this.cookies.get('assigned') ?? '').split('.');
    if (body === '') return undefined;
    const entries = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as readonly (readonly [string, string, number])[];
    return entries.find(([id]) => id === experiment_id)?.[1];
  }

  /** Sends events as the page's script does: with the signed word of the rendering that they happened on. */
  async send(html: string, events: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const now = new Date().toISOString();
    const view = /data-view="([^"]+)"/.exec(html)?.[1];
    const body = JSON.stringify({ view, sent_at: now, events: events.map((event) => ({ event_id: uuidv7(), timestamp: now, ...event })) });
    await this.fetch('/events', { method: 'POST', body, headers: { 'content-type': 'application/json', origin: this.page.url } });
  }

  /** Fills in the contact form of a page and sends it, with the hidden fields that the page put into it. */
  async submit(html: string, name: string): Promise<void> {
    const hidden = [...html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([tag]) => [/name="([^"]*)"/.exec(tag)?.[1] ?? '', /value="([^"]*)"/.exec(tag)?.[1] ?? ''] as [string, string]);
    const form = new URLSearchParams([...hidden, ['name', name], ['email', `${name}@simulated.invalid`], ['message', 'Sent by npm run simulate.']]);
    await this.fetch('/contact', { method: 'POST', body: form, headers: { origin: this.page.url } });
  }
}

/** Lets one visitor come, look, perhaps come back, and perhaps send the form. The same seed and number behave the same. */
export const visit = async (page: SimulatedPage, seed: number, number: number): Promise<VisitOutcome> => {
  const random = randomOf(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const browser = new Browser(page, random);
  const look = async ({ path, referrer }: { readonly path: string; readonly referrer: string }): Promise<string> => {
    const { text } = await browser.fetch(path, { headers: { accept: 'text/html' } });
    const view_id = /data-id="([^"]+)"/.exec(text)?.[1];
    const events: Readonly<Record<string, unknown>>[] = [{ event_type: 'page_view', context: contextOf(path, referrer), ...(view_id === undefined ? {} : { event_id: view_id }) }];
    if (random() < SHARE_SCROLLING) events.push(...[25, 50, 75].slice(0, 1 + Math.floor(random() * 3)).map((depth) => ({ event_type: 'scroll', properties: { depth } })));
    events.push({ event_type: 'engagement', properties: { time_on_page: Math.round(5 + random() * 90) } });
    await browser.send(text, events);
    return text;
  };
  let html = await look(pick(random, ENTRIES));
  if (random() < SHARE_RETURNING) html = await look(COMES_BACK);
  const variant_id = browser.variantOf(page.experiment_id);
  const converted = random() < page.rateOf(variant_id);
  if (converted || random() < 0.15) await browser.send(html, [{ event_type: 'cta_click', event_name: 'hero' }]);
  if (converted) await browser.submit(html, `visitor-${seed}-${number}`);
  return { variant_id, converted };
};
