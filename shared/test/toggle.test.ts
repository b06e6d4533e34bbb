import assert from 'node:assert/strict';
import { test } from 'node:test';

import type { Toggle } from '../contract/toggle.ts';
import { evaluateToggle } from '../toggle.ts';
import { toggleOf } from './support/experiments.ts';

const visitors = Array.from({ length: 10_000 }, (_, index) => `visitor-${index}`);
const mobile = { device: 'mobile' };

/** What a visitor gets, as `value variant reason`. */
const outcome = (changes: Partial<Toggle>, visitor_id: string | null = 'visitor-1', attributes: Record<string, unknown> = {}, now?: number): string => {
  const { value, variant, reason } = evaluateToggle(toggleOf(changes), visitor_id, attributes, now);
  return `${JSON.stringify(value)} ${variant} ${reason}`;
};

test('evaluateToggle() gives value and reason in every state', () => {
  assert.equal(outcome({}), 'true on STATIC');
  assert.equal(outcome({}, null), 'true on STATIC');
  assert.equal(outcome({ enabled: false }), 'false off DISABLED');
  assert.equal(outcome({ enabled: false, targeting: mobile, rollout_percent: 50 }), 'false off DISABLED');
  assert.equal(outcome({ targeting: mobile }, 'visitor-1', mobile), 'true on TARGETING_MATCH');
  assert.equal(outcome({ targeting: mobile }), 'false off DEFAULT');
  assert.equal(outcome({ targeting: mobile, rollout_percent: 50 }), 'false off DEFAULT');
  assert.equal(outcome({ targeting: { $or: 'broken' } }), 'false off DEFAULT');
  assert.equal(outcome({ rollout_percent: 0 }), 'false off STATIC');
  assert.equal(outcome({ targeting: mobile, rollout_percent: 0 }, 'visitor-1', mobile), 'false off TARGETING_MATCH');
});

test('evaluateToggle() gives values of every type, empty ones too', () => {
  for (const value of [false, 0, '', {}, null, [], 'neon', 1.5, { a: [1] }]) {
    assert.deepEqual(evaluateToggle(toggleOf({ value_on: value }), null, {}).value, value);
    assert.deepEqual(evaluateToggle(toggleOf({ value_off: value, enabled: false }), null, {}).value, value);
  }
});

const within = (rollout_percent: number): ReadonlySet<string> => new Set(visitors.filter((visitor_id) => outcome({ rollout_percent }, visitor_id) === 'true on SPLIT'));

test('evaluateToggle() lets in a stable share of visitors; raising it from 20 to 50 keeps the first', () => {
  const twenty = within(20);
  const fifty = within(50);
  // Four standard deviations of 10,000 draws.
  assert.ok(Math.abs(twenty.size - 2_000) < 160, String(twenty.size));
  assert.ok(Math.abs(fifty.size - 5_000) < 200, String(fifty.size));
  for (const visitor_id of twenty) assert.ok(fifty.has(visitor_id));
  assert.deepEqual(within(20), twenty);
});

test('evaluateToggle() splits differently for each toggle', () => {
  const both = [...within(50)].filter((visitor_id) => outcome({ key: 'other', rollout_percent: 50 }, visitor_id) === 'true on SPLIT');
  assert.ok(Math.abs(both.length - 2_500) < 200, String(both.length));
});

test('evaluateToggle() has SPLIT for those in and out of a partial rollout, and out for an anonymous visitor', () => {
  const reasons = new Set(visitors.slice(0, 100).map((visitor_id) => outcome({ rollout_percent: 50 }, visitor_id)));
  assert.deepEqual(reasons, new Set(['true on SPLIT', 'false off SPLIT']));
  assert.equal(outcome({ rollout_percent: 99.99 }, null), 'false off SPLIT');
  assert.equal(outcome({ rollout_percent: 99.999 }, null), 'true on STATIC');
});

test('evaluateToggle() keeps to a schedule when it knows the time', () => {
  const schedule = { start_time: '2026-02-01T00:00:00.000Z', end_time: '2026-03-01T00:00:00.000Z' };
  const start = Date.parse(schedule.start_time);
  const end = Date.parse(schedule.end_time);
  assert.equal(outcome(schedule, null, {}, start - 1), 'false off DISABLED');
  assert.equal(outcome(schedule, null, {}, start), 'true on STATIC');
  assert.equal(outcome(schedule, null, {}, end - 1), 'true on STATIC');
  assert.equal(outcome(schedule, null, {}, end), 'false off DISABLED');
  assert.equal(outcome(schedule), 'true on STATIC');
  assert.equal(outcome({ start_time: null, end_time: null }, null, {}, end), 'true on STATIC');
});
