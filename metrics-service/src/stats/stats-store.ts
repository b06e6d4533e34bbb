import type { Database } from '../../../shared/sqlite/database.ts';
import { ANY } from '../rollup/cell-deltas.ts';
import type { WordStore } from '../word/word-store.ts';
import type { StatsCell } from './stats.ts';

/** The cells of an experiment, which cost the same to read at any number of events. */
export const STATS_CELLS_SQL = 'SELECT variant, type, events, visitors FROM stats_cells WHERE experiment = ?';

/** Events of a stretch of time with where they count, worked out from the events themselves: an event's own variant, else its visitor's. */
export const STATS_BETWEEN_SQL = `
  WITH placed AS (
    SELECT e.visitor, e.type, coalesce(e.variant, (
      SELECT a.variant FROM assignments a WHERE a.visitor = e.visitor AND a.experiment = :experiment ORDER BY a.assigned_at, a.variant LIMIT 1)) AS variant
    FROM events e WHERE e.at >= :from AND e.at < :to
      AND (e.experiment IS NULL OR e.experiment IN (SELECT id FROM experiment_names WHERE experiment = :experiment)))
  SELECT coalesce(variant, 0) AS variant, coalesce(type, 0) AS type, sum(events) AS events, count(*) AS visitors FROM (
    SELECT visitor, variant, type, count(*) AS events FROM placed WHERE variant IS NOT NULL GROUP BY 1, 2, 3
    UNION ALL SELECT visitor, variant, 0, 0 FROM placed WHERE variant IS NOT NULL GROUP BY 1, 2
    UNION ALL SELECT visitor, 0, type, 0 FROM placed WHERE variant IS NOT NULL GROUP BY 1, 3
    UNION ALL SELECT visitor, 0, 0, 0 FROM placed WHERE variant IS NOT NULL GROUP BY 1)
  GROUP BY 1, 2`;

/** Reads what `/stats` shows. */
export class StatsStore {
  private readonly words: WordStore;
  private readonly select;
  private readonly selectBetween;

  constructor(database: Database, words: WordStore) {
    this.words = words;
    this.select = database.prepare(STATS_CELLS_SQL);
    this.selectBetween = database.prepare(STATS_BETWEEN_SQL);
  }

  /** Reads an experiment's cells from the rollup. */
  cells(experiment: number): readonly StatsCell[] {
    return this.select.all(experiment).map((row) => this.toCell(row));
  }

  /** Counts the events from one time to another (exclusive), by the index on time. */
  cellsBetween(experiment: number, from: number, to: number): readonly StatsCell[] {
    return this.selectBetween.all({ experiment, from, to }).map((row) => this.toCell(row));
  }

  private toCell(row: Record<string, unknown>): StatsCell {
    const word = (id: unknown): string | null => (id === ANY ? null : this.words.wordOf(id as number));
    return { variant: word(row['variant']), type: word(row['type']), events: row['events'] as number, visitors: row['visitors'] as number };
  }
}
