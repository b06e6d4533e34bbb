import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { uuidv7 } from '../../shared/uuid.ts';
import { readView, signView } from '../src/event/view-token.ts';
import { ASSIGNED_BYTES_MAX, readAssigned, signAssigned } from '../src/visitor/assigned-cookie.ts';
import { openCookieKey } from '../src/visitor/cookie-key.ts';
import { readVisitor, signVisitor, visitorCookie } from '../src/visitor/visitor-cookie.ts';

const key = 'k'.repeat(32);
const visitor_id = uuidv7();

test('readVisitor() believes only what was signed with our key', () => {
  const text = signVisitor(visitor_id, key);
  assert.equal(readVisitor(text, key), visitor_id);
  assert.equal(readVisitor(text, 'o'.repeat(32)), undefined);
  assert.equal(readVisitor(text.replace(/^./, 'f'), key), undefined);
  for (const bad of [undefined, '', '.', visitor_id, `${visitor_id}.`, `${visitor_id}.x`, text.slice(0, -1)]) assert.equal(readVisitor(bad, key), undefined);
});

test('visitorCookie() is first-party, out of reach of scripts, for a year', () => {
  assert.match(visitorCookie(visitor_id, key, false), /^visitor_id=[\w.-]+; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/);
  assert.match(visitorCookie(visitor_id, key, true), /; Secure$/);
});

test('readAssigned() gives a visitor their own assignments back', () => {
  const entries = [
    { experiment_id: 'e2', variant_id: 'v2', at: 2_000 },
    { experiment_id: 'e1', variant_id: 'v1', at: 1_000 },
  ];
  const text = signAssigned(entries, visitor_id, key);
  assert.deepEqual(readAssigned(text, visitor_id, key), entries);
  assert.deepEqual(readAssigned(text, uuidv7(), key), [], 'the cookie of another visitor is worth nothing');
  assert.deepEqual(readAssigned(signVisitor(visitor_id, key), visitor_id, key), []);
  for (const bad of [undefined, '', 'x', text.slice(1), `${text}x`]) assert.deepEqual(readAssigned(bad, visitor_id, key), []);
});

test('signAssigned() drops the oldest when there are too many', () => {
  const entries = Array.from({ length: 60 }, (_, index) => ({ experiment_id: uuidv7(), variant_id: uuidv7(), at: 1_000 + index }));
  const text = signAssigned(entries, visitor_id, key);
  const kept = readAssigned(text, visitor_id, key);
  assert.ok(text.length <= ASSIGNED_BYTES_MAX && kept.length > 15 && kept.length < 60);
  assert.deepEqual(kept, entries.toReversed().slice(0, kept.length));
});

test('readView() brings back what signView() signed, and nothing else', () => {
  const view = { view_id: uuidv7(), form_id: uuidv7(), page: 'home', visitor_id, experiment: 'homepage', variant: 'Überschrift "B"' };
  const token = signView(view, key);
  assert.match(token, /^[\w.-]+$/);
  assert.deepEqual(readView(token, key), view);
  for (const bad of ['', 'x', token.slice(1), signVisitor(visitor_id, key), 'x'.repeat(3_000)]) assert.equal(readView(bad, key), undefined);
});

test('openCookieKey() makes a key once, for its owner alone, and refuses a damaged one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-key-'));
  const file = join(folder, 'landing-cookie-key');
  try {
    const made = openCookieKey(folder, undefined);
    assert.ok(existsSync(file));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(made.equals(openCookieKey(folder, undefined)));
    assert.ok(!made.equals(openCookieKey(folder, key)));
    writeFileSync(file, 'short');
    assert.throws(() => openCookieKey(folder, undefined), /is damaged/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
