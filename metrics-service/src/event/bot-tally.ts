import type { Database } from '../../../shared/sqlite/database.ts';

/** Counts the events that were left out because no person caused them, by reason and by the experiment that they named. */
export class BotTally {
  private readonly write;
  private readonly select;
  private readonly selectReasons;

  constructor(database: Database) {
    this.write = database.prepare('INSERT INTO bot_tallies (experiment, reason, events) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET events = events + 1');
    this.select = database.prepare('SELECT coalesce(sum(events), 0) AS events FROM bot_tallies WHERE experiment = ?');
    this.selectReasons = database.prepare('SELECT reason, sum(events) AS events FROM bot_tallies GROUP BY reason');
  }

  /** Counts one event; `experiment` is the number of the one it named, 0 where it named none. */
  add(experiment: number, reason: string): void {
    this.write.run(experiment, reason);
  }

  /** Answers how many events that named an experiment were left out. */
  of(experiment: number): number {
    return this.select.get(experiment)?.['events'] as number;
  }

  /** Answers how many events were left out, by reason. */
  byReason(): ReadonlyMap<string, number> {
    return new Map(this.selectReasons.all().map((row) => [row['reason'] as string, row['events'] as number]));
  }
}
