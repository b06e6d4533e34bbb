import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readCommonConfig } from '../../config.ts';
import { html, jsonScript } from '../../html.ts';
import { readCookies, setCookie } from '../../http/cookies.ts';
import { healthRoutes } from '../../http/health.ts';
import { Meter } from '../../http/meter.ts';
import { FeedHub } from '../../http/sse.ts';
import { Assets } from '../../http/static.ts';
import { createLog } from '../../log.ts';
import { cursorOf, readCursor } from '../../page-cursor.ts';
import { Problem } from '../../problem.ts';
import { secretSetting } from '../../settings.ts';
import { StartFault } from '../../start-fault.ts';
import { VERSION } from '../../version.ts';
import { listen } from '../support/call-of.ts';

test('VERSION is the version of package.json', () => {
  assert.equal(VERSION, JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')).version);
});

test('html escapes every value but Html, joins lists and leaves out nothing-values', () => {
  const evil = `<script>"x" & 'y'</script>`;
  assert.equal(html`<p title="${evil}">${[html`<b>1</b>`, 2]}${null}${undefined}${false}</p>`.text, '<p title="&lt;script&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/script&gt;"><b>1</b>2</p>');
  assert.equal(jsonScript({ a: '</script>' }).text, '{"a":"\\u003c/script>"}');
});

test('readCookies() reads its own names only, the first of each', () => {
  assert.deepEqual([...readCookies('a=1; session=secret; b=x=y; a=2; =z', ['a', 'b'])], [['a', '1'], ['b', 'x=y']]);
  assert.equal(readCookies(`a=${'x'.repeat(20_000)}`, ['a']).size, 0);
  assert.equal(setCookie('a', '1', { max_age_seconds: 5, same_site: 'Lax', secure: true }), 'a=1; Path=/; Max-Age=5; HttpOnly; SameSite=Lax; Secure');
});

test('createLog() writes JSON lines from its level up', () => {
  const lines: string[] = [];
  const log = createLog({ service: 's', level: 'warn', write: (line) => lines.push(line), clock: () => 0 });
  log.info('quiet');
  log.error('loud\n', { n: 1 });
  assert.deepEqual(lines, ['{"time":"1970-01-01T00:00:00.000Z","level":"error","service":"s","message":"loud\\n","n":1}\n']);
});

test('FeedHub sends what was missed, then what is published, and cuts off who does not read', () => {
  const hub = new FeedHub();
  const one = listen(hub.reply(() => [{ id: '1', data: 'old' }]));
  const reply = hub.reply(() => []);
  let closed = false;
  if (typeof reply.body === 'function') reply.body({ write: () => false, queued: 2_000_000, close: () => (closed = true), onClose: () => {} });
  hub.publish({ id: '2', event: 'e', data: 'new' });
  assert.equal(one.text(), 'retry: 1000\n\nid: 1\ndata: old\n\nid: 2\nevent: e\ndata: new\n\n');
  assert.equal(closed, true);
  assert.equal(hub.size, 1);
  one.close();
  assert.equal(hub.size, 0);
});

test('FeedHub sends nothing twice that a client was sent as missed', () => {
  const hub = new FeedHub();
  // On disk, and so among what was missed, before it is published.
  const feed = listen(hub.reply(() => [{ id: '8', data: 'a' }, { id: '9', data: 'b' }]));
  for (const id of ['8', '9', '10']) hub.publish({ id, data: 'again' });
  assert.equal(feed.text(), 'retry: 1000\n\nid: 8\ndata: a\n\nid: 9\ndata: b\n\nid: 10\ndata: again\n\n');
  feed.close();
});

test('readCursor() reads what cursorOf() wrote and refuses all else', () => {
  assert.deepEqual(readCursor(cursorOf([5, 'x']), 2), [5, 'x']);
  for (const bad of ['', 'x', cursorOf([1]), Buffer.from('{}').toString('base64url'), Buffer.from('[null,1]').toString('base64url')]) assert.throws(() => readCursor(bad, 2), Problem);
});

test('Assets serves files under a hash of them all, TypeScript without its types, and 304 to who has them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-assets-'));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'a.ts'), 'const a: number = 1;');
  writeFileSync(join(folder, 'sub/b.css'), 'b{}');
  writeFileSync(join(folder, 'secret.txt'), 'x');
  const assets = new Assets(pathToFileURL(`${folder}/`));
  assert.match(assets.url('a.ts'), /^\/assets\/[\w-]{12}\/a\.ts$/);
  assert.match(assets.url('sub/b.css'), /\/sub\/b\.css$/);
  assert.doesNotMatch(assets.text('a.ts'), /number/);
  const reply = assets.reply('a.ts', undefined);
  assert.equal(reply.type, 'text/javascript; charset=utf-8');
  assert.equal(assets.reply('a.ts', String(reply.headers?.['etag'])).status, 304);
  for (const path of ['secret.txt', '../a.ts', '__proto__', 'c.ts']) assert.throws(() => assets.reply(path, undefined), Problem);
  assert.throws(() => assets.url('c.ts'));
  rmSync(folder, { recursive: true });
});

