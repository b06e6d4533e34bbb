import type { Database } from '../../../shared/sqlite/database.ts';
import type { WordStore } from '../word/word-store.ts';
import type { FollowedEvent } from './sessionizer.ts';

/** Reads the log of events from a place on, as sessions need it. */
export class UnreadEvents {
  private readonly words: WordStore;
  private readonly select;

  constructor(database: Database, words: WordStore) {
    this.words = words;
    this.select = database.prepare('SELECT seq, visitor, at, type, name, properties, context FROM events WHERE seq > ? ORDER BY seq LIMIT ?');
  }

  /** Reads some events in the order they came. */
  after(seq: number, limit: number): readonly FollowedEvent[] {
    return this.select.all(seq, limit).map((row) => {
      const type = row['type'] as number;
      const named_metric = row['name'] as number | null;
      const event_type = this.words.wordOf(type);
      return {
        seq: row['seq'] as number,
        visitor: row['visitor'] as number,
        at: row['at'] as number,
        type,
        named_metric,
        event_type,
        event_name: named_metric === null ? null : this.words.wordOf(named_metric).slice(event_type.length + 1),
        properties: row['properties'] as string | null,
        context: row['context'] as string | null,
      };
    });
  }
}
