import assert from 'node:assert/strict';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildServices } from '../tools/build/build-services.ts';
import { until } from '../tools/until.ts';
import { startSystem } from './support/system.ts';
import type { System } from './support/system.ts';

const root = mkdtempSync(join(tmpdir(), 'fairsplit-built-'));
let system: System | undefined;

before(async () => {
  assert.equal(await buildServices(fileURLToPath(new URL('..', import.meta.url)), join(root, 'dist')), 0);
  system = await startSystem({ from: 'dist', root, env: { BOT_FILTER: 'off' } });
});
after(async () => {
  await system?.stop();
  rmSync(root, { recursive: true });
});

const built = (): System => system as System;
const textOf = async (url: string, init?: RequestInit): Promise<string> => {
  const answer = await fetch(url, init);
  const text = await answer.text();
  assert.ok(answer.ok, `${url} answered ${answer.status}: ${text.slice(0, 300)}`);
  return text;
};

test('npm run build makes one file of each service, and one of the thread; no other is left but what browsers load', () => {
  assert.deepEqual(globSync('**/*.{js,ts}', { cwd: join(root, 'dist') }).filter((path) => !/(^|\/)(public|pages)\//.test(path)).toSorted(), [
    'ab-service/src/main.js',
    'admin-app/src/main.js',
    'landing-service/src/main.js',
    'metrics-service/src/main.js',
    'metrics-service/src/recording/recording-thread.js',
  ]);
});

test('the built services send their pages, and every file that a page names', async () => {
  const { ab, metrics, landing, admin } = built();
  for (const page of [`${ab.url}/docs`, `${metrics.url}/docs`, `${landing.url}/`, `${admin.url}/sign-in`]) {
    const named = new Set((await textOf(page)).match(/\/assets\/[\w/.-]+\.\w+/g));
    assert.ok(named.size > 1, `${page} names ${named.size} files`);
    for (const path of named) await textOf(new URL(path, page).href);
  }
});

test('the built metrics-service records events, and follows what ab-service assigns', async () => {
  const { ab, metrics, api_token } = built();
  const headers = { authorization: `Bearer ${api_token}`, 'content-type': 'application/json' };
  const { variant } = JSON.parse(await textOf(`${ab.url}/assign?visitor_id=ada`, { headers })) as { readonly variant: string };
  assert.match(variant, /^[AB]$/);
  await textOf(`${metrics.url}/events`, { method: 'POST', headers, body: JSON.stringify({ visitor_id: 'ada', event_type: 'page_view' }) });
  const stored = await until('the assignment to arrive from the log', async () => {
    const { assignments, total_events } = JSON.parse(await textOf(`${metrics.url}/visitors/ada`, { headers }));
    return assignments.some(({ imported }: { readonly imported: boolean }) => !imported) && { variants: assignments.map((one: { readonly variant: string }) => one.variant), total_events };
  });
  assert.deepEqual(stored, { variants: [variant], total_events: 1 });
});
