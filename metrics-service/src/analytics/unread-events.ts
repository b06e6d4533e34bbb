import type { EventDetails } from '../event/event-block.ts';
import type { EventBlock, EventReader } from '../event/event-reader.ts';
import type { WordStore } from '../word/word-store.ts';
import type { FollowedEvent } from './sessionizer.ts';

/** With its place in the log. */
export interface UnreadEvent extends FollowedEvent {
  readonly seq: number;
}

/** Reads the log of events from a place on, as sessions need it. */
export class UnreadEvents {
  private readonly events: EventReader;
  private readonly words: WordStore;

  constructor(events: EventReader, words: WordStore) {
    this.events = events;
    this.words = words;
  }

  /** Reads some events in the order they came. */
  after(seq: number, limit: number): readonly UnreadEvent[] {
    const read: UnreadEvent[] = [];
    let last: EventBlock | undefined;
    let details: EventDetails | undefined;
    for (const [block, place] of this.events.after(seq)) {
      if (read.length === limit) break;
      if (block !== last) details = this.events.details(block.key);
      last = block;
      read.push(this.followed(block, details as EventDetails, place));
    }
    return read;
  }

  private followed(block: EventBlock, details: EventDetails, place: number): UnreadEvent {
    const type = block.type[place] as number;
    const named_metric = (block.name[place] as number) || null;
    const event_type = this.words.wordOf(type);
    return {
      seq: block.first_seq + (block.seq[place] as number),
      visitor: block.first_visitor + (block.visitor[place] as number),
      at: block.first_at + (block.at[place] as number),
      type,
      named_metric,
      event_type,
      event_name: named_metric === null ? null : this.words.wordOf(named_metric).slice(event_type.length + 1),
      properties: details.properties(place),
      context: details.context(place),
    };
  }
}
