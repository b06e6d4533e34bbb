import type { DatabaseOptions } from '../../shared/sqlite/open.ts';

/**
 * The history of ab.sqlite. Times are milliseconds since 1970.
 *
 * `assignments` is the table and the log in one: `seq` only grows, because the row with the highest is never deleted without a higher one.
 * An erased visitor leaves a tombstone there (experiment 0), which keeps the visitor's id: followers cannot forget somebody they are not told of.
 * Visitor first in the key: one visitor's rows lie together, and UUIDv7 ids are appended instead of scattered. Its ids are kept as
 * `storedId` has them, UUIDs as 16 bytes: half the pages of text.
 */
export const AB_SCHEMA: Pick<DatabaseOptions, 'application_id' | 'migrations' | 'cache_kilobytes'> = {
  application_id: 0x46_53_61_62,
  cache_kilobytes: 6_144,
  migrations: [
    {
      name: 'experiments, assignments, toggles, changes',
      sql: `
        CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE keys (key TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('experiment', 'toggle'))) STRICT, WITHOUT ROWID;

        CREATE TABLE experiments (
          id INTEGER PRIMARY KEY,
          experiment_id TEXT NOT NULL UNIQUE,
          key TEXT NOT NULL UNIQUE REFERENCES keys (key),
          status TEXT NOT NULL CHECK (status IN ('DRAFT', 'RUNNING', 'PAUSED', 'COMPLETED')),
          page TEXT,
          updated_at INTEGER NOT NULL,
          assigned INTEGER NOT NULL DEFAULT 0,
          definition TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX experiments_running_on_page ON experiments (page) WHERE status = 'RUNNING' AND page IS NOT NULL;
        CREATE TABLE variants (
          id INTEGER PRIMARY KEY,
          experiment INTEGER NOT NULL REFERENCES experiments (id),
          variant_id TEXT NOT NULL UNIQUE
        ) STRICT;
        CREATE INDEX variants_by_experiment ON variants (experiment);

        CREATE TABLE assignments (
          seq INTEGER PRIMARY KEY,
          visitor_id ANY NOT NULL,
          experiment INTEGER NOT NULL,
          variant INTEGER NOT NULL,
          assigned_at INTEGER NOT NULL,
          forced INTEGER NOT NULL,
          UNIQUE (visitor_id, experiment)
        ) STRICT;

        CREATE TABLE toggles (
          key TEXT PRIMARY KEY REFERENCES keys (key),
          definition TEXT NOT NULL,
          evaluated_at INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE changes (
          seq INTEGER PRIMARY KEY,
          changed_at INTEGER NOT NULL,
          actor TEXT NOT NULL,
          kind TEXT NOT NULL,
          key TEXT NOT NULL,
          before TEXT,
          after TEXT,
          reverts INTEGER
        ) STRICT;
        CREATE INDEX changes_by_key ON changes (kind, key);
        CREATE TRIGGER changes_stay BEFORE UPDATE ON changes BEGIN SELECT RAISE(ABORT, 'changes are append-only'); END;
        CREATE TRIGGER changes_remain BEFORE DELETE ON changes BEGIN SELECT RAISE(ABORT, 'changes are append-only'); END;

        CREATE TABLE exclusions (experiment INTEGER NOT NULL, reason TEXT NOT NULL, requests INTEGER NOT NULL, PRIMARY KEY (experiment, reason)) STRICT, WITHOUT ROWID;
      `,
    },
    {
      // INSERT OR REPLACE deletes without a trigger's knowledge.
      name: 'changes that nothing replaces',
      sql: `
        CREATE TRIGGER changes_are_kept BEFORE INSERT ON changes WHEN EXISTS (SELECT 1 FROM changes WHERE seq = NEW.seq)
          BEGIN SELECT RAISE(ABORT, 'changes are append-only'); END;
      `,
    },
  ],
};
