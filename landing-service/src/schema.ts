import type { DatabaseOptions } from '../../shared/sqlite/open.ts';

/** The history of landing.sqlite. */
export const LANDING_SCHEMA: Pick<DatabaseOptions, 'application_id' | 'migrations'> = {
  application_id: 0x46534c41,
  migrations: [
    {
      name: 'leads, outbox, last known configuration, counters',
      sql: `
        CREATE TABLE leads (
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          lead_id TEXT NOT NULL UNIQUE,
          form_id TEXT NOT NULL UNIQUE,
          visitor_id TEXT,
          page TEXT NOT NULL,
          experiment TEXT,
          variant TEXT,
          name TEXT NOT NULL,
          email TEXT NOT NULL,
          message TEXT NOT NULL,
          created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX leads_by_visitor ON leads (visitor_id) WHERE visitor_id IS NOT NULL;

        CREATE TABLE outbox (
          seq INTEGER PRIMARY KEY AUTOINCREMENT,
          destination TEXT NOT NULL CHECK (destination IN ('metrics', 'ab')),
          item_id TEXT NOT NULL,
          visitor_id TEXT NOT NULL,
          body TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          UNIQUE (destination, item_id)
        ) STRICT;
        CREATE INDEX outbox_by_destination ON outbox (destination, seq);
        CREATE INDEX outbox_by_visitor ON outbox (visitor_id);

        CREATE TABLE configuration (
          id INTEGER PRIMARY KEY CHECK (id = 1),
          body TEXT NOT NULL,
          received_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE tallies (
          name TEXT PRIMARY KEY,
          count INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;`,
    },
    {
      name: 'media library',
      sql: `
        CREATE TABLE tracks (
          track_id TEXT PRIMARY KEY,
          title TEXT NOT NULL,
          artist TEXT NOT NULL,
          file TEXT NOT NULL UNIQUE,
          media_type TEXT NOT NULL,
          bytes INTEGER NOT NULL,
          created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;`,
    },
  ],
};
