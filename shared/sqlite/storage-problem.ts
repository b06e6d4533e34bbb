import { Problem } from '../problem.ts';

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
/** What the system itself says of a disk that takes no more. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Returns SQLite's primary result code of a thrown value (13 is SQLITE_FULL), or undefined when SQLite did not throw it. */
export const sqliteCodeOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
};

/**
 * Translates what the disk does to us into a Problem that a caller may read; every other error is undefined, a bug or a broken rule.
 * No room, failing input or output, a disk gone read-only: `disk_full`. A lock held by someone else for longer than the busy timeout: `overloaded`.
 * The original error is the Problem's `cause`.
 */
export const storageProblem = (error: unknown): Problem | undefined => {
  const problem = problemFor(error instanceof Error && 'code' in error && FULL.has(String(error.code)) ? SQLITE_FULL : sqliteCodeOf(error));
  if (problem !== undefined) problem.cause = error;
  return problem;
};

const problemFor = (code: number | undefined): Problem | undefined => {
  switch (code) {
    case SQLITE_FULL:
      return new Problem('disk_full', 'The disk is full: nothing was stored.');
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return new Problem('disk_full', 'The disk takes no writes: nothing was stored.');
    case SQLITE_BUSY:
      return new Problem('overloaded', 'The database is held by another program: nothing was stored.', { retry_after_seconds: 5 });
    default:
      return undefined;
  }
};
