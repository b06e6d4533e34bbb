import assert from 'node:assert/strict';
import { test } from 'node:test';

import { deviceOf } from '../device.ts';
import { BROWSER_USER_AGENTS } from './support/user-agents.ts';

test('deviceOf() tells desktop, mobile and tablet apart, and the family of the browser', () => {
  for (const [user_agent, device, browser] of BROWSER_USER_AGENTS) assert.deepEqual(deviceOf(user_agent), { device, browser }, user_agent);
});

test('deviceOf() knows nothing of what it cannot read', () => {
  for (const user_agent of ['', 'curl/8.5.0', 'x'.repeat(100_000)]) assert.deepEqual(deviceOf(user_agent), { device: 'desktop', browser: 'other' });
});
