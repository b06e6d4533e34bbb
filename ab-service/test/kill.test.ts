import assert from 'node:assert/strict';
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startMain } from '../../shared/test/support/main-process.ts';

const MAIN = new URL('../src/main.ts', import.meta.url);
const KILLS = Number(process.env['KILLS'] ?? 8);
const WRITERS = 8;
const headers = { authorization: 'Bearer token', 'content-type': 'application/json' };

test(`nothing that was answered is lost or changed by kill -9 in the middle of assignments and toggle changes, ${KILLS} times`, async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'fairsplit-ab-'));
  const seed = Date.now() % 1_000_000;
  const answered = new Map<string, string>();
  let enabled: boolean | undefined;
  let wanted = false;
  let next = 0;
  for (let round = 0; round < KILLS; round += 1) {
    await using service = startMain(MAIN, { DATA_DIR: folder.path, API_TOKEN: 'token' });
    const url = await service.listening;
    const config = (await (await fetch(`${url}/config`)).json()) as { toggles: { announcement: boolean } };
    // The last answered value, or the one that was asked for when the service died.
    if (enabled !== undefined) assert.ok([enabled, wanted].includes(config.toggles.announcement), `seed ${seed}, round ${round}`);
    const target = answered.size + 20 + ((seed + round * 37) % 200);
    const write = async (): Promise<void> => {
      for (;;) {
        const visitor_id = `v${(next += 1)}`;
        const response = await fetch(`${url}/assign?visitor_id=${visitor_id}`, { headers });
        const { variant_id, assignment_timestamp } = (await response.json()) as { variant_id: string; assignment_timestamp: string };
        answered.set(visitor_id, `${variant_id} ${assignment_timestamp}`);
        if (answered.size >= target) void service.stop('SIGKILL');
      }
    };
    const toggle = async (): Promise<void> => {
      for (;;) {
        wanted = !wanted;
        const response = await fetch(`${url}/config`, { method: 'POST', headers, body: JSON.stringify({ toggles: { announcement: wanted } }) });
        enabled = ((await response.json()) as { toggles: { announcement: boolean } }).toggles.announcement;
        assert.equal(enabled, wanted);
      }
    };
    const ends = await Promise.allSettled([toggle(), ...Array.from({ length: WRITERS }, write)]);
    for (const end of ends) if (end.status === 'rejected' && end.reason instanceof assert.AssertionError) throw end.reason;
    await service.ended;
  }
  await using service = startMain(MAIN, { DATA_DIR: folder.path, API_TOKEN: 'token' });
  const url = await service.listening;
  const visitors = [...answered.keys()];
  for (let index = 0; index < visitors.length; index += 1_000) {
    const names = visitors.slice(index, index + 1_000);
    const response = await fetch(`${url}/assign`, { method: 'POST', headers, body: JSON.stringify({ assignments: names.map((visitor_id) => ({ visitor_id })) }) });
    const { assignments } = (await response.json()) as { assignments: { visitor_id: string; variant_id: string; assignment_timestamp: string; is_new: boolean }[] };
    for (const { visitor_id, variant_id, assignment_timestamp, is_new } of assignments)
      assert.deepEqual([`${variant_id} ${assignment_timestamp}`, is_new], [answered.get(visitor_id), false], `seed ${seed}, ${visitor_id}`);
  }
});
