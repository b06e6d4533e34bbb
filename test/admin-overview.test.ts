import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sampleResults } from '../admin-app/test/support/sample-results.ts';
import { sampleExperiment, StubPeers } from '../admin-app/test/support/stub-peers.ts';
import type { Browser, PageOptions } from '../tools/chromium/browser.ts';
import { launchChromium } from '../tools/chromium/launch-chromium.ts';
import type { Page } from '../tools/chromium/page.ts';
import { startSystem } from './support/system.ts';
import type { System } from './support/system.ts';

const PASSWORD = 'correct horse battery';
const HOUR_MS = 3_600_000;

let browser: Browser;
let peers: StubPeers;
let system: System;
let session = '';

const figures = (more: number) => sampleResults({ counts: { A: [2_412 + more, 241], B: [2_371, 318] }, start: Date.now() - 47.5 * HOUR_MS, exclusions: { bots: 12 } });

before(async () => {
  peers = await StubPeers.start();
  const three = sampleResults({ key: 'three', name: 'Three ways, one of them with quite a long name', revenue: 49, counts: { control: [8_120, 402], 'short and sweet': [8_097, 431], 'with video': [8_202, 455] } });
  const split = sampleResults({ key: 'split', name: 'Broken', counts: { A: [2_400, 240], B: [2_000, 200] } });
  const fresh = sampleResults({ key: 'fresh', name: 'Fresh', counts: { A: [0, 0], B: [0, 0] } });
  peers.results = new Map([['homepage', figures(0)], ['three', three], ['split', split], ['fresh', fresh]]);
  const env = { AB_URL: peers.ab_url, METRICS_URL: peers.metrics_url, LANDING_PEER_URL: peers.landing_url, RATE_LIMIT: 'off' };
  [browser, system] = await Promise.all([launchChromium(), startSystem({ services: ['admin'], env })]);
});

after(async () => {
  await browser?.close();
  await system?.stop();
  await peers?.[Symbol.asyncDispose]();
});

const open = async (path: string, options: PageOptions = {}): Promise<Page> => {
  const page = await browser.page({ reduced_motion: true, ...options });
  await page.setCookie(system.admin.url, 'fairsplit_session', session);
  await page.goto(system.admin.url + path);
  return page;
};

test('the set-up link leads a browser to its account and the overview', async () => {
  await using page = await browser.page();
  await page.goto(readFileSync(join(system.data_dir, 'setup-link'), 'utf8').trim());
  assert.deepEqual(await page.accessibilityFaults(), []);
  assert.equal(await page.evaluate('document.querySelector("setup-token").checkVisibility()'), false);
  await page.type('#name', 'ann');
  await page.type('#password', PASSWORD);
  await page.navigates(() => page.press('Enter'));
  await page.waitFor('.overview-head');
  assert.match(await page.text('.bar'), /ann/);
  session = (await page.cookies()).find(({ name }) => name === 'fairsplit_session')?.value ?? '';
  assert.equal(session.length, 43);
  assert.deepEqual(page.faults, []);
});

test('signing out and in again works by keyboard', async () => {
  await using page = await open('/');
  await page.navigates(() => page.click('form[action="/sign-out"] button'));
  assert.deepEqual(await page.accessibilityFaults(), []);
  for (const character of 'ann') await page.press(character);
  await page.press('Tab');
  for (const character of PASSWORD) await page.press(character === ' ' ? 'Space' : character);
  await page.navigates(() => page.press('Enter'));
  await page.waitFor('.overview-head');
  session = (await page.cookies()).find(({ name }) => name === 'fairsplit_session')?.value ?? '';
});

test('the figures move by themselves, and leave focus, selection and open details alone', async () => {
  await using page = await open('/');
  await page.waitFor('.live-state:not(.lost)');
  await page.click('details.behind summary');
  await page.evaluate('window.focused = document.querySelector("#experiment"); focused.focus()');
  assert.match(await page.text('.tiles'), /4,783/);
  peers.results = new Map([...peers.results, ['homepage', figures(5)]]);
  await page.waitUntil('document.querySelector(".tiles").innerText.includes("4,788")');
  assert.equal(await page.evaluate('document.activeElement === focused && document.querySelector("details.behind").open'), true);
  assert.deepEqual(page.faults, []);
});