test('Meter counts requests by status and time in Prometheus format', () => {
  const meter = new Meter();
  meter.count(200, 3);
  meter.count(503, 3000);
  meter.add('things_total', 'counter', 'Things.', () => new Map([['kind="a"', 2]]));
  const text = meter.text();
  for (const line of ['http_requests_total{status="200"} 1', 'http_request_duration_seconds_bucket{le="0.005"} 1', 'http_request_duration_seconds_bucket{le="+Inf"} 2', 'things_total{kind="a"} 2', '# TYPE things_total counter'])
    assert.ok(text.includes(`${line}\n`), line);
  assert.deepEqual(meter.summarize(), { requests: 2, client_errors: 0, server_errors: 1, slowest_ms: 3000 });
  assert.equal(meter.summarize().requests, 0);
  meter.close();
});

test('healthRoutes() answers 503 when the database cannot be written', async () => {
  const meter = new Meter();
  for (const [writable, status, word] of [[true, 200, 'ok'], [false, 503, 'unavailable']] as const) {
    const [health] = healthRoutes({ service: 's', version: '1', meter, writable: () => writable });
    const reply = await health?.handle({} as never);
    assert.equal(reply?.status, status);
    assert.equal(JSON.parse(String(reply?.body)).status, word);
  }
  meter.close();
});

test('readCommonConfig() knows its defaults and refuses bad values in one sentence', () => {
  const config = readCommonConfig({ PORT: '', LANDING_URL: 'https://shop.example' }, 'ab-service');
  assert.equal(config.port, 5002);
  assert.deepEqual(config.cors_origins, ['https://shop.example', 'http://localhost:8081']);
  assert.ok(config.allowed_hosts.includes('shop.example') && config.allowed_hosts.includes('[::1]') && config.allowed_hosts.includes('metrics-service'));
  for (const [name, value] of [['PORT', '70000'], ['PORT', 'x'], ['AB_URL', 'ftp://x'], ['AB_URL', 'http://x/path'], ['RATE_LIMIT', 'maybe'], ['LOG_LEVEL', 'loud'], ['TRUST_PROXY', '-1']] as const)
    assert.throws(() => readCommonConfig({ [name]: value }, 'ab-service'), (error) => error instanceof StartFault && error.message.startsWith(name) && !error.message.includes('\n'));
});

test('secretSetting() reads a secret or the file that holds it, and never echoes it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-secret-'));
  writeFileSync(join(folder, 'token'), 'abc\n');
  writeFileSync(join(folder, 'empty'), '\n');
  assert.equal(secretSetting({ T: ' x ' }, 'T'), 'x');
  assert.equal(secretSetting({ T_FILE: join(folder, 'token') }, 'T'), 'abc');
  assert.equal(secretSetting({}, 'T'), undefined);
  for (const name of ['empty', 'absent']) assert.throws(() => secretSetting({ T_FILE: join(folder, name) }, 'T'), StartFault);
  rmSync(folder, { recursive: true });
});
