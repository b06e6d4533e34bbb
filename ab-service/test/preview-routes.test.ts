import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewToken, readPreview } from '../src/preview/preview.ts';
import { openApp, START, twoVariants } from './support/open-app.ts';

test('readPreview() reads what previewToken() wrote with the same key, until it expires', () => {
  const preview = { experiment_id: 'e', variant_id: 'v', expires_at: START };
  const token = previewToken(preview, 'key');
  assert.deepEqual(readPreview(token, 'key', START - 1), preview);
  assert.equal(readPreview(token, 'key', START), undefined);
  assert.equal(readPreview(token, 'other key', START - 1), undefined);
  for (const forged of ['', '.', 'e~v~9e99', token.replace('v', 'w'), `${token}x`]) assert.equal(readPreview(forged, 'key', START - 1), undefined);
});

test("POST /experiments/{id}/previews makes a link to a draft's variant, which shows the page and its slots and assigns nobody", async () => {
  await using service = openApp({ LANDING_URL: 'https://www.shop.example' });
  await service.ask('POST /experiments', { json: twoVariants({ page: 'home' }) });
  const made = await service.ask('POST /experiments/two/previews', { json: {} });
  assert.equal(made.status, 201);
  assert.equal((await service.ask('POST /experiments/two/previews')).status, 201);
  const { token, expires_at, url } = made.json();
  assert.deepEqual([expires_at, url], [new Date(START + 86_400_000).toISOString(), `https://www.shop.example/?preview=${encodeURIComponent(token)}`]);
  const shown = (await service.askOpenly(`GET /previews/${encodeURIComponent(token)}`)).json();
  assert.deepEqual([shown.experiment, shown.page, shown.variant, shown.configuration_json], ['two', 'home', 'B', { headline: 'b' }]);
  await service.ask('PATCH /experiments/two', { json: { variants: [{ variant_name: 'A', traffic_allocation_percent: 50 }, { variant_name: 'B', traffic_allocation_percent: 50, configuration_json: { headline: 'c' } }] } });
  assert.deepEqual((await service.askOpenly(`GET /previews/${encodeURIComponent(token)}`)).json().configuration_json, { headline: 'c' });
  assert.deepEqual((await service.ask('GET /assignments')).json().data, []);
  service.now += 86_400_000;
  assert.equal((await service.askOpenly(`GET /previews/${encodeURIComponent(token)}`)).status, 404);
});

test('POST /experiments/{id}/previews takes a variant by name or id, and refuses others', async () => {
  await using service = openApp();
  const [a] = (await service.ask('GET /experiments/landing-theme')).json().variants;
  for (const variant of [a.variant_name, a.variant_id]) {
    const { token, url } = (await service.ask('POST /experiments/landing-theme/previews', { json: { variant, seconds: 60 } })).json();
    assert.equal((await service.askOpenly(`GET /previews/${encodeURIComponent(token)}`)).json().variant, 'neon');
    assert.match(url, /\/olympus\?preview=/);
  }
  assert.equal((await service.ask('POST /experiments/landing-theme/previews', { json: { variant: 'none' } })).status, 400);
  assert.equal((await service.askOpenly('GET /previews/nonsense')).status, 404);
});
