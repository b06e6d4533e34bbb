import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentAssignments } from '../src/assignment/recent-assignments.ts';
import { openApp } from './support/open-app.ts';

const of = (variant: number) => ({ variant, assigned_at: 1 });

test('RecentAssignments keeps what was asked for last and lets go of the rest', () => {
  const recent = new RecentAssignments(3);
  for (let index = 1; index <= 6; index += 1) {
    recent.put(`v${index}`, 1, of(index));
    assert.deepEqual(recent.find('v1', 1), of(1));
  }
  assert.equal(recent.find('v2', 1), undefined);
  assert.deepEqual(recent.find('v6', 1), of(6));
  assert.equal(recent.find('v6', 2), undefined);
});

test('RecentAssignments forgets a visitor in every experiment', () => {
  const recent = new RecentAssignments(2);
  for (const experiment of [1, 2, 3]) recent.put('v', experiment, of(experiment));
  recent.forget('v');
  for (const experiment of [1, 2, 3]) assert.equal(recent.find('v', experiment), undefined);
});

test('GET /assign answers from memory as from the database, and nobody who is erased', async () => {
  await using service = openApp({ RATE_LIMIT: 'off' });
  const ask = async () => (await service.askOpenly('GET /assign?visitor_id=v')).json();
  const first = await ask();
  const remembered = await ask();
  service.database.exec("DELETE FROM assignments WHERE visitor_id = 'v'");
  assert.deepEqual(await ask(), remembered, 'the second answer comes from memory');
  await service.ask('DELETE /visitors/v');
  service.now += 1_000;
  const after = await ask();
  assert.equal(after.is_new, true);
  assert.notEqual(after.assignment_timestamp, first.assignment_timestamp);
});
