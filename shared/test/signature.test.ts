import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';

import { sameSecret, sha256Hex, signed, verified } from '../signature.ts';

const KEY = 'key';

test('signed() writes the value and its HMAC-SHA256', () => {
  // RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?".
  const mac = Buffer.from('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843', 'hex').toString('base64url');
  assert.equal(signed('what do ya want for nothing?', 'Jefe'), `what do ya want for nothing?.${mac}`);
});

test('verified() reads what signed() wrote, under the same key and purpose alone', () => {
  for (const value of ['', 'visitor-1', 'a.b.c', 'Ünïcödé 🎈', 'x'.repeat(10_000)]) {
    assert.equal(verified(signed(value, KEY), KEY), value);
    assert.equal(verified(signed(value, KEY), 'other key'), undefined);
    assert.equal(verified(signed(value, KEY, 'form'), KEY, 'form'), value);
    assert.equal(verified(signed(value, KEY, 'form'), KEY, 'visitor'), undefined);
    assert.equal(verified(signed(value, KEY, 'form'), KEY), undefined);
  }
  const bytes = new Uint8Array(32).fill(7);
  assert.equal(verified(signed('v', bytes), createSecretKey(bytes)), 'v');
});

test('verified() refuses every change', () => {
  const text = signed('visitor-1', KEY);
  for (let index = 0; index < text.length; index += 1) {
    const changed = `${text.slice(0, index)}${text[index] === 'A' ? 'B' : 'A'}${text.slice(index + 1)}`;
    assert.equal(verified(changed, KEY), undefined, changed);
    assert.equal(verified(text.slice(0, index), KEY), undefined);
  }
  for (const other of ['', '.', 'visitor-1', 'visitor-1.', `${text}A`, `${text}=`, `${text}.`, `${text} `, text.replace('.', '.\u0100')]) assert.equal(verified(other, KEY), undefined, other);
});

test('sameSecret() compares texts of any lengths', () => {
  assert.ok(sameSecret('', '') && sameSecret('token', 'token') && sameSecret('ü', 'ü'));
  for (const [a, b] of [['token', 'tokem'], ['token', 'token '], ['', 'x'], ['a', 'a'.repeat(100_000)]] as const) assert.ok(!sameSecret(a, b));
});

test('sha256Hex() gives the published digest', () => {
  // FIPS 180-2, appendix B.1.
  assert.equal(sha256Hex('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});
