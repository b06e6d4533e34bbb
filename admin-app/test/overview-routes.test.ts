import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, listen } from '../../shared/test/support/call-of.ts';
import type { Role } from '../src/account/account.ts';
import { sampleResults } from './support/sample-results.ts';
import { StubPeers } from './support/stub-peers.ts';
import { testAdmin } from './support/test-admin.ts';
import { until } from './support/until.ts';

const ROLES: readonly Role[] = ['viewer', 'editor', 'admin'];
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

test('GET / shows every role the figures, and switches that only an editor can turn', async () => {
  await using peers = await StubPeers.start();
  using admin = testAdmin(peers);
  await until('the configuration', async () => (await admin.source.read(undefined)).config_live);
  for (const role of ROLES) {
    const { status, text } = await ask(admin.app, 'GET /', { headers: { ...(await admin.as(role)), accept: 'text/html' } });
    assert.equal(status, 200);
    for (const part of ['Homepage Hero Test', '10.00%', '15.00%', '+50.0%', '2,000', 'Announcement']) assert.ok(text.includes(part), `${role}: ${part}`);
    assert.doesNotMatch(text, / is away/);
    assert.equal(/id="toggle-announcement"[^>]* disabled/.test(text), role === 'viewer', role);
    assert.equal(text.includes('/experiments/id-of-homepage/status'), role !== 'viewer', role);
  }
});

