import type { Database } from '../../../shared/sqlite/database.ts';
import type { EventReader } from '../event/event-reader.ts';
import type { ExperimentStore } from '../experiment/experiment-store.ts';
import { inSteps } from '../in-steps.ts';
import type { Steps } from '../in-steps.ts';
import { ANY } from '../rollup/cell-deltas.ts';
import { Turns } from '../turns.ts';
import type { WordStore } from '../word/word-store.ts';
import { FirstVariants } from './first-variants.ts';
import type { StatsCell } from './stats.ts';
import { StatsCount } from './stats-count.ts';
import type { CountedStats } from './stats-count.ts';

/** The cells of an experiment, which cost the same to read at any number of events. */
export const STATS_CELLS_SQL = 'SELECT variant, type, events, visitors FROM stats_cells WHERE experiment = ?';

/** How many events, or visitors whose variants are read, are as much work as reading a block. */
const EVENTS_PER_STEP = 100;

/** What `/stats` is read from. */
export interface StatsStoreNeeds {
  readonly words: WordStore;
  readonly experiments: ExperimentStore;
  readonly events: EventReader;
}

/** Reads what `/stats` shows. */
export class StatsStore {
  private readonly database: Database;
  private readonly needs: StatsStoreNeeds;
  private readonly turns: Turns;
  private readonly select;

  constructor(database: Database, needs: StatsStoreNeeds) {
    this.database = database;
    this.needs = needs;
    this.turns = new Turns(database);
    this.select = database.prepare(STATS_CELLS_SQL);
  }

  /** Reads an experiment's cells from the rollup. */
  cells(experiment: number): readonly StatsCell[] {
    return this.select.all(experiment).map((row) => this.toCell(row as unknown as CountedStats));
  }

  /** Counts the events from one time to another (exclusive), a few blocks at a time. Throws Problem `overloaded` where too many wait to do so. */
  cellsBetween(experiment: number, from: number, to: number): Promise<readonly StatsCell[]> {
    return inSteps(this.database, this.turns, this.count(experiment, from, to));
  }

  private *count(experiment: number, from: number, to: number): Steps<readonly StatsCell[]> {
    const { events, experiments } = this.needs;
    const names = new Set([0, ...experiments.namesOf(experiment)]);
    const variants = new FirstVariants(this.database, experiment);
    const count = new StatsCount();
    for (const { count: length, first_visitor, first_at, visitor, type, experiment: name, variant, at } of events.between(from, to)) {
      const [begin, end, before] = [from - first_at, to - first_at, variants.read];
      for (let place = 0; place < length; place += 1) {
        const happened = at[place] as number;
        if (happened < begin || happened >= end || !names.has(name[place] as number)) continue;
        const who = first_visitor + (visitor[place] as number);
        const where = (variant[place] as number) || variants.of(who);
        if (where !== 0) count.add(who, where, type[place] as number);
      }
      yield 1 + (length + variants.read - before) / EVENTS_PER_STEP;
    }
    return count.cells().map((cell) => this.toCell(cell));
  }

  private toCell({ variant, type, events, visitors }: CountedStats): StatsCell {
    const word = (id: number): string | null => (id === ANY ? null : this.needs.words.wordOf(id));
    return { variant: word(variant), type: word(type), events, visitors };
  }
}
