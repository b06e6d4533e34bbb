import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Peer } from '../../shared/http/peer.ts';
import { ToggleReport } from '../src/toggle/toggle-report.ts';
import { stubService } from './support/stub-service.ts';

test('ToggleReport tells ab-service once which toggles were used, and again when it was away', async () => {
  const statuses = [503, 200];
  await using ab = await stubService(() => ({ status: statuses.shift() ?? 200, body: {} }));
  const peer = new Peer({ url: ab.url });
  const report = new ToggleReport(peer);
  await report.send();
  for (const key of ['a', 'b', 'a']) report.note(key);
  await report.send();
  report.note('c');
  await report.send();
  await report.send();
  assert.deepEqual(ab.requests.map(({ path, body }) => [path, body]), [
    ['/evaluations', { toggles: ['a', 'b'] }],
    ['/evaluations', { toggles: ['a', 'b', 'c'] }],
  ]);
  report.close();
  peer.close();
});
