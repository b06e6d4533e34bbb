import assert from 'node:assert/strict';
import type { System } from './system.ts';

/** A pause between two tries of a client whose server is away (milliseconds). */
const AGAIN_MS = 20;
/** How long one try may take (milliseconds): a killed server may leave a connection half open. */
const TRY_MS_MAX = 5_000;
const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** What the writers were told is done; nothing of it may be missing, nothing else may be there. */
export class Acknowledged {
  /** By event id: who did it, and what. */
  readonly events: Map<string, { readonly visitor_id: string; readonly event_type: string }> = new Map();
  /** By visitor, the variant as ab-service answered it. */
  readonly variants: Map<string, string> = new Map();
  /** By visitor of the landing page, the headline that was shown. */
  readonly headlines: Map<string, string> = new Map();
  retries = 0;
  /** True once a service is away for good: then nobody waits for it. */
  is_hopeless = false;
}

/** Repeats a request until it is answered with success, as clients with the same ids may; anything but being away throws. */
const persist = async (acknowledged: Acknowledged, url: string, init: RequestInit = {}): Promise<{ readonly answer: Response; readonly text: string }> => {
  for (;;) {
    try {
      const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(TRY_MS_MAX) });
      const text = await answer.text();
      if (answer.ok) return { answer, text };
      assert.equal(answer.status, 503, `${url} ${answer.status} ${text}`);
    } catch (error) {
      if (error instanceof assert.AssertionError || acknowledged.is_hopeless) throw error;
    }
    acknowledged.retries += 1;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
};

/** One program that calls the services itself: assigns a visitor, asks again, sends an event by itself and a batch. */
export const writeDirectly = async (system: System, acknowledged: Acknowledged, visitor_id: string): Promise<void> => {
  for (let again = 0; again < 2; again += 1) {
    const { text } = await persist(acknowledged, `${system.ab.url}/assign?visitor_id=${visitor_id}`);
    const { variant, assignment_timestamp } = JSON.parse(text);
    const given = `${variant} ${assignment_timestamp}`;
    assert.equal(given, acknowledged.variants.get(visitor_id) ?? given, `${visitor_id} changed variant`);
    acknowledged.variants.set(visitor_id, given);
  }
  const events = Array.from({ length: 4 }, () => ({ visitor_id, event_type: 'kill_direct', event_id: crypto.randomUUID() }));
  const [first, ...others] = events;
  for (const body of [first, others]) await persist(acknowledged, `${system.metrics.url}/events`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
  for (const { event_id, event_type } of events) acknowledged.events.set(event_id, { visitor_id, event_type });
};

const headlineOf = (page: string): string => /<h1[^>]*>([^<]*)/.exec(page)?.[1]?.trim() ?? '';

/** One visitor of the landing page without JavaScript but for events: opens it, loads its pixel, sends events, opens it again. */
export const visit = async (system: System, acknowledged: Acknowledged): Promise<void> => {
  const { landing } = system;
  const { answer, text } = await persist(acknowledged, landing.url, { headers: BROWSER });
  const cookie = answer.headers.getSetCookie().map((each) => each.split(';', 1)[0]).join('; ');
  const visitor_id = /visitor_id=([\w-]{36})/.exec(cookie)?.[1] ?? '';
  const [, view_id = '', view = ''] = /data-id="([\w-]{36})" data-view="([^"]+)"/.exec(text) ?? [];
  assert.ok(visitor_id !== '' && view_id !== '', 'a visitor with a page');
  acknowledged.headlines.set(visitor_id, headlineOf(text));

  await persist(acknowledged, `${landing.url}/pixel?view=${view}`, { headers: BROWSER });
  acknowledged.events.set(view_id, { visitor_id, event_type: 'page_view' });
  const events = Array.from({ length: 3 }, () => ({ event_type: 'kill_landing', event_id: crypto.randomUUID() }));
  await persist(acknowledged, `${landing.url}/events`, { method: 'POST', headers: { ...BROWSER, ...JSON_TYPE, cookie }, body: JSON.stringify({ events, view }) });
  for (const { event_id, event_type } of events) acknowledged.events.set(event_id, { visitor_id, event_type });

  const again = await persist(acknowledged, landing.url, { headers: { ...BROWSER, cookie } });
  assert.equal(headlineOf(again.text), headlineOf(text), `${visitor_id} changed variant`);
};
