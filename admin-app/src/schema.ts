import type { DatabaseOptions } from '../../shared/sqlite/open.ts';

/** The history of admin.sqlite. */
export const ADMIN_SCHEMA: Pick<DatabaseOptions, 'application_id' | 'migrations'> = {
  application_id: 0x46534144,
  migrations: [
    {
      name: 'accounts, sessions, set-up link, sign-in log',
      sql: `
        CREATE TABLE accounts (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL,
          name_folded TEXT NOT NULL UNIQUE,
          role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
          password_hash TEXT NOT NULL,
          created_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE sessions (
          token_hash BLOB PRIMARY KEY,
          account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
          created_at INTEGER NOT NULL,
          seen_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sessions_by_account ON sessions (account);

        CREATE TABLE setup (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          token_hash BLOB NOT NULL,
          expires_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE sign_ins (
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          at INTEGER NOT NULL,
          account INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
          address TEXT NOT NULL,
          outcome TEXT NOT NULL CHECK (outcome IN ('signed_in', 'wrong', 'signed_out'))
        ) STRICT;
        CREATE INDEX sign_ins_by_account ON sign_ins (account);`,
    },
  ],
};
