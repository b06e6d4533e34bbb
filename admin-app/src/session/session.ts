import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../account/account.ts';

/** Somebody who is signed in. */
export interface Session {
  readonly account_id: number;
  readonly account: string;
  readonly role: Role;
}

/** When a session was made and last used; milliseconds. */
export interface SessionTimes {
  readonly created_at: number;
  readonly seen_at: number;
}

const HOUR_MS = 3_600_000;
/** Unused for this long, a session ends. */
export const SESSION_IDLE_MS: number = 12 * HOUR_MS;
/** Used or not, it ends after this. */
export const SESSION_AGE_MS: number = 7 * 24 * HOUR_MS;
/** Use is written down this often: a write for every request would be one too many. */
const SEEN_EVERY_MS = 60_000;
const TOKEN_BYTES = 32;

/** Answers whether a session has not ended. */
export const sessionLives = ({ created_at, seen_at }: SessionTimes, now: number): boolean => now < seen_at + SESSION_IDLE_MS && now < created_at + SESSION_AGE_MS;

/** Answers whether it is time to write down that a session is used. */
export const isUseNews = ({ seen_at }: SessionTimes, now: number): boolean => now >= seen_at + SEEN_EVERY_MS;

/** Makes a token of 256 random bits, for a cookie or a link. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** Hashes a token: all that is kept of it. */
export const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();
