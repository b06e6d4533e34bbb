import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LoggedEvent } from '../shared/contract/event.ts';
import type { Browser } from '../tools/chromium/browser.ts';
import { launchChromium } from '../tools/chromium/launch-chromium.ts';
import type { Page } from '../tools/chromium/page.ts';
import { until } from '../tools/until.ts';
import { servePages } from './support/serve-pages.ts';
import type { PageServer } from './support/serve-pages.ts';
import { startSystem } from './support/system.ts';
import type { System } from './support/system.ts';

let system: System;
let browser: Browser;
let shop: PageServer;
let landing_url = '';

before(async () => {
  const page = (): string =>
    `<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,"><button data-track="buy">Buy</button><script defer src="${landing_url}/tracker.js" data-endpoint="${landing_url}/events"></script>`;
  shop = await servePages({ '/': (_request, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(page()) });
  // The browser is driven by a program and says so; only here is that no reason not to count it.
  system = await startSystem({ services: ['ab', 'metrics', 'landing'], env: { BOT_FILTER: 'off', RATE_LIMIT: 'off', CORS_ORIGINS: shop.url } });
  landing_url = system.landing.url;
  browser = await launchChromium();
});
after(async () => {
  // Whatever has started is ended, also when the rest did not.
  await Promise.allSettled([browser?.close(), system?.stop(), shop?.[Symbol.asyncDispose]()]);
});

const events = async (): Promise<readonly LoggedEvent[]> => {
  const answer = await fetch(`${system.metrics.url}/events?limit=1000`, { headers: { authorization: `Bearer ${system.api_token}` } });
  return ((await answer.json()) as { readonly data: readonly LoggedEvent[] }).data.toReversed();
};

/** What a visitor did, oldest first, each as `type:name`; the time of a page's visibility is left out. */
const eventsOf = async (visitor_id: string): Promise<readonly string[]> =>
  (await events()).filter((event) => event.visitor_id === visitor_id && event.event_type !== 'engagement').map(({ event_type, event_name }) => (event_name === null ? event_type : `${event_type}:${event_name}`));

const visitorIdOf = async (page: Page): Promise<string> => (await page.cookies()).find(({ name }) => name === 'visitor_id')?.value.split('.')[0] ?? '';

const wait = (what: string, check: () => Promise<unknown>): Promise<unknown> => until(what, async () => Boolean(await check()));

test('the tracker sends the view once, clicks by their names, and how far somebody scrolled', async () => {
  await using page = await browser.page({ width: 1000, height: 600, reduced_motion: true });
  await page.goto(landing_url);
  const visitor_id = await visitorIdOf(page);
  await wait('the view', async () => (await eventsOf(visitor_id)).includes('page_view'));
  await page.click('[data-track="nav_benefits"]');
  await page.click('[data-cta="hero"]');
  await page.evaluate('scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" })');
  await wait('the end of the page', async () => (await eventsOf(visitor_id)).includes('scroll:100'));
  const seen = await eventsOf(visitor_id);
  assert.deepEqual(seen.filter((name) => !name.startsWith('scroll')), ['page_view', 'click:nav_benefits', 'cta_click:hero']);
  assert.deepEqual(seen.filter((name) => name.startsWith('scroll')).toSorted(), ['scroll:100', 'scroll:25', 'scroll:50', 'scroll:75']);
  const all = (await events()).filter((event) => event.visitor_id === visitor_id);
  assert.equal(new Set(all.map(({ variant }) => variant)).size, 1);
  for (const event of all) {
    assert.match(event.event_id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual([event.experiment_id !== null, event.context?.path], [true, '/']);
  }
  assert.deepEqual(page.faults, []);
});

test('the tracker says on leaving how long the page was visible', async () => {
  await using page = await browser.page();
  await page.goto(`${landing_url}/?utm_source=letter`);
  const visitor_id = await visitorIdOf(page);
  // By now the tracker runs, however long the page took to come.
  const begun = await page.evaluate<number>('performance.now()');
  await page.waitUntil(`performance.now() > ${begun + 700}`);
  await page.goto('about:blank');
  const engagement = async (): Promise<LoggedEvent | undefined> => (await events()).find((event) => event.visitor_id === visitor_id && event.event_type === 'engagement');
  await wait('the time on the page', engagement);
  const found = await engagement();
  assert.equal(found?.event_name, 'time_on_page');
  assert.ok(Number(found?.properties?.['time_on_page']) >= 0.5);
  assert.deepEqual(found?.context?.utm, { source: 'letter' });
});

test('the tracker keeps what a lost network does not take, for later and for the next page', async () => {
  await using page = await browser.page();
  await page.goto(landing_url);
  const visitor_id = await visitorIdOf(page);
  await wait('the view', async () => (await eventsOf(visitor_id)).length === 1);
  const kept = `Object.entries(localStorage).filter(([name]) => name.startsWith('fairsplit.queue.')).join()`;
  await wait('the answer to it', async () => (await page.evaluate(kept)) === '');
  await system.landing.stop('SIGKILL');
  await page.click('[data-track="nav_how"]');
  await page.waitUntil(`${kept}.includes('nav_how')`);
  await system.landing.start();
  await page.goto(landing_url);
  await wait('the second view, which is sent after what was kept', async () => (await eventsOf(visitor_id)).filter((name) => name === 'page_view').length === 2);
  assert.deepEqual((await eventsOf(visitor_id)).filter((name) => !name.startsWith('scroll')), ['page_view', 'click:nav_how', 'page_view']);
});

test('the tracker knows a visitor of another site again, without a cookie', async () => {
  await using page = await browser.page();
  await page.goto(shop.url);
  await page.waitUntil(`localStorage.getItem('fairsplit.visitor')`);
  const visitor_id = (await page.evaluate<string>(`localStorage.getItem('fairsplit.visitor')`)).split('.')[0] ?? '';
  await page.click('button');
  await wait('the click', async () => (await eventsOf(visitor_id)).includes('click:buy'));
  await page.goto(shop.url);
  await wait('the second view', async () => (await eventsOf(visitor_id)).filter((name) => name === 'page_view').length === 2);
  assert.deepEqual(page.faults, []);
});

test('the tracker sends nothing for somebody who asks not to be followed', async () => {
  await using page = await browser.page();
  await page.send('Page.addScriptToEvaluateOnNewDocument', { source: `Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { value: true })` });
  await page.goto(shop.url);
  await page.click('button');
  await page.waitUntil('document.readyState === "complete"');
  assert.deepEqual(page.requests.map(({ url }) => new URL(url).pathname).filter((path) => path === '/events'), []);
});

test('the pages have no fault that an accessibility audit finds, and ask nobody else for anything', async () => {
  for (const dark of [false, true]) {
    for (const width of [360, 1280, 2560]) {
      await using page = await browser.page({ width, height: 900, dark, reduced_motion: true });
      for (const path of ['/?variant=A', '/?variant=B', '/olympus?variant=neon', '/olympus?variant=synthwave', '/thank-you']) {
        await page.goto(landing_url + path);
        assert.deepEqual(await page.accessibilityFaults(), [], `${path} at ${width}`);
        assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true, `${path} is not wider than ${width}`);
      }
      assert.deepEqual(page.faults, []);
      assert.deepEqual([...new Set(page.requests.map(({ url }) => new URL(url).origin))], [landing_url]);
    }
  }
});
