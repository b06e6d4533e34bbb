import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from '../tools/chromium/browser.ts';
import { launchChromium } from '../tools/chromium/launch-chromium.ts';
import type { Page } from '../tools/chromium/page.ts';
import { startSystem } from './support/system.ts';
import type { System } from './support/system.ts';

let system: System;
let browser: Browser;

before(async () => {
  [system, browser] = await Promise.all([startSystem({ services: ['ab', 'metrics'] }), launchChromium()]);
});

after(async () => {
  await browser?.close();
  await system?.stop();
});

/** Waits until an answer is there to its end; before, the page says how much of it has come so far. */
const answered = (page: Page): Promise<unknown> => page.waitUntil(`document.querySelector('.answer-state .status') && !document.querySelector('.answer-bar .button')`);

const useToken = async (page: Page, token: string): Promise<void> => {
  await page.type('#token', token, { replace: true });
  await page.press('Enter');
};

/** Everything that the page asked for came from its own service, and nothing went wrong in it. */
const assertWell = (page: Page, url: string): void => {
  assert.deepEqual(page.requests.filter((request) => !request.url.startsWith(url)).map((request) => request.url), []);
  assert.deepEqual(page.faults, []);
};

test('GET /docs finds an endpoint by typing, sends a request with a token and shows the answer, all by keyboard', async () => {
  await using page = await browser.page({ width: 1280, height: 900 });
  const { url } = system.ab;
  assert.equal(await page.goto(`${url}/docs`), 200);
  await page.waitFor('main h1');
  await useToken(page, system.api_token);
  await page.press('Tab');
  await page.evaluate('document.activeElement.blur()');
  await page.press('/');
  assert.equal(await page.evaluate('document.activeElement.id'), 'search');
  for (const letter of 'creates an exper') await page.press(letter);
  await page.waitUntil(`/^[1-5] of \\d+ endpoints$/.test(document.getElementById('announcer').textContent)`);
  await page.press('Enter');
  await page.waitFor('.operation');
  assert.equal(await page.evaluate('location.hash'), '#post-experiments');
  assert.equal(await page.evaluate('document.activeElement.textContent'), 'Creates an experiment');
  assert.match(await page.text('.try .code'), /curl -X POST .*\/experiments/s);
  assert.doesNotMatch(await page.text('.try .code'), new RegExp(system.api_token));
  await page.evaluate(`document.querySelector('.send .button').focus()`);
  await page.press('Enter');
  await answered(page);
  assert.match(await page.text('.answer-state'), /^201 Created · [\d.]+ m?s · [\d.]+ (bytes|kB)$/);
  assert.match(await page.text('.answer-panel .code'), /"name": "Hero wording"/);
  await page.click('.answer-headers summary');
  assert.match(await page.text('.answer-headers'), /location\s+\/experiments\/[0-9a-f-]{36}/);
  const made = (await (await fetch(`${url}/experiments/hero-wording`, { headers: { authorization: `Bearer ${system.api_token}` } })).json()) as { readonly status: string };
  assert.equal(made.status, 'DRAFT');
  assertWell(page, url);
});

test('GET /docs shows what a link names, sends what is typed, and shows refusals as they are', async () => {
  await using page = await browser.page();
  const { url } = system.metrics;
  await page.goto(`${url}/docs#post-sample-size`);
  await page.waitFor('.operation');
  assert.equal(await page.text('h1'), 'Says how many visitors a test needs');
  await page.click('.send .button');
  await answered(page);
  assert.match(await page.text('.answer-panel .code'), /"status": 401/);
  await useToken(page, system.api_token);
  await page.click('.send .button');
  await page.waitUntil(`document.querySelector('.answer-panel .code')?.textContent.includes('3841')`);
  await page.type('#request-body', '{ not', { replace: true });
  await page.waitUntil(`document.querySelector('.body-fault').textContent.startsWith('This is not JSON yet')`);
  await page.click('.send .button');
  await page.waitUntil(`document.querySelector('.answer-panel .code')?.textContent.includes('The body is not JSON.')`);
  await page.evaluate(`location.hash = '#get-health'`);
  await page.waitUntil(`document.title.startsWith('GET /health')`);
  await page.navigates(() => page.evaluate('location.reload()'));
  await page.waitFor('.operation');
  assert.equal(await page.evaluate(`document.getElementById('token').value`), system.api_token, 'the tab remembers the token');
  await using other = await browser.page();
  await other.goto(`${url}/docs`);
  assert.equal(await other.evaluate(`document.getElementById('token').value`), '', 'another one does not');
});

