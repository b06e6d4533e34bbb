import assert from 'node:assert/strict';
import { test } from 'node:test';

import { automationOf } from '../bots.ts';
import { BOT_USER_AGENTS, BROWSER_USER_AGENTS } from './support/user-agents.ts';

test('automationOf() knows bots by their user agent, and says of which kind they are', () => {
  for (const [reason, user_agent] of BOT_USER_AGENTS) assert.equal(automationOf({ user_agent }), reason, user_agent);
});

test('automationOf() takes no browser of a person for a bot', () => {
  for (const [user_agent] of BROWSER_USER_AGENTS) assert.equal(automationOf({ user_agent }), null, user_agent);
});

test('automationOf() knows pages that are loaded ahead of need', () => {
  for (const purpose of ['prefetch', 'prefetch;prerender', 'prefetch;anonymous-client-ip', 'preview', 'PREFETCH']) assert.equal(automationOf({ purpose }), 'prefetch');
  assert.equal(automationOf({ prefetch: true }), 'prefetch');
  assert.equal(automationOf({ purpose: 'navigate', prefetch: false }), null);
});

test('automationOf() believes a page that says it is driven', () => {
  assert.equal(automationOf({ automation: true, user_agent: BROWSER_USER_AGENTS[0]?.[0] }), 'automation');
});

test('automationOf() takes no program that calls the interfaces for a bot, nor a missing user agent', () => {
  assert.equal(automationOf({}), null);
  assert.equal(automationOf({ user_agent: '' }), null);
  assert.equal(automationOf({ user_agent: null }), null);
  for (const user_agent of ['curl/8.5.0', 'node', 'python-requests/2.32.3', 'Go-http-client/2.0', 'okhttp/4.12.0', 'Wget/1.21.4']) assert.equal(automationOf({ user_agent }), null, user_agent);
});

test('automationOf() looks at the beginning of endless user agents', () => {
  assert.equal(automationOf({ user_agent: `${'x '.repeat(1_000_000)}googlebot` }), null);
  assert.equal(automationOf({ user_agent: `Googlebot ${'x'.repeat(1_000_000)}` }), 'bot');
});
