import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API, INGEST, openApp, twoVariants } from './support/open-app.ts';

const OPEN = ['GET /assign?visitor_id=v', 'POST /assign', 'GET /config', 'GET /config/stream', 'GET /api/toggles', 'GET /api/toggles/contact_form', 'GET /exclusions', 'POST /ofrep/v1/evaluate/flags', 'POST /ofrep/v1/evaluate/flags/contact_form', 'GET /ofrep/v1/stream', 'GET /health', 'GET /api/health'];
const INGESTING = ['POST /evaluations', 'GET /visitors/v', 'DELETE /visitors/v'];
const PRIVATE = [
  'GET /experiments/homepage/assignment/u',
  'POST /experiments',
  'GET /experiments',
  'GET /experiments/homepage',
  'PATCH /experiments/homepage',
  'DELETE /experiments/homepage',
  'POST /experiments/homepage/duplicates',
  'GET /assignments',
  'POST /config',
  'PUT /api/toggles/fresh',
  'DELETE /api/toggles/fresh',
  'GET /export',
  'POST /import',
  'GET /changes',
  'GET /changes/1',
  'POST /changes/1/reverts',
  'POST /experiments/homepage/previews',
  'GET /metrics',
  'POST /backup',
];
const BODIES: Readonly<Record<string, unknown>> = { 'POST /assign': { assignments: [{ visitor_id: 'v' }] }, 'POST /experiments': twoVariants(), 'PATCH /experiments/homepage': { name: 'x' } };
const isRefusal = (status: number): boolean => status === 401 || status === 403;

test('each route lets in whom it should: nobody, the ingest token, the API token', async () => {
  await using service = openApp();
  for (const [routes, ranks] of [[OPEN, [true, true, true]], [INGESTING, [false, true, true]], [PRIVATE, [false, false, true]]] as const) {
    for (const signature of routes) {
      const [method = ''] = signature.split(' ');
      const json = BODIES[signature] ?? (method === 'POST' || method === 'PUT' || method === 'PATCH' ? {} : undefined);
      for (const [index, token] of [undefined, INGEST, API].entries()) {
        const { status } = await service.askOpenly(signature, { ...(token === undefined ? {} : { token }), ...(json === undefined ? {} : { json }) });
        assert.equal(isRefusal(status), !ranks[index], `${signature} with ${token} answered ${status}`);
        assert.ok(status < 500);
      }
    }
  }
});

test('REQUIRE_TOKEN closes the open routes but health', async () => {
  await using service = openApp({ REQUIRE_TOKEN: '1' });
  for (const signature of OPEN.slice(0, 6)) assert.equal((await service.askOpenly(signature, signature.startsWith('POST') ? { json: {} } : {})).status, 401, signature);
  assert.equal((await service.askOpenly('GET /health')).status, 200);
  assert.equal((await service.askOpenly('GET /assign?visitor_id=v', { token: INGEST })).status, 200);
});

test('open routes refuse pages of other origins and let listed ones read', async () => {
  await using service = openApp({ CORS_ORIGINS: 'https://shop.example' });
  assert.equal((await service.askOpenly('GET /assign?visitor_id=v', { headers: { origin: 'https://evil.example' } })).status, 403);
  assert.equal((await service.askOpenly('POST /assign', { json: { assignments: [{ visitor_id: 'v' }] }, headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
  assert.equal((await service.askOpenly('GET /assign?visitor_id=v', { headers: { host: 'localhost:5002', origin: 'http://localhost:5002' } })).status, 200);
  assert.equal((await service.askOpenly('GET /assign?visitor_id=v', { headers: { host: 'localhost:5002', origin: 'http://localhost:9999' } })).status, 403);
  const read = await service.askOpenly('GET /assign?visitor_id=v', { headers: { origin: 'https://shop.example' } });
  assert.equal(read.headers['access-control-allow-origin'], 'https://shop.example');
  assert.equal((await service.askOpenly('GET /config', { headers: { host: 'evil.example' } })).status, 421);
});
