import type { BenchCase } from './bench-case.ts';
import { RouteAbsent } from './bench-case.ts';
import type { BenchSystem } from './bench-system.ts';
import { compare } from './compare.ts';
import { GOALS } from './goal.ts';
import type { Goal } from './goal.ts';
import { BROWSER_HEADERS, requestText } from './request-text.ts';

const RETURNING_VISITORS = 500;

/** Visits the page once, as a new visitor, and returns the cookies and the page's length. */
const visit = async (system: BenchSystem): Promise<{ readonly cookie: string; readonly bytes: number }> => {
  const answer = await fetch(system.process('landing').url, { headers: BROWSER_HEADERS });
  const { byteLength } = await answer.arrayBuffer();
  if (!answer.ok) throw new RouteAbsent(`GET / answered ${answer.status}`);
  return { cookie: answer.headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]).join('; '), bytes: byteLength };
};

const pageRequest = (path: string, cookie?: string): string => requestText('GET', path, undefined, cookie === undefined ? BROWSER_HEADERS : { ...BROWSER_HEADERS, cookie });

const pageCase = (name: string, title: string, cpu_goal: Goal, cookiesOf: (system: BenchSystem) => Promise<readonly (string | undefined)[]>): BenchCase => ({
  name,
  title,
  run: (bench) => {
    let bytes = 0;
    return compare(bench, {
      names: ['ab', 'metrics', 'landing'],
      ids: 'v7',
      requests: async (system) => {
        const cookies = await cookiesOf(system);
        bytes = (await visit(system)).bytes;
        return cookies.map((cookie) => pageRequest('/', cookie));
      },
      limit_requests: (requests) => requests.map((request) => request.replace('GET / ', `GET /page?bytes=${bytes} `)),
      cpu_goal,
      p99_goal: GOALS.event_p99_ms,
      memory_goal: GOALS.memory_single_mb,
    });
  },
});

/** The landing page, rendered for one visitor, against a page of the same length that is not rendered at all. */
export const pageCases: readonly BenchCase[] = [
  pageCase('page-returning', 'GET /, returning visitors', GOALS.page_returning, async (system) => {
    const cookies: string[] = [];
    for (let visitor = 0; visitor < RETURNING_VISITORS; visitor += 1) cookies.push((await visit(system)).cookie);
    if (cookies[0] === '') throw new RouteAbsent('GET / sets no cookie');
    return cookies;
  }),
  pageCase('page-new', 'GET /, new visitors', GOALS.page_new, () => Promise.resolve([undefined])),
];
