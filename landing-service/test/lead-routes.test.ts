import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask } from '../../shared/test/support/call-of.ts';
import type { Lead } from '../src/lead/lead.ts';
import { csvCell } from '../src/lead/csv.ts';
import { leadFaults } from '../src/lead/lead.ts';
import { API_TOKEN, INGEST_TOKEN, startLanding } from './support/landing.ts';
import { sampleConfig } from './support/sample-config.ts';
import { stubService } from './support/stub-service.ts';

const lead = (number: number, more: Partial<Lead> = {}): Lead => ({
  lead_id: `lead-${number}`,
  form_id: `form-${number}`,
  visitor_id: `visitor-${number % 2}`,
  page: 'home',
  experiment: null,
  variant: null,
  name: `Name ${number}`,
  email: 'a@example.org',
  message: '',
  created_at: number * 1_000,
  ...more,
});

test('leadFaults() accepts what browsers accept as an e-mail address', () => {
  const faults = (email: string): number => leadFaults({ name: 'x', email, message: '' }).length;
  for (const email of ['a@b', 'a.b+c@example.org', "o'neil@sub.example.org"]) assert.equal(faults(email), 0, email);
  for (const email of ['', 'a', '@b', 'a@', 'a@b@c', 'a b@c', 'a@-b', 'a@b..c', `${'a'.repeat(251)}@b.c`]) assert.equal(faults(email), 1, email);
});

test('csvCell() lets no cell be a formula', () => {
  assert.deepEqual(['=1+1', '+1', '-1', '@x', '\t=1', ' =1'].map(csvCell), [`"'=1+1"`, `"'+1"`, `"'-1"`, `"'@x"`, `"'\t=1"`, `"' =1"`]);
  assert.deepEqual(['a,b', 'a"b', 'a\nb', 'plain', 'a=b', null, -1].map(csvCell), ['"a,b"', '"a""b"', '"a\nb"', 'plain', 'a=b', '', '-1']);
});

test('the leads are for holders of the API token alone', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  for (const signature of ['GET /leads', 'GET /leads/export', 'DELETE /leads/lead-1', 'GET /visitors/v', 'DELETE /visitors/v', 'GET /api/pages', 'GET /metrics']) {
    const statuses = [];
    for (const token of [undefined, 'wrong', INGEST_TOKEN]) statuses.push((await ask(landing.app, signature, token === undefined ? {} : { token })).status);
    assert.deepEqual(statuses, [401, 401, 403], signature);
  }
});

test('GET /leads lists leads, newest first, page by page', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  for (let number = 1; number <= 5; number += 1) landing.stores.leads.add(lead(number));
  assert.equal(landing.stores.leads.add(lead(9, { form_id: 'form-5' })), false);
  const names: string[] = [];
  let cursor: string | null = '';
  do {
    const page = (await ask(landing.app, `GET /leads?limit=2&cursor=${cursor}`, { token: API_TOKEN })).json();
    names.push(page.data.map(({ name }: { name: string }) => name).join());
    cursor = page.next_cursor;
  } while (cursor !== null);
  assert.deepEqual(names, ['Name 5,Name 4', 'Name 3,Name 2', 'Name 1']);
  for (const query of ['limit=0', 'limit=1001', 'cursor=x']) assert.equal((await ask(landing.app, `GET /leads?${query}`, { token: API_TOKEN })).status, 400, query);
});

test('GET /leads/export writes CSV that a spreadsheet reads as text', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  landing.stores.leads.add(lead(1, { name: '=HYPERLINK("x")', message: 'two\nlines, "quoted"' }));
  const { text, reply, headers } = await ask(landing.app, 'GET /leads/export', { token: API_TOKEN });
  assert.deepEqual([reply.type, headers['content-disposition']], ['text/csv; charset=utf-8', 'attachment; filename="leads.csv"']);
  assert.equal(
    text,
    'lead_id,created_at,name,email,message,page,experiment,variant,visitor_id\r\n' + `lead-1,1970-01-01T00:00:01.000Z,"'=HYPERLINK(""x"")",a@example.org,"two\nlines, ""quoted""",home,,,visitor-1\r\n`,
  );
});

test('DELETE /leads/{id} deletes one lead', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics });
  for (const number of [1, 2]) landing.stores.leads.add(lead(number));
  const remove = async (): Promise<number> => (await ask(landing.app, 'DELETE /leads/lead-1', { token: API_TOKEN })).status;
  assert.deepEqual([await remove(), await remove(), landing.stores.leads.count()], [204, 404, 1]);
});

test('DELETE /visitors/{id} erases what is kept of a person, what waits for delivery included', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  for (const number of [1, 2, 3]) landing.stores.leads.add(lead(number));
  const item = (destination: 'ab' | 'metrics', visitor_id: string, item_id: string) => ({ destination, visitor_id, item_id, body: '{"a":1}', created_at: 0 });
  await landing.stores.outbox.add([item('ab', 'visitor-1', '1'), item('metrics', 'visitor-1', '2'), item('metrics', 'visitor-0', '3')]);
  const before = (await ask(landing.app, 'GET /visitors/visitor-1', { token: API_TOKEN })).json();
  assert.deepEqual([before.leads.length, before.waiting], [2, [{ destination: 'ab', item: { a: 1 } }, { destination: 'metrics', item: { a: 1 } }]]);
  assert.deepEqual((await ask(landing.app, 'DELETE /visitors/visitor-1', { token: API_TOKEN })).json(), { visitor_id: 'visitor-1', leads: 2, waiting: 2 });
  assert.deepEqual((await ask(landing.app, 'GET /visitors/visitor-1', { token: API_TOKEN })).json(), { visitor_id: 'visitor-1', leads: [], waiting: [] });
  assert.deepEqual([landing.stores.leads.count(), landing.stores.outbox.size], [1, { rows: 1, bytes: 7 }]);
});

test('GET /api/pages says what editors may change', async () => {
  await using ab = await stubService();
  await using metrics = await stubService();
  await using landing = startLanding({ ab, metrics, document: sampleConfig() });
  const { data, outbox, configuration } = (await ask(landing.app, 'GET /api/pages', { token: API_TOKEN })).json();
  const home = data.find(({ name }: { name: string }) => name === 'home');
  assert.deepEqual([home.path, home.experiment, outbox, configuration], ['/', 'homepage', { rows: 0, bytes: 0 }, { version: 1, connected: false }]);
  assert.deepEqual(home.slots.slice(0, 2).map(({ key, type }: { key: string; type: string }) => [key, type]), [['headline', 'text'], ['subheadline', 'longtext']]);
  assert.deepEqual(home.toggles.map(({ key }: { key: string }) => key), ['contact_form', 'testimonials', 'announcement']);
});
