import assert from 'node:assert/strict';
import { test } from 'node:test';

import { enableLinearRegExp } from '../../targeting/linear-regexp.ts';
import { compilePattern } from '../../targeting/pattern.ts';

const found = (source: string, text: string, any_case = false): boolean => {
  const outcome = compilePattern(source, any_case);
  assert.ok('found' in outcome, `${source}: ${JSON.stringify(outcome)}`);
  return outcome.found(text);
};

test('compilePattern() finds what a regular expression finds', () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['^/blog/', '/blog/one', true],
    ['^/blog/', '/shop/blog/', false],
    ['(Mobile|Tablet)', 'Android Tablet', true],
    ['@example\\.com$', 'ann@example.com', true],
    ['@example\\.com$', 'ann@exampleXcom', false],
    ['^\\d{5}(-\\d{4})?$', '12345-6789', true],
    ['^\\d{5}(-\\d{4})?$', '12345-67', false],
    ['^a{20}$', 'a'.repeat(20), true],
    ['^a{20}$', 'a'.repeat(21), false],
    ['^[a-z]{1,64}$', 'x'.repeat(64), true],
    ['^[a-z]{1,64}$', 'x'.repeat(65), false],
    ['^(?:ab){2,}$', 'ababab', true],
    ['^(?:ab){2,}$', 'ab', false],
    ['^(?<year>\\d+)$', '2026', true],
    ['\\bcat\\b', 'a cat sat', true],
    ['\\bcat\\b', 'concatenate', false],
    ['[^\\w-]', 'a-b_c', false],
    ['^[\\]x]+$', ']x]', true],
    ['\\x41\\u0042[\\103]', 'ABC', true],
    ['a{,5}', 'a{,5}', true],
    ['', 'anything', true],
    ['^x{0}$', '', true],
  ];
  for (const [source, text, expected] of cases) assert.equal(found(source, text), expected, `${source} on ${text}`);
});

test('compilePattern() ignores case where it is told to, as the flag i does', () => {
  assert.ok(found('^straße [a-f]+ ÄÖ$', 'STRAßE BAD äö', true));
  assert.ok(found('[^a]', 'b', true) && !found('[^a]', 'A', true));
  assert.ok(!found('[A-Z]', 'a') && found('[A-Z]', 'a', true));
  assert.ok(found('\\u03bc', '\u00b5', true), 'the micro sign is a mu');
  assert.ok(!found('k', '\u212a', true), 'the Kelvin sign is no k without the flag u');
  assert.ok(!found('s', '\u017f', true) && !found('\u0131', 'I', true), 'nor is a letter beyond ASCII one of ASCII');
});

test('compilePattern() refuses what no linear search can do, and what is too large', () => {
  const refused = ['(?=a)', '(?!a)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>', '(?i:a)', 'a'.repeat(257), 'a{2000}', '((a{50}){50}){50}', '(?:){99999999999}'];
  for (const source of refused) assert.ok('refused' in compilePattern(source, false), source);
  assert.ok('found' in compilePattern('a'.repeat(256), true));
});

test('compilePattern() tells a text that is no pattern from one that must be refused', () => {
  for (const source of ['(', '[', 'a)', '*', 'a{2,1}', '\\']) assert.deepEqual(compilePattern(source, false), { invalid: true }, source);
});

test('compilePattern() sees the first 1,024 characters of a text', () => {
  assert.ok(found('b', `${'a'.repeat(1_023)}b`));
  assert.ok(!found('b', `${'a'.repeat(1_024)}b`));
});

test('compilePattern() answers at once where backtracking takes ten seconds', () => {
  const text = `${'a'.repeat(28)}!`;
  const sources = ['^(a+)+$', '^(a|a)+$', '^(a|aa)*$', '(a*)*b', '^(a?){28}a{28}$', '(.*)*x', '^(([a-z])+.)+[A-Z]([a-z])+$'];
  const before = process.cpuUsage();
  for (const source of sources) for (const any_case of [false, true]) assert.equal(found(source, text, any_case), false, source);
  // Many short texts, as the elements of a list: each too short for the engine to give up backtracking early.
  for (const source of sources) {
    const outcome = compilePattern(source, false);
    for (let index = 0; index < 2_000 && 'found' in outcome; index += 1) outcome.found(`${'a'.repeat(20)}!${index % 3}`);
  }
  assert.ok(process.cpuUsage(before).user < 1_000_000);
});

test('enableLinearRegExp() bounds ordinary patterns of the process too', () => {
  enableLinearRegExp();
  const before = process.cpuUsage();
  assert.equal(new RegExp('^(b+)+$').test(`${'b'.repeat(28)}!`), false);
  assert.ok(process.cpuUsage(before).user < 100_000);
});

/** Deterministic numbers in [0, 1): mulberry32. */
const randomOf = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

test('compilePattern() agrees with RegExp on random patterns and texts, with and without case', (t) => {
  const seed = 20_260_131;
  t.diagnostic(`seed ${seed}`);
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const atoms = ['a', 'b', 'A', 'B', 'ä', '.', '\\d', '\\W', '\\s', '[ab]', '[^a]', '[A-b]', '[\\w-]', '[b-]', '\\b', '^', '$', '\\x61', '-', ']', '{', ' ', '\\.', '1', '[^\\d]', '[\\b]', '\\cA', '\\t', '\\-'];
  const quantifiers = ['', '', '', '*', '+', '?', '{2}', '{1,3}', '{0,2}', '{2,}', '*?', '{17}', '{0}'];
  const pattern = (depth: number): string => {
    let text = '';
    for (let index = 1 + Math.floor(random() * 4); index > 0; index -= 1) {
      text += depth > 0 && random() < 0.3 ? `${pick(['(', '(?:', '(?<n>'])}${pattern(depth - 1)})${pick(quantifiers)}` : pick(atoms) + pick(quantifiers);
    }
    return random() < 0.25 ? `${text}|${pick(atoms)}` : text;
  };
  let compared = 0;
  for (let round = 0; round < 4_000; round += 1) {
    const source = pattern(2);
    const any_case = random() < 0.5;
    const outcome = compilePattern(source, any_case);
    if (!('found' in outcome)) continue;
    const expected = new RegExp(source, any_case ? 'i' : '');
    for (let text_index = 0; text_index < 5; text_index += 1) {
      const text = Array.from({ length: Math.floor(random() * 10) }, () => pick(['a', 'b', 'A', 'B', 'Ä', 'c', ' ', '1', '-', ']', '{', '.', '\n', '\t'])).join('');
      assert.equal(outcome.found(text), expected.test(text), `${source} ${any_case ? 'i' : ''} on ${JSON.stringify(text)}`);
      compared += 1;
    }
  }
  assert.ok(compared > 5_000, `only ${compared} comparisons`);
});
