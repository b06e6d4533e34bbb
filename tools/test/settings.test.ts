import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { settingsOf } from '../start/settings.ts';

const portsOf = (environment: Record<string, string>): readonly (readonly [string, number, string])[] =>
  settingsOf(environment, '/srv').services.map(({ name, port, url }) => [name, port, url]);

test('settingsOf() has the defaults of the documentation', () => {
  assert.deepEqual(portsOf({}), [
    ['ab-service', 5002, 'http://127.0.0.1:5002'],
    ['metrics-service', 5001, 'http://127.0.0.1:5001'],
    ['landing-service', 8080, 'http://localhost:8080'],
    ['admin-app', 8081, 'http://localhost:8081'],
  ]);
  const { host, data_dir } = settingsOf({}, '/srv');
  assert.deepEqual([host, data_dir], ['127.0.0.1', '/srv/data']);
});

test('settingsOf() follows ports, hosts and addresses that are given', () => {
  const open = portsOf({ HOST: '0.0.0.0', AB_PORT: '6002', ADMIN_URL: 'https://admin.example.test' });
  assert.deepEqual(open[0], ['ab-service', 6002, 'http://127.0.0.1:6002']);
  assert.deepEqual(open[3], ['admin-app', 8081, 'https://admin.example.test']);
  const named = settingsOf({ HOST: 'fd00::7' }, '/srv').services[0];
  assert.deepEqual([named?.url, named?.health_url], ['http://[fd00::7]:5002', 'http://[fd00::7]:5002/health']);
});

test('settingsOf() refuses ports that cannot be used', () => {
  for (const value of ['0', '65536', '80a', '-1']) {
    assert.throws(() => settingsOf({ METRICS_PORT: value }, '/srv'), { name: 'StartFault', message: /^METRICS_PORT must / });
  }
  assert.throws(() => settingsOf({ METRICS_PORT: '8080' }, '/srv'), { message: /METRICS_PORT and LANDING_PORT are both 8080/ });
});

test('settingsOf() reads a token from the file that a variable names', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-settings-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'token'), 'from-a-file\n');
  assert.equal(settingsOf({ API_TOKEN_FILE: join(folder, 'token') }, '/srv').api_token, 'from-a-file');
  assert.equal(settingsOf({ API_TOKEN_FILE: join(folder, 'token'), API_TOKEN: 'own' }, '/srv').api_token, 'own');
  assert.throws(() => settingsOf({ INGEST_TOKEN_FILE: join(folder, 'none') }, '/srv'), { name: 'StartFault', message: /INGEST_TOKEN_FILE names a file that cannot be read/ });
});
