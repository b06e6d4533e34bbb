import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { compileCondition, matches } from '../../targeting/condition.ts';
import { OPERATORS } from '../../targeting/operators.ts';

const page = readFileSync(new URL('../../../docs/targeting.md', import.meta.url), 'utf8');

/** Who meets each example of docs/targeting.md, and who does not. */
const VISITORS: readonly (readonly [met: Record<string, unknown>, missed: Record<string, unknown>])[] = [
  [{ device: 'mobile' }, { device: 'desktop' }],
  [{ device: 'desktop' }, { device: 'tablet' }],
  [{ language: 'DE-ch' }, { language: 'den' }],
  [{ country: 'AT' }, { country: 'US' }],
  [{ returning: false, utm_source: 'newsletter' }, { returning: true, utm_source: 'newsletter' }],
  [{ utm_campaign: 'spring' }, {}],
  [{ referrer: 'https://www.google.de/' }, { referrer: 'https://example.com/google.' }],
  [{ path: '/sale/' }, { path: '/a/sale/' }],
  [{ browser: 'safari', device: 'mobile' }, { browser: 'safari', device: 'tablet' }],
  [{ email: 'Ann@Example.COM' }, { email: 'ann@example.com.org' }],
  [{ email: 'Ben@example.com' }, { email: 'cleo@example.com' }],
  [{ account: { plan: 'team', seats: 10 } }, { account: { plan: 'team', seats: 9 } }],
  [{ age: 18 }, {}],
  [{ app_version: '2.10.3' }, { app_version: '3.0.0-beta.1' }],
  [{ roles: ['reviewer', 'author', 'editor'] }, { roles: ['editor'] }],
  [{ cart: [{}, {}] }, { cart: [{}] }],
  [{ cart: [{ price: 150, category: 'shoes' }] }, { cart: [{ price: 150, category: 'hats' }, { price: 50, category: 'shoes' }] }],
  [{}, { opted_out: true }],
];

test('compileCondition() takes every example of the documentation, and it means what it says', () => {
  const rows = page.slice(page.indexOf('## Examples')).split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
  assert.equal(rows.length, VISITORS.length);
  for (const [index, row] of rows.entries()) {
    const text = row.slice(row.indexOf('`') + 1, row.lastIndexOf('`')).replaceAll('\\|', '|');
    const compiled = compileCondition(JSON.parse(text));
    const [met, missed] = VISITORS[index] as (typeof VISITORS)[number];
    assert.ok(matches(compiled, met), `${text} is met by ${JSON.stringify(met)}`);
    assert.ok(!matches(compiled, missed), `${text} is not met by ${JSON.stringify(missed)}`);
  }
});

test('the documentation explains every operator', () => {
  for (const name of [...OPERATORS.keys(), '$and', '$or', '$nor', '$not']) assert.ok(page.includes(`\`${name}\``) || page.includes(`"${name}"`), name);
});