test('GET / shows experiments that only an import knows, by key', async () => {
  await using peers = await StubPeers.start();
  peers.results = new Map([...peers.results, ['ab-data', sampleResults({ key: 'ab-data', name: 'ab-data', counts: { A: [144_300, 17_468], B: [144_389, 17_268] }, exclusions: { conflicting_assignments: 1_895 } })]]);
  using admin = testAdmin(peers);
  const headers = { ...(await admin.as('admin')), accept: 'text/html' };
  const { text } = await ask(admin.app, 'GET /?experiment=ab-data', { headers });
  for (const part of ['144,300', '17,468', '12.11%', '11.96%', '1,895', 'visitors seen in two variants', 'value="ab-data" selected']) assert.ok(text.includes(part), part);
  assert.doesNotMatch(text, /\/status"/);
  assert.match((await ask(admin.app, 'GET /?experiment=gone', { headers })).text, /There is no such experiment/);
});

test('GET / says loudly that visitors are not split as configured', async () => {
  await using peers = await StubPeers.start();
  peers.results = new Map([['homepage', sampleResults({ counts: { A: [2_400, 240], B: [2_000, 200] } })]]);
  using admin = testAdmin(peers);
  const { text } = await ask(admin.app, 'GET /', { headers: { ...(await admin.as('viewer')), accept: 'text/html' } });
  assert.match(text, /The visitors are not split as configured \(p &lt; 0\.001\)/);
});

test('GET / says what to do while there is nobody, and which service is away', async () => {
  await using peers = await StubPeers.start();
  peers.results = new Map([['homepage', sampleResults({ counts: { A: [0, 0], B: [0, 0] } })]]);
  peers.leave('landing');
  using admin = testAdmin(peers);
  const { text } = await ask(admin.app, 'GET /', { headers: { ...(await admin.as('viewer')), accept: 'text/html' } });
  assert.match(text, /No visitors yet/);
  assert.match(text, /href="http:\/\/localhost:8080"/);
  assert.match(text, /landing-service is away/);
  assert.doesNotMatch(text, /metrics-service is away/);
});

test('GET / keeps the last figures, marked as such, while metrics-service is away, and does without all three', async () => {
  await using peers = await StubPeers.start();
  using admin = testAdmin(peers);
  const headers = { ...(await admin.as('viewer')), accept: 'text/html' };
  await ask(admin.app, 'GET /', { headers });
  peers.leave('metrics');
  admin.pass(5_000);
  const { text } = await ask(admin.app, 'GET /', { headers });
  assert.match(text, /metrics-service is away/);
  assert.match(text, /class="figures stale"/);
  assert.match(text, /15\.00%/);
  using alone = testAdmin();
  const empty = await ask(alone.app, 'GET /', { headers: { ...(await alone.as('viewer')), accept: 'text/html' } });
  assert.equal(empty.status, 200);
  assert.match(empty.text, /No figures at present/);
});

test('GET /overview/live sends the view at once and again with each change, and asks metrics-service once for all', async () => {
  await using peers = await StubPeers.start();
  using admin = testAdmin(peers);
  const headers = await admin.as('editor');
  const feeds = await Promise.all([1, 2, 3].map(async () => listen((await ask(admin.app, 'GET /overview/live?experiment=homepage', { headers })).reply)));
  for (const feed of feeds) await until('the first view', () => feed.text().includes('event: overview') && feed.text().includes('10.00%'));
  const asked = (): number => peers.calls.filter(({ line }) => line.includes('/results')).length;
  const before = asked();

  peers.toggles = peers.toggles.map((toggle) => ({ ...toggle, name: `${toggle.name} indeed` }));
  peers.publish();
  for (const feed of feeds) await until('the new name', () => feed.text().includes('Announcement indeed'));
  // The clock stands still, so what is known is fresh.
  assert.equal(asked(), before);

  admin.pass(1_000);
  peers.results = new Map([['homepage', sampleResults({ counts: { A: [1_001, 100], B: [1_000, 150] } })]]);
  peers.publish();
  for (const feed of feeds) await until('the new figure', () => feed.text().includes('2,001'));
  assert.equal(asked(), before + 1);
  for (const feed of feeds) feed.close();
});

test('GET /overview/live ends with the session', async () => {
  await using peers = await StubPeers.start();
  using admin = testAdmin(peers);
  const headers = await admin.as('viewer');
  const feed = listen((await ask(admin.app, 'GET /overview/live', { headers })).reply);
  await until('the first view', () => feed.text().includes('event: overview'));
  await ask(admin.app, 'POST /sign-out', { headers });
  peers.publish();
  peers.experiment_enabled = false;
  peers.publish();
  await until('the end', () => feed.text().includes('event: ended'));
  assert.doesNotMatch(feed.text(), /Off: new visitors/);
});

test('the switches take an editor on a page of ours, and act in their name', async () => {
  await using peers = await StubPeers.start();
  using admin = testAdmin(peers);
  const table = [
    ['POST /toggles/announcement', 'enabled=true', 'POST /config', '{"toggles":{"announcement":true}}'],
    ['POST /experiment-switch', 'enabled=false', 'POST /config', '{"experiment_enabled":false}'],
    ['POST /experiments/id-of-homepage/status', 'status=PAUSED&version=3', 'PATCH /experiments/id-of-homepage', '{"status":"PAUSED"}'],
  ] as const;
  for (const [signature, text, line, body] of table) {
    const statuses: Record<string, number> = {};
    for (const role of ROLES) statuses[role] = (await ask(admin.app, signature, { text, headers: { ...FORM_TYPE, ...(await admin.as(role)) } })).status;
    assert.deepEqual(statuses, { viewer: 403, editor: 204, admin: 204 }, signature);
    const sent = peers.calls.filter((call) => call.line === line && call.body === body);
    assert.deepEqual(sent.map(({ headers }) => [headers['fairsplit-actor'], headers.authorization]), [['a-editor', 'Bearer the-token-of-machines'], ['a-admin', 'Bearer the-token-of-machines']], signature);
    for (const headers of [{ origin: 'http://localhost:8080' }, { 'sec-fetch-site': 'same-site' }])
      assert.equal((await ask(admin.app, signature, { text, headers: { ...FORM_TYPE, ...(await admin.as('admin')), ...headers } })).status, 403, JSON.stringify(headers));
    assert.equal((await ask(admin.app, signature, { text: 'enabled=perhaps&status=DRAFT', headers: { ...FORM_TYPE, ...(await admin.as('admin')) } })).status, 400);
  }
  assert.equal(peers.calls.find(({ line }) => line.startsWith('PATCH'))?.headers['if-match'], '"3"');
});

test('the switches lead a browser without scripts back, and tell what ab-service refuses in its words', async () => {
  await using peers = await StubPeers.start();
  using admin = testAdmin(peers);
  const headers = { ...FORM_TYPE, ...(await admin.as('editor')), accept: 'text/html' };
  const back = await ask(admin.app, 'POST /toggles/announcement', { text: 'enabled=true&experiment=a%26b', headers });
  assert.deepEqual([back.status, back.headers['location']], [303, '/?experiment=a%26b']);
  peers.refusal = { status: 412, detail: 'Somebody changed it meanwhile.' };
  const stale = await ask(admin.app, 'POST /experiments/id-of-homepage/status', { text: 'status=PAUSED&version=3', headers });
  assert.equal(stale.status, 412);
  assert.match(stale.text, /Somebody changed it meanwhile\./);
  peers.leave('ab');
  const away = await ask(admin.app, 'POST /experiment-switch', { text: 'enabled=false', headers: { ...headers, accept: 'application/json' } });
  assert.equal(away.status, 503);
  assert.match(away.json().detail, /nothing was changed/);
});
