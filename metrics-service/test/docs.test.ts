import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFaults, documentFaults, routeFaults, tryExamples, walk } from '../../shared/test/support/document-walk.ts';
import { openApp } from './support/open-app.ts';

const HISTORY = [
  { record: 'assignment', visitor_id: 'user-1', experiment_id: 'homepage', variant: 'A', timestamp: '2026-01-01T00:00:00Z' },
  { record: 'assignment', visitor_id: 'user-2', experiment_id: 'homepage', variant: 'B', timestamp: '2026-01-01T00:00:00Z' },
  { record: 'event', visitor_id: 'user-1', event_type: 'cta_click', event_name: 'hero', experiment_id: 'homepage', variant: 'B', properties: { percent: 75 }, context: { language: 'de' }, event_id: 'e1', timestamp: '2026-01-01T00:01:00Z' },
  { record: 'event', visitor_id: 'user-2', event_type: 'form_submit', event_id: 'e2', timestamp: '2026-01-01T00:02:00Z', value: 3 },
];

test('GET /openapi.json describes every route and nothing else', async () => {
  using service = openApp();
  const document = (await service.askOpenly('GET /openapi.json')).json();
  assert.ok(walk(document).length > 15);
  assert.deepEqual(routeFaults(document, new URL('../src/', import.meta.url)), []);
});

test('GET /openapi.json is whole: references resolve, everything is said in words, examples fit their schemas', async () => {
  using service = openApp();
  assert.deepEqual(documentFaults((await service.askOpenly('GET /openapi.json')).json()), []);
});

test('every example of GET /openapi.json is accepted, and every answer is as it is described', async () => {
  using service = openApp();
  await service.import(HISTORY);
  const document = (await service.askOpenly('GET /openapi.json')).json();
  const tried = await tryExamples(document, { ask: service.ask, parameters: { visitor_id: 'user-1', 'GET /events variant': 'B' } });
  const refused = tried.filter(({ answer }) => answer.status >= 400);
  assert.deepEqual(refused.map(({ request, answer }) => `${request}: ${answer.text}`), []);
  assert.deepEqual(tried.flatMap((each) => answerFaults(document, each)), []);
  const found = tried.find(({ signature }) => signature === 'GET /events')?.answer.json();
  assert.equal(found.data.length, 1, 'the examples of the filter find the event');
});

test('GET /openapi.json says what is refused, and it is', async () => {
  using service = openApp();
  const document = (await service.askOpenly('GET /openapi.json')).json();
  for (const { method, path, signature, operation } of walk(document)) {
    const target = `${method} ${path.replace(/\{\w+\}/g, 'nobody')}`;
    const answers = [await service.askOpenly(target), await service.ask(target, { token: 'wrong' }), await service.ask(target, { headers: { origin: 'http://evil.example' } })];
    assert.equal(answers[0]?.status === 401, operation['x-access'] !== 'open', `${signature} without a token`);
    assert.equal(answers[1]?.status, 401, `${signature} with a wrong token`);
    assert.equal(answers[2]?.status === 403, operation.responses['403']?.description.includes('CORS_ORIGINS') ?? false, `${signature} from a page elsewhere`);
    assert.deepEqual(answers.filter(({ status }) => status >= 400).flatMap((answer) => answerFaults(document, { signature, request: target, operation, answer })), []);
  }
});

test('GET /docs opens also where a token is wanted, and so do its files', async () => {
  using service = openApp({ REQUIRE_TOKEN: '1' });
  const page = await service.askOpenly('GET /docs');
  assert.equal(page.status, 200);
  const files = [...page.text.matchAll(/(?:href|src)="\.(\/assets\/[^"]+)"/g)].map(([, file = '']) => file);
  assert.ok(files.length > 3);
  for (const file of files) assert.equal((await service.askOpenly(`GET ${file}`)).status, 200);
  assert.equal((await service.askOpenly('GET /openapi.json')).status, 401);
  assert.equal((await service.ask('GET /openapi.json')).json().paths['/stats'].get['x-access'], 'ingest');
});
