import type { KeyObject } from 'node:crypto';
import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** A key that signs: 32 random bytes or more. */
export type SigningKey = string | Uint8Array | KeyObject;

const macOf = (value: string, key: SigningKey, purpose: string): string =>
  createHmac('sha256', key).update(purpose === '' ? value : `${purpose}\n${value}`, 'utf8').digest('base64url');

/**
 * Signs a value: `value.mac` with HMAC-SHA256 in base64url (43 characters). The value stays readable and may hold anything, dots included.
 * A `purpose` (no line break) keeps what was signed for one use from being accepted for another under the same key.
 */
export const signed = (value: string, key: SigningKey, purpose = ''): string => `${value}.${macOf(value, key, purpose)}`;

/** Reads what `signed` wrote: the value, or undefined when it was not signed with this key for this purpose. Takes the same time wherever a forgery differs. */
export const verified = (text: string, key: SigningKey, purpose = ''): string | undefined => {
  const dot = text.lastIndexOf('.');
  if (dot < 0) return undefined;
  const value = text.slice(0, dot);
  const given = Buffer.from(text.slice(dot + 1), 'latin1');
  const expected = Buffer.from(macOf(value, key, purpose), 'latin1');
  return given.length === expected.length && timingSafeEqual(given, expected) ? value : undefined;
};

/** SHA-256 of a text's UTF-8 bytes in lower-case hexadecimal. */
export const sha256Hex = (text: string): string => hash('sha256', text);

/** Compares two secrets of any lengths in a time that tells nothing of where, or by how much, they differ. */
export const sameSecret = (a: string, b: string): boolean => timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
