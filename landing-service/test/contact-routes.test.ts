import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../../shared/test/support/call-of.ts';
import { readVisitor } from '../src/visitor/visitor-cookie.ts';
import { API_TOKEN, BROWSER, cookieHeader, startLanding } from './support/landing.ts';
import type { Landing } from './support/landing.ts';
import { sampleConfig } from './support/sample-config.ts';
import { stubService } from './support/stub-service.ts';

const FIELDS = { name: 'Ada', email: 'ada@example.org', message: 'Hello\r\nthere' };

const sendForm = (landing: Landing, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  ask(landing.app, 'POST /contact', { text: new URLSearchParams(fields).toString(), headers: { ...BROWSER, 'content-type': 'application/x-www-form-urlencoded', ...headers } });

/** Opens the page and answers its form's hidden fields and the browser's cookies. */
const formOf = async (landing: Landing) => {
  const jar = new Map<string, string>();
  const { text } = await landing.open('/', jar);
  return { jar, view: /name="view" value="([^"]*)"/.exec(text)?.[1] ?? '', variant: text.includes('of&gt; B') ? 'B' : 'A' };
};

const leadsOf = async (landing: Landing): Promise<any[]> => (await ask(landing.app, 'GET /leads', { token: API_TOKEN })).json().data;

test('POST /contact keeps a lead and records form_submit, once for a form that is sent twice', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { jar, view, variant } = await formOf(landing);
  for (let count = 0; count < 3; count += 1) {
    const { status, headers } = await sendForm(landing, { ...FIELDS, view, page: 'home', website: '' }, { cookie: cookieHeader(jar) });
    assert.deepEqual([status, headers['location']], [303, '/thank-you']);
  }
  const visitor_id = readVisitor(jar.get('visitor_id'), landing.key);
  const [lead, ...more] = await leadsOf(landing);
  assert.deepEqual({ ...lead, lead_id: '' }, { lead_id: '', created_at: '2090-06-01T12:00:00.000Z', name: 'Ada', email: 'ada@example.org', message: 'Hello\nthere', page: 'home', experiment: 'homepage', variant, visitor_id });
  assert.equal(more.length, 0);
  assert.deepEqual(
    landing.waiting('metrics').map((item) => [item.event_type, item.event_name, item.visitor_id, item.experiment_id, item.variant]),
    [['form_submit', 'contact', visitor_id, 'homepage', variant]],
  );
});

test('POST /contact shows what was wrong and what was typed, in the same variant', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { jar, view, variant } = await formOf(landing);
  const { status, text } = await sendForm(landing, { view, page: 'home', name: '', email: 'a"><b>', message: 'x'.repeat(5_001) }, { cookie: cookieHeader(jar) });
  assert.equal(status, 400);
  assert.equal(text.includes('of&gt; B'), variant === 'B');
  assert.match(text, /role="alert"/);
  assert.match(text, /id="name-fault">Please tell us your name\./);
  assert.match(text, /value="a&quot;&gt;&lt;b&gt;".*aria-describedby="email-fault"/);
  assert.match(text, /at most 5000 characters; these are 5001/);
  assert.ok(text.includes('x'.repeat(5_001)));
  assert.deepEqual([await leadsOf(landing), landing.waiting('metrics')], [[], []]);
  const again = /name="view" value="([^"]*)"/.exec(text)?.[1];
  assert.equal(again, view, 'the same form, so that it still counts once');
});

test('POST /contact works for programs, without cookies, and for those who ask not to be followed', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  assert.equal((await sendForm(landing, FIELDS)).status, 303);
  const { view, variant } = await formOf(landing);
  assert.equal((await sendForm(landing, { ...FIELDS, view })).status, 303);
  const { text } = await landing.open('/', undefined, { 'sec-gpc': '1' });
  const anonymous = /name="view" value="([^"]*)"/.exec(text)?.[1] ?? '';
  assert.equal((await sendForm(landing, { ...FIELDS, view: anonymous }, { 'sec-gpc': '1' })).status, 303);
  const [unfollowed, viewed, program] = await leadsOf(landing);
  assert.deepEqual([unfollowed.visitor_id, unfollowed.variant, viewed.variant, program.variant], [null, null, variant, null]);
  assert.equal(landing.waiting('metrics').length, 2);
});

test('POST /contact keeps nothing that a preview or a machine sends', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { view } = await formOf(landing);
  assert.equal((await sendForm(landing, { ...FIELDS, view: '' })).status, 303);
  assert.equal((await sendForm(landing, { ...FIELDS, view, website: 'http://spam.example' })).status, 303);
  assert.deepEqual([await leadsOf(landing), landing.waiting('metrics')], [[], []]);
});

test('POST /contact refuses the pages of others and what is no form', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { view } = await formOf(landing);
  assert.equal((await sendForm(landing, { ...FIELDS, view }, { origin: 'http://evil.example' })).status, 403);
  assert.equal((await sendForm(landing, { ...FIELDS, view }, { 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await sendForm(landing, { ...FIELDS, view }, { 'content-type': 'application/json' })).status, 415);
  assert.equal((await sendForm(landing, { ...FIELDS, view, message: 'x'.repeat(70_000) })).status, 413);
  assert.equal((await sendForm(landing, { ...FIELDS, view }, { host: 'shop.example', origin: 'http://shop.example' })).status, 303);
  assert.equal((await leadsOf(landing)).length, 1);
});

test('POST /contact answers 503 and keeps no half of it when the outbox is full', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig(), outbox_limits: { rows_max: 1, bytes_max: 1e6 } });
  const { view } = await formOf(landing);
  const { status, text, reply } = await sendForm(landing, { ...FIELDS, view });
  assert.deepEqual([status, reply.type], [503, 'text/html; charset=utf-8']);
  assert.match(text, /nothing was stored/);
  assert.deepEqual(await leadsOf(landing), []);
});
