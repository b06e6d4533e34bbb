import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from '../tools/chromium/browser.ts';
import { findChromium } from '../tools/chromium/find-chromium.ts';
import { launchChromium } from '../tools/chromium/launch-chromium.ts';
import { until } from '../tools/until.ts';
import { isRunning } from './support/is-running.ts';
import { servePages } from './support/serve-pages.ts';
import type { PageServer } from './support/serve-pages.ts';

const document = (body: string, head = ''): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A test page</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`;

const FORM = document(`<h1>Hello</h1><form method="post" action="/sent"><label>Name <input name="name" value="Ada"></label><button>Send</button></form>
  <p id="scripts">off</p><p id="motion"></p><div style="height:3000px"></div><button id="low" type="button">Low</button>
  <script>scripts.textContent='on';low.onclick=(e)=>{low.textContent=e.isTrusted+' '+e.detail};</script>`);

let server: PageServer;
let browser: Browser;

before(async () => {
  server = await servePages({
    '/form': FORM,
    '/sent': document('<h1>Thank you</h1>'),
    '/moved': (_request, response) => void response.writeHead(303, { location: '/form', 'set-cookie': 'seen=1; HttpOnly' }).end(),
    '/wrong': document('<script>console.error("first", 2); setTimeout(() => { throw new Error("third") })</script><img alt="" src="/none.png">'),
    '/covered': document('<button id="b">B</button><div style="position:fixed;inset:0"></div>'),
    '/asks': document('<button id="b">B</button><p id="p"></p><script>b.onclick=()=>{p.textContent=confirm("Sure?")}</script>'),
    '/good': document('<h1>One</h1><h2>Two</h2><a href="/">A link</a><img alt="A dot" src="data:,"><button>Go</button>'),
    '/bad': `<!doctype html><html><head><link rel="icon" href="data:,"></head><body><h1>One</h1><h3>Three</h3><img src="data:,"><button></button>
      <input placeholder="" ><p id="x" style="color:#999">Pale</p><p id="x" style="color:#949494;font-size:24px">Large</p>
      <p style="color:#fff;background:linear-gradient(#000, #ccc)">Gradient</p><p style="color:oklch(0.85 0 0)">Modern</p>
      <p style="color:#999" hidden>Hidden</p><button disabled style="color:#999">Off</button><div style="width:3000px">Wide</div></body></html>`,
  });
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

test('findChromium() says what to do when there is no browser', () => {
  assert.throws(() => findChromium({ CHROMIUM_PATH: '/nowhere/chromium' }), /CHROMIUM_PATH is \/nowhere\/chromium/);
  assert.equal(findChromium({ CHROMIUM_PATH: process.execPath }), process.execPath);
});

test('goto() waits for the load and answers the status, after redirects too', async () => {
  await using page = await browser.page();
  assert.equal(await page.goto(`${server.url}/form`), 200);
  assert.equal(await page.goto(`${server.url}/absent`), 404);
  assert.equal(await page.goto(`${server.url}/moved`), 200);
  const documents = page.requests.filter(({ type }) => type === 'Document');
  assert.deepEqual(documents.slice(-2).map(({ method, status }) => [method, status]), [['GET', 303], ['GET', 200]]);
  assert.deepEqual((await page.cookies()).map(({ name, value, httpOnly }) => [name, value, httpOnly]), [['seen', '1', true]]);
  await assert.rejects(page.goto('http://127.0.0.1:1/'), /ERR_/);
});

test('page() opens every page in a context of its own, and pageBeside() shares it', async () => {
  await using one = await browser.page();
  await using other = await browser.page();
  await one.goto(`${server.url}/form`);
  await one.setCookie(server.url, 'who', 'one');
  assert.equal((await other.cookies()).length, 0);
  const beside = await browser.pageBeside(one);
  assert.equal((await beside.cookies()).length, 1);
});

test('page() passes for an ordinary Chrome unless told otherwise', async () => {
  await using page = await browser.page();
  await page.goto(`${server.url}/form`);
  const headers = server.calls.at(-1)?.headers ?? {};
  assert.match(String(headers['user-agent']), /Chrome\/\d+/);
  assert.doesNotMatch(`${headers['user-agent']} ${headers['sec-ch-ua']}`, /Headless/);
  assert.equal(await page.evaluate('navigator.webdriver'), false);
  await using own = await browser.page({ user_agent: null });
  assert.match(await own.evaluate('navigator.userAgent'), /HeadlessChrome/);
  await using bot = await browser.page({ user_agent: 'Examplebot/1.0' });
  assert.equal(await bot.evaluate('navigator.userAgent'), 'Examplebot/1.0');
});

test('page() takes size, colour scheme and motion from its options', async () => {
  await using page = await browser.page({ width: 360, height: 640, dark: true, reduced_motion: true });
  const asked = '[innerWidth, innerHeight, matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("(prefers-reduced-motion)").matches, document.visibilityState]';
  await page.goto(`${server.url}/good`);
  assert.deepEqual(await page.evaluate(asked), [360, 640, true, true, 'visible']);
});

test('type(), press() and click() act as mouse and keyboard', async () => {
  await using page = await browser.page();
  await page.goto(`${server.url}/form`);
  await page.type('input', ' Lövelace 1');
  assert.equal(await page.evaluate('document.querySelector("input").value'), 'Ada Lövelace 1');
  await page.type('input', 'Grace', { replace: true });
  await page.click('#low');
  assert.equal(await page.text('#low'), 'true 1');
  await page.evaluate('document.querySelector("input").focus()');
  assert.equal(await page.navigates(() => page.press('Enter')), 200);
  assert.equal(await page.text('h1'), 'Thank you');
  const sent = server.calls.at(-1);
  assert.deepEqual([sent?.line, sent?.body], ['POST /sent', 'name=Grace']);
  assert.equal(page.requests.at(-1)?.body, 'name=Grace');
});

test('a page without JavaScript can be used all the same', async () => {
  await using page = await browser.page({ javascript: false });
  await page.goto(`${server.url}/form`);
  assert.equal(await page.text('#scripts'), 'off');
  await page.type('input', ' B');
  await page.navigates(() => page.click('form button'));
  assert.equal(server.calls.at(-1)?.body, 'name=Ada+B');
});

test('click() refuses what a person could not click', async () => {
  await using page = await browser.page();
  await page.goto(`${server.url}/covered`);
  await assert.rejects(page.click('#b', 100), /clickable: .*covered by <div/);
});

test('click() answers a dialog with yes', async () => {
  await using page = await browser.page();
  await page.goto(`${server.url}/asks`);
  await page.click('#b');
  await page.waitUntil('p.textContent === "true"');
});

test('faults collects console errors, exceptions and failed resources', async () => {
  await using page = await browser.page();
  await page.goto(`${server.url}/wrong`);
  await until('three faults', () => page.faults.length >= 3);
  const all = page.faults.join('\n');
  assert.match(all, /^first 2$/m);
  assert.match(all, /Error: third/);
  assert.match(all, /404.*none\.png/);
});

test('setOffline() takes the network away and gives it back', async () => {
  await using page = await browser.page();
  await page.goto(`${server.url}/form`);
  await page.setOffline(true);
  await assert.rejects(page.evaluate('fetch("/good")'), /Failed to fetch/);
  await until('the failure to be known', () => page.requests.at(-1)?.failure === 'net::ERR_INTERNET_DISCONNECTED');
  await page.setOffline(false);
  assert.equal(await page.evaluate('fetch("/good").then((answer) => answer.status)'), 200);
});

test('waitUntil() says what it waited for, and evaluate() throws what the page throws', async () => {
  await using page = await browser.page();
  await assert.rejects(page.waitUntil('window.never', 100), /Waited 100 ms for window\.never/);
  await assert.rejects(page.waitFor('#never', 100), /#never to be visible/);
  await assert.rejects(page.evaluate('nothing.here'), /ReferenceError/);
  await assert.rejects(page.text('#never'), /Nothing matches #never/);
});

test('screenshot() writes the view or the whole page', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fairsplit-screenshot-'));
  try {
    await using page = await browser.page({ width: 400, height: 300 });
    await page.goto(`${server.url}/form`);
    const sizeOf = async (full_page: boolean): Promise<readonly number[]> => {
      await page.screenshot(join(folder, 'a.png'), { full_page });
      const bytes = await readFile(join(folder, 'a.png'));
      return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    };
    assert.deepEqual(await sizeOf(false), [400, 300]);
    const [width, height] = await sizeOf(true);
    assert.ok(width !== undefined && width >= 385 && width <= 400 && height !== undefined && height > 3000, `${width} × ${height}`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('accessibilityFaults() finds nothing on a good page and every fault of a bad one', async () => {
  await using page = await browser.page();
  await page.goto(`${server.url}/good`);
  assert.deepEqual(await page.accessibilityFaults(), []);
  await page.goto(`${server.url}/bad`);
  const faults = await page.accessibilityFaults();
  const expected = [/no lang/, /no title/, /without alt/, /"x" is used 2/, /sideways/, /level 3 after level 1/, /button without a name/,
    /textbox without a name/, /Contrast 2\.85 .*"Pale"/, /"Gradient"/, /"Modern"/];
  for (const pattern of expected) assert.ok(faults.some((fault) => pattern.test(fault)), `${pattern} in:\n${faults.join('\n')}`);
  assert.doesNotMatch(faults.join('\n'), /"Hidden"|"Off"|"Large"/);
});

test('launchChromium() leaves nothing behind when the process that called it is killed', async () => {
  const launcher = new URL('../tools/chromium/launch-chromium.ts', import.meta.url).href;
  const code = `const { launchChromium } = await import(${JSON.stringify(launcher)});
    const browser = await launchChromium(); console.log(browser.process_id); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  const id = await new Promise<number>((resolve) => child.stdout.once('data', (line) => resolve(Number(line))));
  const profile = /--user-data-dir=([^\0]+)/.exec(await readFile(`/proc/${id}/cmdline`, 'utf8'))?.[1] ?? '';
  assert.ok(existsSync(profile));
  child.kill('SIGKILL');
  await until('the browser to be gone', () => !isRunning(id) && !existsSync(profile));
});
