import type { Migration } from '../../shared/sqlite/migrate.ts';
import { joinEventRows } from './event/join-event-rows.ts';

/** Marks a file as metrics-service's own ("FSmt"). */
export const APPLICATION_ID = 0x46_53_6d_74;

/** How long one bucket of `result_buckets` is: offsets of time zones are multiples of it (since Liberia's change in 1972). */
export const BUCKET_MS = 900_000;

/**
 * The history of metrics.sqlite. Times are milliseconds since 1970; `type`, `variant` and `metric` are ids of `words`,
 * an event's `name` is that of its metric `type:name`, and its `experiment` one of `experiment_names`: what it named itself;
 * in rollups 0 stands for "any" (a variant, a type) or "being assigned" (a metric).
 */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: 'events, assignments, copies of experiments, rollups',
    sql: `
      CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;
      CREATE TABLE visitors (id INTEGER PRIMARY KEY, visitor_id ANY NOT NULL UNIQUE) STRICT;

      CREATE TABLE experiments (
        id INTEGER PRIMARY KEY,
        experiment_id TEXT UNIQUE,
        definition TEXT,
        source TEXT NOT NULL CHECK (source IN ('ab', 'import', 'events'))
      ) STRICT;
      CREATE TABLE experiment_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL, experiment INTEGER NOT NULL REFERENCES experiments (id)) STRICT;
      CREATE INDEX experiment_names_by_name ON experiment_names (name);
      CREATE INDEX experiment_names_by_experiment ON experiment_names (experiment);

      CREATE TABLE events (
        seq INTEGER PRIMARY KEY,
        event_id ANY NOT NULL UNIQUE,
        visitor INTEGER NOT NULL,
        type INTEGER NOT NULL,
        name INTEGER,
        experiment INTEGER,
        variant INTEGER,
        at INTEGER NOT NULL,
        arrived INTEGER NOT NULL,
        value REAL,
        properties TEXT,
        context TEXT,
        imported INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX events_by_visitor ON events (visitor);
      CREATE INDEX events_by_time ON events (at);

      CREATE TABLE assignments (
        visitor INTEGER NOT NULL,
        experiment INTEGER NOT NULL,
        variant INTEGER NOT NULL,
        assigned_at INTEGER NOT NULL,
        forced INTEGER NOT NULL,
        from_log INTEGER NOT NULL,
        counted INTEGER NOT NULL,
        PRIMARY KEY (visitor, experiment, variant, assigned_at)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX assignments_counted ON assignments (experiment, assigned_at, variant) WHERE counted = 1;
      CREATE INDEX assignments_from_log ON assignments (visitor) WHERE from_log = 1;

      CREATE TABLE visitor_seen (
        visitor INTEGER NOT NULL, experiment INTEGER NOT NULL, variant INTEGER NOT NULL, types TEXT NOT NULL,
        PRIMARY KEY (visitor, experiment, variant)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE visitor_metrics (
        visitor INTEGER NOT NULL, experiment INTEGER NOT NULL, metric INTEGER NOT NULL, first_at INTEGER NOT NULL, value_sum REAL NOT NULL,
        PRIMARY KEY (visitor, experiment, metric)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE stats_cells (
        experiment INTEGER NOT NULL, variant INTEGER NOT NULL, type INTEGER NOT NULL, events INTEGER NOT NULL, visitors INTEGER NOT NULL,
        PRIMARY KEY (experiment, variant, type)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE result_cells (
        experiment INTEGER NOT NULL, variant INTEGER NOT NULL, metric INTEGER NOT NULL,
        users INTEGER NOT NULL, events INTEGER NOT NULL, value_sum REAL NOT NULL, value_squares REAL NOT NULL,
        PRIMARY KEY (experiment, variant, metric)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE result_buckets (
        experiment INTEGER NOT NULL, metric INTEGER NOT NULL, bucket INTEGER NOT NULL, variant INTEGER NOT NULL, users INTEGER NOT NULL,
        PRIMARY KEY (experiment, metric, bucket, variant)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE exclusions (experiment INTEGER NOT NULL, reason TEXT NOT NULL, visitors INTEGER NOT NULL, PRIMARY KEY (experiment, reason)) STRICT, WITHOUT ROWID;
      CREATE TABLE bot_tallies (experiment INTEGER NOT NULL, reason TEXT NOT NULL, events INTEGER NOT NULL, PRIMARY KEY (experiment, reason)) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // `visible` is in tenths of a second, `scroll` in percent; source, path, device, browser and language are words, 0 where unknown.
    name: 'sessions, and blocks of them column by column',
    sql: `
      CREATE TABLE sessions (
        visitor INTEGER NOT NULL, start INTEGER NOT NULL, last INTEGER NOT NULL,
        views INTEGER NOT NULL, events INTEGER NOT NULL, visible INTEGER NOT NULL, scroll INTEGER NOT NULL, engaged INTEGER NOT NULL,
        opening_rank INTEGER, opening_at INTEGER, opening_seq INTEGER,
        source INTEGER NOT NULL, path INTEGER NOT NULL, device INTEGER NOT NULL, browser INTEGER NOT NULL, language INTEGER NOT NULL,
        trail BLOB NOT NULL,
        PRIMARY KEY (visitor, start)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX sessions_by_start ON sessions (start, visitor);
      CREATE TABLE session_blocks (begins INTEGER PRIMARY KEY, ends INTEGER NOT NULL, stale INTEGER NOT NULL) STRICT;
      CREATE TABLE session_columns (family INTEGER NOT NULL, begins INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (family, begins)) STRICT;
    `,
  },
  {
    name: 'what retention has closed: the rollups of events and assignments that are gone',
    sql: `
      CREATE TABLE frozen_stats_cells (
        experiment INTEGER NOT NULL, variant INTEGER NOT NULL, type INTEGER NOT NULL, events INTEGER NOT NULL, visitors INTEGER NOT NULL,
        PRIMARY KEY (experiment, variant, type)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE frozen_result_cells (
        experiment INTEGER NOT NULL, variant INTEGER NOT NULL, metric INTEGER NOT NULL,
        users INTEGER NOT NULL, events INTEGER NOT NULL, value_sum REAL NOT NULL, value_squares REAL NOT NULL,
        PRIMARY KEY (experiment, variant, metric)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE frozen_result_buckets (
        experiment INTEGER NOT NULL, metric INTEGER NOT NULL, bucket INTEGER NOT NULL, variant INTEGER NOT NULL, users INTEGER NOT NULL,
        PRIMARY KEY (experiment, metric, bucket, variant)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE frozen_exclusions (experiment INTEGER NOT NULL, reason TEXT NOT NULL, visitors INTEGER NOT NULL, PRIMARY KEY (experiment, reason)) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: 'blocks that keep when things happened apart from what happened',
    sql: 'DELETE FROM session_blocks; DELETE FROM session_columns;',
  },
  {
    // `first_seq` finds a block; its columns are those of `EventFacts` and `EventDetails`. `places` is there to take many ids with one statement.
    name: 'events in blocks, column by column',
    sql: `
      CREATE TABLE event_blocks (
        first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, events INTEGER NOT NULL, earliest INTEGER NOT NULL, latest INTEGER NOT NULL,
        facts BLOB NOT NULL, ids BLOB NOT NULL, texts BLOB
      ) STRICT;
      CREATE INDEX event_blocks_by_time ON event_blocks (latest, earliest, events);
      CREATE TABLE loose_events (
        first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, events INTEGER NOT NULL, earliest INTEGER NOT NULL, latest INTEGER NOT NULL,
        facts BLOB NOT NULL, ids BLOB NOT NULL, texts BLOB
      ) STRICT;
      CREATE TABLE visitor_blocks (visitor INTEGER NOT NULL, first_seq INTEGER NOT NULL, PRIMARY KEY (visitor, first_seq)) STRICT, WITHOUT ROWID;
      CREATE TABLE event_ids (event_id ANY PRIMARY KEY) STRICT, WITHOUT ROWID;
      CREATE TABLE places (place INTEGER PRIMARY KEY) STRICT;
      WITH RECURSIVE numbers (number) AS (VALUES (0) UNION ALL SELECT number + 1 FROM numbers WHERE number < 999) INSERT INTO places SELECT number FROM numbers;
      INSERT INTO event_ids SELECT event_id FROM events ORDER BY event_id;
      INSERT INTO meta (name, value) SELECT 'ids_seq', coalesce(max(seq), 0) FROM events;
    `,
    run: joinEventRows,
  },
  {
    name: 'blocks that keep figures, openings and visitors of sessions apart',
    sql: 'DELETE FROM session_blocks; DELETE FROM session_columns;',
  },
  {
    name: 'blocks that list sessions by what they have, and keep apart what is read apart',
    sql: 'DELETE FROM session_blocks; DELETE FROM session_columns;',
  },
  {
    // `seen` is the text of a `Seen`; see there.
    name: 'what visitors were seen with in their own rows',
    sql: `
      ALTER TABLE visitors ADD COLUMN seen TEXT;
      UPDATE visitors SET seen = (SELECT group_concat(experiment || ' ' || variant || ' ' || types, ';') FROM visitor_seen WHERE visitor = visitors.id) WHERE id IN (SELECT visitor FROM visitor_seen);
      DROP TABLE visitor_seen;
    `,
  },
  {
    // UUIDs of version 7 end to end, in the order of their times; `event_ids` has all others.
    name: 'ids that say when they were made, many to a row',
    sql: 'CREATE TABLE event_id_runs (from_ms INTEGER PRIMARY KEY, until_ms INTEGER NOT NULL, ids BLOB NOT NULL) STRICT;',
  },
];