test('GET /docs follows a stream until it is stopped', async () => {
  await using page = await browser.page();
  await page.goto(`${system.ab.url}/docs#get-config-stream`);
  await page.waitFor('.operation');
  await page.click('.send .button');
  await page.waitUntil(`document.querySelector('.answer-panel .code')?.textContent.includes('event: config')`);
  const before = await page.evaluate<number>(`document.querySelector('.answer-panel .code').textContent.length`);
  await fetch(`${system.ab.url}/config`, { method: 'POST', headers: { authorization: `Bearer ${system.api_token}`, 'content-type': 'application/json' }, body: '{"toggles":{"announcement":true}}' });
  await page.waitUntil(`document.querySelector('.answer-panel .code').textContent.length > ${before}`);
  await page.click('.answer-bar .button');
  await page.waitUntil(`document.querySelector('.answer-state').textContent.endsWith('Stopped.')`);
  assertWell(page, system.ab.url);
});

test('GET /docs asks for the token where an installation wants one everywhere, and then reads on', async () => {
  await using closed = await startSystem({ services: ['ab'], env: { REQUIRE_TOKEN: '1' } });
  await using page = await browser.page();
  assert.equal(await page.goto(`${closed.ab.url}/docs#get-assign`), 200);
  await page.waitFor('h1');
  assert.equal(await page.text('h1'), 'A token is needed');
  assert.equal(await page.evaluate('document.activeElement.id'), 'token');
  await useToken(page, 'wrong');
  await page.waitUntil(`document.querySelector('main').textContent.includes('not valid here')`);
  await useToken(page, closed.ingest_token);
  await page.waitFor('.operation');
  await page.click('.send .button');
  await answered(page);
  assert.match(await page.text('.answer-state'), /^200 /);
  assert.deepEqual(await page.accessibilityFaults(), []);
});

test('GET /docs leaves the path of a change empty, so that no example is deleted by one press', async () => {
  await using page = await browser.page();
  await page.goto(`${system.ab.url}/docs#delete-experiments-id`);
  await page.waitFor('.operation');
  await page.click('.send .button');
  assert.equal(await page.evaluate(`document.getElementById('path-id').matches(':invalid')`), true);
  assert.equal(await page.evaluate(`document.querySelector('.answer-panel').childElementCount`), 0);
});

test('GET /docs is accessible in light and dark, on narrow and wide screens', async () => {
  for (const [width, dark] of [[360, false], [360, true], [1280, false], [1280, true], [2560, false]] as const) {
    await using page = await browser.page({ width, height: 900, dark });
    const assertAccessible = async (what: string): Promise<void> => assert.deepEqual(await page.accessibilityFaults(), [], `${what} at ${width}, dark: ${dark}`);
    for (const [service, hash] of [['ab', 'patch-experiments-id'], ['metrics', 'get-experiments-id-results']] as const) {
      await page.goto(`${system[service].url}/docs`);
      await page.waitFor('.overview');
      await assertAccessible(`overview of ${service}`);
      await page.evaluate(`location.hash = '#${hash}'`);
      await page.waitFor('.operation');
      await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
      await page.evaluate(`document.querySelector('.request-form').noValidate = true`);
      await page.click('.send .button');
      await answered(page);
      if (width === 360) await page.click('#list-button');
      await assertAccessible(hash);
    }
  }
});
