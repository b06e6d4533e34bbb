import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INGEST, openApp } from './support/open-app.ts';

/** What nobody, the ingest token and the API token are answered. */
const TABLE: readonly (readonly [signature: string, nobody: number, ingest: number, api: number])[] = [
  ['GET /health', 200, 200, 200],
  ['GET /api/health', 200, 200, 200],
  ['GET /openapi.json', 200, 200, 200],
  ['GET /docs', 200, 200, 200],
  ['GET /metrics', 401, 403, 200],
  ['POST /backup', 401, 403, 200],
  ['POST /events', 201, 201, 201],
  ['GET /stats', 200, 200, 200],
  ['GET /events', 401, 403, 200],
  ['GET /events/stream', 401, 403, 200],
  ['GET /experiments', 401, 403, 200],
  ['GET /experiments/homepage/results', 401, 403, 200],
  ['POST /analysis', 401, 403, 200],
  ['POST /sample-size', 401, 403, 200],
  ['GET /export', 401, 403, 200],
  ['POST /import', 401, 403, 200],
  ['GET /visitors/v1', 401, 200, 200],
  ['DELETE /visitors/nobody', 401, 404, 404],
];

const BODIES: Readonly<Record<string, unknown>> = {
  'POST /events': { visitor_id: 'v1', event_type: 'page_view', variant: 'A' },
  'POST /analysis': { variants: [{ variant_name: 'A', users: 1, conversions: 0 }] },
  'POST /sample-size': { baseline_rate: 0.1, minimum_detectable_effect: 0.2 },
};

test('each route answers nobody, the ingest token and the API token as the contract says', async () => {
  using service = openApp();
  for (const [signature, nobody, ingest, api] of TABLE) {
    const json = BODIES[signature];
    const options = json === undefined ? {} : { json };
    assert.equal((await service.askOpenly(signature, options)).status, nobody, `${signature} by nobody`);
    assert.equal((await service.askOpenly(signature, { ...options, token: INGEST })).status, ingest, `${signature} by ingest`);
    assert.equal((await service.ask(signature, options)).status, api, `${signature} by api`);
    assert.equal((await service.askOpenly(signature, { ...options, token: 'wrong' })).status, 401, `${signature} with a wrong token`);
  }
});

test('REQUIRE_TOKEN closes the open routes but health', async () => {
  using service = openApp({ REQUIRE_TOKEN: '1' });
  assert.equal((await service.askOpenly('GET /stats')).status, 401);
  assert.equal((await service.askOpenly('POST /events', { json: BODIES['POST /events'] })).status, 401);
  assert.equal((await service.askOpenly('GET /health')).status, 200);
  assert.equal((await service.ask('GET /stats')).status, 200);
});

test('a page of another origin may not write, one that is listed may', async () => {
  using service = openApp();
  const options = { json: BODIES['POST /events'] };
  assert.equal((await service.askOpenly('POST /events', { ...options, headers: { origin: 'https://elsewhere.example' } })).status, 403);
  assert.equal((await service.askOpenly('POST /events', { ...options, headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
  assert.equal((await service.askOpenly('POST /events', { ...options, headers: { origin: 'http://localhost:8080' } })).status, 201);
});

test('an address has 600 events a minute, each event counting, and a token lifts that', async () => {
  using service = openApp();
  const many = (count: number): { json: object[] } => ({ json: Array.from({ length: count }, () => ({ visitor_id: 'v', event_type: 'click' })) });
  assert.equal((await service.askOpenly('POST /events', many(599))).status, 200);
  const refused = await service.askOpenly('POST /events', many(2));
  assert.deepEqual([refused.status, refused.headers['retry-after']], [429, '60']);
  assert.equal((await service.askOpenly('POST /events', { ...many(2), address: '10.0.0.1' })).status, 200);
  assert.equal((await service.ask('POST /events', many(2))).status, 200);
});
