import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFaults, documentFaults, routeFaults, tryExamples, walk } from '../../shared/test/support/document-walk.ts';
import { openApp } from './support/open-app.ts';

test('GET /openapi.json describes every route and nothing else', async () => {
  await using service = openApp();
  const document = (await service.askOpenly('GET /openapi.json')).json();
  assert.ok(walk(document).length > 15);
  assert.deepEqual(routeFaults(document, new URL('../src/', import.meta.url), { STREAM_PATH: '/ofrep/v1/stream' }), []);
});

test('GET /openapi.json is whole: references resolve, everything is said in words, examples fit their schemas', async () => {
  await using service = openApp();
  assert.deepEqual(documentFaults((await service.askOpenly('GET /openapi.json')).json()), []);
});

test('every example of GET /openapi.json is accepted, and every answer is as it is described', async () => {
  await using service = openApp();
  const document = (await service.askOpenly('GET /openapi.json')).json();
  const { token } = (await service.ask('POST /experiments/homepage/previews', { json: {} })).json();
  await service.ask('PUT /api/toggles/unused', { json: {} });
  const tried = await tryExamples(document, {
    ask: service.ask,
    parameters: {
      token,
      // A change that can be taken back, and an experiment that nobody is assigned in.
      'POST /changes/{seq}/reverts seq': String((await service.ask('GET /changes?limit=1')).json().data[0].seq),
      'DELETE /experiments/{id} id': 'hero-wording',
    },
  });
  const refused = tried.filter(({ answer }) => answer.status >= 400);
  assert.deepEqual(refused.map(({ request, answer }) => `${request}: ${answer.text}`), []);
  assert.deepEqual(tried.flatMap((each) => answerFaults(document, each)), []);
});

test('GET /openapi.json says what is refused, and it is', async () => {
  await using service = openApp();
  const document = (await service.askOpenly('GET /openapi.json')).json();
  for (const { method, path, signature, operation } of walk(document)) {
    const target = `${method} ${path.replace(/\{\w+\}/g, 'nobody')}`;
    const answers = [await service.askOpenly(target), await service.ask(target, { token: 'wrong' }), await service.ask(target, { headers: { origin: 'http://evil.example' } })];
    const open = operation['x-access'] === 'open';
    assert.equal(answers[0]?.status === 401, !open, `${signature} without a token`);
    assert.equal(answers[1]?.status, 401, `${signature} with a wrong token`);
    assert.equal(answers[2]?.status === 403, operation.responses['403']?.description.includes('CORS_ORIGINS') ?? false, `${signature} from a page elsewhere`);
    const faults = answers.filter(({ status }) => status >= 400).flatMap((answer) => answerFaults(document, { signature, request: target, operation, answer }));
    assert.deepEqual(faults, []);
  }
});

test('GET /docs is a page under a strict policy, whose files are served, also where a token is wanted', async () => {
  await using service = openApp({ REQUIRE_TOKEN: '1' });
  const page = await service.askOpenly('GET /docs');
  assert.equal(page.status, 200);
  const policy = String(page.headers['content-security-policy']);
  const nonce = /'nonce-([\w-]+)'/.exec(policy)?.[1];
  assert.ok(nonce !== undefined && page.text.includes(`nonce="${nonce}"`));
  assert.doesNotMatch(policy, /unsafe/);
  assert.notEqual(page.headers['content-security-policy'], (await service.askOpenly('GET /docs')).headers['content-security-policy']);
  const files = [...page.text.matchAll(/(?:href|src)="\.(\/assets\/[^"]+)"/g)].map(([, file = '']) => file);
  assert.ok(files.length > 3);
  for (const file of files) assert.equal((await service.askOpenly(`GET ${file}`)).status, 200);
  assert.equal((await service.askOpenly('GET /openapi.json')).status, 401);
  const document = (await service.ask('GET /openapi.json')).json();
  assert.deepEqual(document.paths['/assign'].get.security, [{ ingest_token: [] }, { api_token: [] }]);
  assert.equal(document.paths['/health'].get['x-access'], 'open');
});
