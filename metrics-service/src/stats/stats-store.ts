import type { Database } from '../../../shared/sqlite/database.ts';
import { VisitorSet } from '../analytics/visitor-set.ts';
import { ANY } from '../rollup/cell-deltas.ts';
import { Turns } from '../turns.ts';
import type { WordStore } from '../word/word-store.ts';
import type { StatsCell } from './stats.ts';

/** The cells of an experiment, which cost the same to read at any number of events. */
export const STATS_CELLS_SQL = 'SELECT variant, type, events, visitors FROM stats_cells WHERE experiment = ?';

/**
 * The next events of a stretch of time with where they count: an event's own variant, else its visitor's; null where it counts nowhere. All that are
 * looked at are answered, so that a page costs the same whatever the events are.
 */
export const STATS_PAGE_SQL = `
  SELECT e.at, e.seq, e.visitor, e.type,
    CASE WHEN e.experiment IS NULL OR e.experiment IN (SELECT id FROM experiment_names WHERE experiment = :experiment) THEN coalesce(e.variant, (
      SELECT a.variant FROM assignments a WHERE a.visitor = e.visitor AND a.experiment = :experiment ORDER BY a.assigned_at, a.variant LIMIT 1)) END
  FROM events e INDEXED BY events_by_time WHERE e.at >= :at AND e.at < :to AND (e.at > :at OR e.seq > :seq) ORDER BY e.at, e.seq LIMIT :limit`;

/** How many events are looked at before others have the event loop. */
export const STATS_PAGE_EVENTS = 500;

/** Reads what `/stats` shows. */
export class StatsStore {
  private readonly words: WordStore;
  private readonly select;
  private readonly selectPage;
  private readonly turns;

  constructor(database: Database, words: WordStore) {
    this.words = words;
    this.select = database.prepare(STATS_CELLS_SQL);
    this.turns = new Turns(database);
    this.selectPage = database.prepare(STATS_PAGE_SQL);
    this.selectPage.setReturnArrays(true);
  }

  /** Reads an experiment's cells from the rollup. */
  cells(experiment: number): readonly StatsCell[] {
    return this.select.all(experiment).map((row) => this.toCell(row));
  }

  /** Counts the events from one time to another (exclusive), by the index on time and a page at a time. Throws Problem `overloaded` where too many wait to do so. */
  cellsBetween(experiment: number, from: number, to: number): Promise<readonly StatsCell[]> {
    return this.turns.take(async () => {
      const cells = new Map<string, { variant: number; type: number; events: number; visitors: VisitorSet }>();
      const add = (visitor: number, variant: number, type: number, events: number): void => {
        const key = `${variant} ${type}`;
        let cell = cells.get(key);
        if (cell === undefined) cells.set(key, (cell = { variant, type, events: 0, visitors: new VisitorSet() }));
        cell.events += events;
        cell.visitors.add(visitor);
      };
      for (let [at, seq, more] = [from, -1, true]; more; await this.turns.pause()) {
        const page = this.selectPage.all({ experiment, to, at, seq, limit: STATS_PAGE_EVENTS }) as unknown as readonly (readonly [at: number, seq: number, visitor: number, type: number, variant: number | null])[];
        for (const [, , visitor, type, variant] of page) {
          if (variant === null) continue;
          add(visitor, variant, type, 1);
          add(visitor, variant, ANY, 0);
          add(visitor, ANY, type, 0);
          add(visitor, ANY, ANY, 0);
        }
        more = page.length === STATS_PAGE_EVENTS;
        [at, seq] = page.at(-1) ?? [at, seq];
      }
      const sorted = [...cells.values()].sort((one, other) => one.variant - other.variant || one.type - other.type);
      return sorted.map(({ variant, type, events, visitors }) => this.toCell({ variant, type, events, visitors: visitors.size }));
    });
  }

  private toCell(row: Record<string, unknown>): StatsCell {
    const word = (id: unknown): string | null => (id === ANY ? null : this.words.wordOf(id as number));
    return { variant: word(row['variant']), type: word(row['type']), events: row['events'] as number, visitors: row['visitors'] as number };
  }
}
