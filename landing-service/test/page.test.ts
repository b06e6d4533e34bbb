import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Slot } from '../src/page/page-definition.ts';
import { readPages } from '../src/page/read-pages.ts';
import { slotText } from '../src/page/slot-text.ts';

const none = (): undefined => undefined;
const slot = (type: Slot['type'], choices: readonly string[] = []): Slot => ({ type, label: '', default: '', choices });

test('slotText() takes what fits the slot and nothing else', () => {
  assert.equal(slotText(slot('text'), 'Hello <b>', none), 'Hello <b>');
  assert.equal(slotText(slot('text'), 12, none), '12');
  for (const value of [null, undefined, true, {}, ['x'], 'x'.repeat(10_001)]) assert.equal(slotText(slot('text'), value, none), undefined);
  assert.equal(slotText(slot('choice', ['a', 'b']), 'b', none), 'b');
  assert.equal(slotText(slot('choice', ['a', 'b']), 'c', none), undefined);
});

test('slotText() lets a color be nothing but a color', () => {
  for (const value of ['#fff', '#0a6b50', 'rebeccapurple', 'oklch(60% 0.1 200)', 'rgb(1 2 3 / 50%)']) assert.equal(slotText(slot('color'), value, none), value);
  for (const value of ['red;}body{display:none', 'url(//x)', '#12', 'var(--x)', 'expression(1)', '']) assert.equal(slotText(slot('color'), value, none), undefined, value);
});

test('slotText() lets an image be nothing but a file of this site', () => {
  const asset = (file: string): string | undefined => (file === 'hero.svg' ? '/assets/1/home/hero.svg' : undefined);
  assert.equal(slotText(slot('image'), 'hero.svg', asset), '/assets/1/home/hero.svg');
  assert.equal(slotText(slot('image'), '/music/cover.png', asset), '/music/cover.png');
  for (const value of ['http://example.org/a.png', '//example.org/a.png', '/a//b', 'javascript:alert(1)', 'data:,x', '/\\x', 'gone.svg']) assert.equal(slotText(slot('image'), value, asset), undefined, value);
});

const withFolder = (pages: Readonly<Record<string, Readonly<Record<string, string>>>>, check: (folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), 'fairsplit-pages-'));
  try {
    for (const [name, files] of Object.entries(pages)) {
      mkdirSync(join(folder, name));
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
    }
    check(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const own = new URL('../pages/', import.meta.url);
const PAGE = { 'page.html': '<title>{{headline}}</title>{{@foot}}', 'page.json': JSON.stringify({ title: 'T', description: '', slots: { headline: { type: 'text', label: 'H', default: 'D' } }, toggles: {} }) };

test('readPages() adds the pages of PAGES_DIR to its own', () => {
  withFolder({ offer: PAGE, home: PAGE }, (folder) => {
    const pages = readPages(own, folder);
    assert.deepEqual([...pages.keys()].sort(), ['home', 'offer', 'olympus', 'thank-you']);
    assert.equal(pages.get('home')?.definition.title, 'T');
    assert.equal(pages.get('offer')?.slotTexts({ headline: '<&>' })['headline'], '&lt;&amp;&gt;');
    assert.equal(pages.get('offer')?.slotTexts({ headline: 7, __proto__: { headline: 'x' } })['headline'], '7');
    assert.equal(pages.get('offer')?.slotTexts({})['headline'], 'D');
  });
});

test('readPages() refuses a page that cannot be used, by name and reason', () => {
  const broken: readonly (readonly [string, Record<string, string>, RegExp])[] = [
    ['offer', { ...PAGE, 'page.html': '{{nothing}}' }, /The page offer .*line 1: \{\{nothing\}\} is no slot/],
    ['offer', { ...PAGE, 'page.json': '{"title":"T"}' }, /\/slots is required/],
    ['offer', { ...PAGE, 'page.json': '{' }, /The page offer/],
    ['offer', { 'page.html': 'x', 'page.json': '{"title":"T","description":"","toggles":{},"slots":{"c":{"type":"color","label":"C","default":"url(x)"}}}' }, /default of the slot c is no color/],
    ['leads', PAGE, /leads cannot be a page/],
    ['Offer', PAGE, /Offer cannot be a page/],
  ];
  for (const [name, files, expected] of broken) withFolder({ [name]: files }, (folder) => assert.throws(() => readPages(own, folder), expected));
  assert.throws(() => readPages(own, '/nonexistent'), /cannot be read/);
  assert.throws(() => readPages(pathToFileURL('/nonexistent/'), undefined), /cannot be read/);
});