test('a switch acts at once, is seen in every window, and shows the old state again when it is refused', async () => {
  await using page = await open('/');
  await using other = await open('/?experiment=three');
  const state = '[...document.querySelectorAll("#toggle-announcement")].map((e) => e.getAttribute("aria-checked") + e.ariaBusy).join()';
  await page.waitFor('.live-state:not(.lost)');
  await page.click('#toggle-announcement');
  for (const each of [page, other]) await each.waitUntil(`${state} === "truenull"`);
  assert.equal(peers.toggles.find(({ key }) => key === 'announcement')?.enabled, true);
  peers.refusal = { status: 409, detail: 'It is scheduled.' };
  await page.click('#toggle-announcement');
  await page.waitUntil('document.querySelector(".switch-fault").textContent === "It is scheduled."');
  assert.equal(await page.evaluate(state), 'truenull');
  peers.refusal = undefined;
  await page.click('#toggle-announcement');
  for (const each of [page, other]) await each.waitUntil(`${state} === "falsenull"`);
  assert.equal(await page.text('.switch-fault'), '');
});

test('an experiment is paused after a question, and resumed', async () => {
  await using page = await open('/');
  await page.click('#ask-pause');
  await page.waitFor('dialog:modal');
  assert.deepEqual(await page.accessibilityFaults(), []);
  await page.press('Escape');
  await page.waitUntil('!document.querySelector("dialog:modal")');
  await page.click('#ask-pause');
  await page.navigates(() => page.click('dialog .primary'));
  await page.waitFor('.status.paused');
  assert.equal(peers.experiments[0]?.status, 'PAUSED');
  await page.click('#ask-resume');
  await page.navigates(() => page.click('dialog .primary'));
  await page.waitFor('.status.running');
});

test('everything but the live figures works without JavaScript', async () => {
  await using page = await open('/', { javascript: false });
  await page.navigates(() => page.click('#toggle-contact_form'));
  assert.equal(await page.evaluate('document.querySelector("#toggle-contact_form").ariaChecked'), 'false');
  await page.navigates(() => page.click('#toggle-contact_form'));
  await page.navigates(() => page.click('#ask-pause'));
  await page.navigates(() => page.click('dialog .primary'));
  assert.match(await page.text('.facts'), /paused/);
  await page.navigates(() => page.click('#ask-resume'));
  await page.navigates(() => page.click('dialog .primary'));
  await page.evaluate('document.querySelector("#experiment").value = "three"');
  await page.navigates(() => page.click('.picker button'));
  assert.match(await page.text('h1'), /Three ways/);
});

test('the overview has no accessibility fault, wide or narrow, light or dark, full, empty, alarming or without its sources', async () => {
  peers.experiments = [sampleExperiment()];
  const narrow = ['/', '/?experiment=three', '/?experiment=split', '/?experiment=fresh', '/?experiment=none', '/nothing-here'].map((path) => [path, { width: 360 }] as const);
  for (const [path, options] of [...narrow, ['/', { width: 1280, dark: true }] as const, ['/?experiment=three', { width: 2560, height: 1440 }] as const]) {
    await using page = await open(path, options);
    assert.deepEqual(await page.accessibilityFaults(), [], `${path} ${JSON.stringify(options)}`);
  }
  await using page = await open('/', { width: 360 });
  for (const name of ['metrics', 'landing', 'ab'] as const) peers.leave(name);
  await page.waitUntil('document.querySelectorAll(".services .notice").length === 3 && document.querySelector(".figures.stale")');
  assert.deepEqual(await page.accessibilityFaults(), []);
  await page.waitUntil(`document.querySelector("#toggle-announcement").disabled`);
});
