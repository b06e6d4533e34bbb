import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import { after, before, beforeEach, test } from 'node:test';
import type { Browser } from '../tools/chromium/browser.ts';
import { launchChromium } from '../tools/chromium/launch-chromium.ts';
import type { Page } from '../tools/chromium/page.ts';
import { until } from '../tools/until.ts';
import { servePages } from './support/serve-pages.ts';
import type { PageServer } from './support/serve-pages.ts';

const TRACKER = stripTypeScriptTypes(readFileSync(new URL('../landing-service/public/tracker.ts', import.meta.url), 'utf8'));
const SHOP = '<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,"><script defer src="/tracker.js" data-endpoint="/collect"></script>';
/** Without it, what is left on leaving is stored: nothing is handed to the browser to send by itself. */
const NO_BEACON = 'navigator.sendBeacon = () => false';
const BATCH_MAX = 50;
const KEPT_MAX = 20;

interface Sent {
  readonly event_id: string;
  readonly event_type: string;
}

let server: PageServer;
let browser: Browser;
/** What the server does with events: it takes them, refuses them for now, or holds one answer back and takes the rest. */
let mode: 'take' | 'refuse' | 'hold' = 'take';
let taken: Sent[] = [];
let refused = 0;
let held: ServerResponse | undefined;

before(async () => {
  server = await servePages({
    '/': SHOP,
    '/empty': '<!doctype html><title>Nothing</title><link rel="icon" href="data:,">',
    '/tracker.js': (_request, response) => void response.writeHead(200, { 'content-type': 'text/javascript' }).end(TRACKER),
    '/collect': (_request, response) => {
      if (mode === 'hold') {
        mode = 'take';
        held = response;
        return;
      }
      if (mode === 'refuse') refused += 1;
      else taken.push(...JSON.parse(server.calls.at(-1)?.body ?? '').events);
      response.writeHead(mode === 'refuse' ? 503 : 200, { 'content-type': 'application/json' }).end('{}');
    },
  });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  taken = [];
  refused = 0;
  held = undefined;
});

/** What has arrived, each event once. How long a page was visible is left out: a short time is not said. */
const types = (): readonly string[] => [...new Map(taken.map(({ event_id, event_type }) => [event_id, event_type])).values()].filter((type) => type !== 'engagement');
const keptBy = (page: Page): Promise<readonly string[]> => page.evaluate(`Object.keys(localStorage).filter((name) => name.startsWith('fairsplit.queue.'))`);
const opened = async (page: Page, script: string): Promise<Page> => {
  await page.send('Page.addScriptToEvaluateOnNewDocument', { source: script });
  await page.goto(server.url);
  return page;
};

test('the tracker keeps every batch until its answer has come, whenever the page is left', async () => {
  mode = 'refuse';
  await using page = await opened(await browser.page(), NO_BEACON);
  await until('the view to be refused', () => refused > 0);
  await page.evaluate('fairsplit.track("one")');
  await page.goto(`${server.url}/empty`);
  mode = 'hold';
  await page.goto(server.url);
  await until('the first batch to be on its way', () => held);
  assert.deepEqual(types(), []);
  mode = 'refuse';
  await page.goto(`${server.url}/empty`);
  held?.destroy();
  await until('a view, what followed it, and the second view to be kept', async () => (await keptBy(page)).length === 3);
  mode = 'take';
  await page.goto(server.url);
  await until('the third view', () => types().length === 4);
  assert.deepEqual(types(), ['page_view', 'one', 'page_view', 'page_view']);
  await until('nothing to be kept any more', async () => (await keptBy(page)).length === 0);
});

test('the tracker loses nothing of several tabs that send what all of them keep', async () => {
  mode = 'refuse';
  await using one = await opened(await browser.page(), NO_BEACON);
  await until('the view to be refused', () => refused > 0);
  await one.evaluate('fairsplit.track("seen")');
  await one.goto(server.url);
  const other = await opened(await browser.pageBeside(one), NO_BEACON);
  await until('a view, and what followed it, to be kept for both', async () => (await keptBy(other)).length === 2);
  mode = 'hold';
  for (const tab of [one, other]) await tab.evaluate('fairsplit.track("click")');
  await until('one tab to wait for its answer, and the other to have sent all it knows', () => held !== undefined && types().includes('click'));
  held?.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  for (const tab of [one, other]) await tab.evaluate('fairsplit.track("later")');
  const all = ['click', 'click', 'later', 'later', 'page_view', 'page_view', 'page_view', 'seen'];
  await until('all events of both', () => types().length >= all.length);
  assert.deepEqual(types().toSorted(), all);
  await until('nothing to be kept any more', async () => (await keptBy(one)).length === 0);
});

test('the tracker sends again what was refused where it cannot store anything', async () => {
  const off = `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })`;
  const full = `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }`;
  for (const script of [off, full]) {
    mode = 'refuse';
    taken = [];
    refused = 0;
    await using page = await opened(await browser.page(), script);
    await until('the view to be refused', () => refused > 0);
    mode = 'take';
    await page.evaluate('fairsplit.track("again")');
    await until('both', () => types().length >= 2);
    assert.deepEqual(types(), ['page_view', 'again']);
  }
});

test('the tracker keeps a bounded number of batches, the newest, and asks a server that refuses no oftener for them', async () => {
  mode = 'refuse';
  await using page = await opened(await browser.page(), NO_BEACON);
  await until('the view to be refused', () => refused > 0);
  await page.evaluate(`for (let index = 0; index < ${2 * KEPT_MAX * BATCH_MAX}; index += 1) fairsplit.track('many', String(index))`);
  await page.goto(`${server.url}/empty`);
  await page.waitUntil(`Object.values(localStorage).some((text) => text.includes('"${2 * KEPT_MAX * BATCH_MAX - 1}"'))`);
  assert.equal((await keptBy(page)).length, KEPT_MAX);
  assert.ok(refused < KEPT_MAX, `${refused} requests`);
});
