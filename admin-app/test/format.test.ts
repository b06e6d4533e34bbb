import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFor, localeOf } from '../src/page/format.ts';
import { timeElement } from '../src/page/time-element.ts';

const english = formatFor('en');

test('localeOf() takes the first language that is known, English without one', () => {
  assert.equal(localeOf('de-CH,de;q=0.9,en;q=0.8'), 'de-CH');
  assert.equal(localeOf('xx-not-a-language-tag!,fr;q=0.5'), 'fr');
  for (const header of [undefined, '', '*', ';;;', '<script>', 'q'.repeat(5_000)]) assert.equal(localeOf(header), 'en', String(header));
});

test('formatFor() writes rates with the digits that mean something', () => {
  assert.deepEqual([0, 1, 0.1204, 0.00123, 0.5].map(english.percent), ['0%', '100%', '12.04%', '0.123%', '50.00%']);
  assert.deepEqual([0.1, 0.125, 0.0025].map(english.round_percent), ['10%', '12.5%', '0.25%']);
});

test('formatFor() writes changes with a sign, and a real minus', () => {
  assert.deepEqual([0.342, -0.0121, 0, 12.5].map(english.change), ['+34.2%', '−1.21%', '0.00%', '+1,250%']);
  assert.deepEqual([0.0123, -0.004].map(english.points), ['+1.23', '−0.40']);
});

test('formatFor() never rounds a p-value or a chance to certainty', () => {
  assert.deepEqual([0.0000001, 0.0009, 0.001, 0.2276, 1].map(english.p_value), ['< 0.001', '< 0.001', '0.001', '0.228', '1.000']);
  assert.deepEqual([0, 0.00001, 0.5, 0.99999, 1].map(english.chance), ['< 0.1%', '< 0.1%', '50.0%', '> 99.9%', '> 99.9%']);
});

test('formatFor() writes as the language does', () => {
  const german = formatFor('de');
  assert.equal(german.count(1234567), '1.234.567');
  assert.equal(german.percent(0.1204), '12,04\u00a0%');
  assert.equal(formatFor('de'), german);
});

test('timeElement() holds the moment for scripts and words for everybody', () => {
  const at = Date.UTC(2026, 0, 31, 12, 5);
  assert.equal(timeElement(at, 'moment').text, '<time datetime="2026-01-31T12:05:00.000Z" data-detail="moment">2026-01-31 12:05 UTC</time>');
  assert.match(timeElement(at, 'clock').text, />12:05 UTC</);
  assert.match(timeElement(at, 'day').text, />2026-01-31</);
});
