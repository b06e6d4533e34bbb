import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from '../tools/chromium/browser.ts';
import { launchChromium } from '../tools/chromium/launch-chromium.ts';
import type { Page } from '../tools/chromium/page.ts';
import { until } from '../tools/until.ts';
import { startSystem } from './support/system.ts';
import type { System } from './support/system.ts';

/** The product promises two seconds; a machine that is busy with other tests gets more. */
const LIVE_MS = 30_000;
const PASSWORD = 'a long enough password';

let system: System;
let browser: Browser;
let dashboard: Page;

before(async () => {
  system = await startSystem({ env: { BOT_FILTER: 'off', RATE_LIMIT: 'off' } });
  browser = await launchChromium();
});
after(async () => {
  await browser.close();
  await system.stop();
});

const visitorPage = (options: { readonly javascript?: boolean } = {}): Promise<Page> => browser.page({ width: 1280, height: 900, ...options });
const tile = async (name: string): Promise<number> => Number((await dashboard.text(`[data-key="${name}"] [data-figure]`)).replaceAll(',', ''));
const event = async (type: string): Promise<number> => {
  const cells = await dashboard.evaluate<string[]>(`[...document.querySelectorAll('table.events tr[data-key="${type}"] [data-figure]')].map((cell) => cell.textContent)`);
  return cells.reduce((sum, cell) => sum + Number(cell.replaceAll(',', '')), 0);
};
const withinLive = (what: string, check: () => Promise<boolean>): Promise<unknown> => until(what, () => check().catch(() => false), LIVE_MS);

const fillIn = async (page: Page): Promise<void> => {
  await page.type('[name="name"]', 'Ada');
  await page.type('[name="email"]', 'ada@example.com');
  await page.type('[name="message"]', 'Hello there');
  await page.navigates(() => page.click('form[action^="/contact"] button'));
};

test('the set-up link makes the first account, once, and leads to an overview that says what to do', async () => {
  const link = readFileSync(join(system.data_dir, 'setup-link'), 'utf8').trim();
  const at = new URL(link);
  dashboard = await browser.page({ width: 1280, height: 1000 });
  await dashboard.goto(`${system.admin.url.replace('127.0.0.1', at.hostname)}${at.pathname}${at.hash}`);
  await dashboard.type('[name="name"]', 'grace');
  await dashboard.type('[name="password"]', PASSWORD);
  await dashboard.navigates(() => dashboard.click('form[action="/setup"] button.primary'));
  await dashboard.waitFor('[data-key="empty"]');
  assert.match(await dashboard.text('[data-key="empty"]'), /No visitors yet/);
  const again = await fetch(`${system.admin.url}/setup`);
  assert.equal(again.status, 404);
});

test('a visitor who looks, clicks and writes moves the dashboard by exactly that', async () => {
  const page = await visitorPage();
  await page.goto(system.landing.url);
  await withinLive('the visit to show', async () => (await tile('Visitors')) === 1 && (await event('page_view')) === 1);
  await page.click('[data-cta]');
  await withinLive('the click to show', async () => (await event('cta_click')) === 1);
  await fillIn(page);
  await withinLive('the conversion to show', async () => (await tile('Conversions')) === 1 && (await event('form_submit')) === 1);
  await withinLive('the view of the page that says thank you to show', async () => (await event('page_view')) === 2);
  assert.deepEqual([await tile('Visitors'), await event('cta_click')], [1, 1]);
  assert.deepEqual(page.faults, []);
  await page.close();
});

test('a visitor without JavaScript sees the page, is counted, and can write', async () => {
  const page = await visitorPage({ javascript: false });
  const [visitors, views, submits] = [await tile('Visitors'), await event('page_view'), await event('form_submit')];
  await page.goto(system.landing.url);
  await withinLive('the visit to show', async () => (await tile('Visitors')) === visitors + 1 && (await event('page_view')) === views + 1);
  await fillIn(page);
  await withinLive('the conversion to show', async () => (await event('form_submit')) === submits + 1);
  await page.close();
});

test('a visitor who comes back sees the same variant and is no new visitor', async () => {
  const page = await visitorPage();
  await page.goto(system.landing.url);
  const headline = await page.text('h1');
  await withinLive('the visit to show', async () => (await tile('Visitors')) === 3);
  for (let index = 0; index < 3; index += 1) {
    await page.goto(system.landing.url);
    assert.equal(await page.text('h1'), headline);
  }
  assert.equal(await tile('Visitors'), 3);
  await page.close();
});

test('a toggle switched on the dashboard switches the landing page at once, and back', async () => {
  const page = await visitorPage();
  const form = async (): Promise<boolean> => {
    await page.goto(system.landing.url);
    return page.evaluate<boolean>(`document.querySelector('form[action^="/contact"]') !== null`);
  };
  assert.equal(await form(), true);
  await dashboard.click('#toggle-contact_form');
  await withinLive('the form to go', async () => !(await form()));
  await dashboard.waitFor('#toggle-contact_form[aria-checked="false"]:not([aria-busy])');
  await dashboard.click('#toggle-contact_form');
  await withinLive('the form to come back', form);
  await page.close();
});

test('the dashboard says which service is away, and goes on by itself when it is back', async () => {
  await system.metrics.stop('SIGKILL');
  await dashboard.waitUntil(`document.querySelector('.figures.stale') !== null`);
  assert.equal(await tile('Visitors') >= 3, true);
  await system.metrics.start();
  await dashboard.waitUntil(`document.querySelector('.figures.stale') === null`);
  assert.deepEqual(dashboard.faults, []);
});

test('neither page asks anybody but its own server', () => {
  const hosts = new Set(dashboard.requests.map(({ url }) => new URL(url)).filter(({ protocol }) => protocol.startsWith('http')).map(({ port }) => Number(port)));
  assert.deepEqual([...hosts], [system.admin.port]);
});
