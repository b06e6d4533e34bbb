import { FRESH_ID, SENT_TIME, VISITOR_ID } from './load-plan.ts';

/** What a browser sends with a page's request, as far as a server looks at it. */
export const BROWSER_HEADERS: Readonly<Record<string, string>> = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'accept-language': 'en-US,en;q=0.5',
  'sec-fetch-site': 'none',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

/** The types of events that a visitor causes, in this order; every twentieth visitor ends with a `form_submit`. */
const EVENT_TYPES = ['page_view', 'scroll', 'click', 'scroll', 'engagement'];
const VISITORS_A_CONVERSION = 20;

/** A request with its body as the bytes of HTTP/1.1. */
export const requestText = (method: 'GET' | 'POST', path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): string => {
  const text = body === undefined ? '' : JSON.stringify(body);
  const all = { host: 'localhost', ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }) };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${path} HTTP/1.1\r\n${head}\r\n${text}`;
};

/** Events of visitors one after the other, five each, in both variants of the first experiment. */
export const eventBodies = (count: number): readonly Readonly<Record<string, string>>[] =>
  Array.from({ length: count }, (_, index) => {
    const visitor = Math.floor(index / EVENT_TYPES.length);
    const type = EVENT_TYPES[index % EVENT_TYPES.length] as string;
    return {
      event_id: FRESH_ID,
      visitor_id: VISITOR_ID,
      experiment_id: 'homepage',
      variant: visitor % 2 === 0 ? 'A' : 'B',
      event_type: type === 'engagement' && visitor % VISITORS_A_CONVERSION === 0 ? 'form_submit' : type,
      timestamp: SENT_TIME,
    };
  });

/** One event a request. */
export const eventRequests = (): readonly string[] =>
  eventBodies(EVENT_TYPES.length * VISITORS_A_CONVERSION).map((event) => requestText('POST', '/events', event));

/** So many events a request. */
export const batchRequest = (events: number): readonly string[] => [requestText('POST', '/events', eventBodies(events))];

/** New visitors of the first experiment, so many a request. */
export const assignmentsRequest = (visitors: number): readonly string[] => [
  requestText('POST', '/assign', { assignments: Array.from({ length: visitors }, () => ({ visitor_id: FRESH_ID, experiment: 'homepage' })) }),
];

/** One visitor's assignment. */
export const assignRequest = (visitor_id: string): string => requestText('GET', `/assign?visitor_id=${visitor_id}&experiment=homepage`);
