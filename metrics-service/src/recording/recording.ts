import type { Erased } from '../rollup/reattribution.ts';
import type { RecordedEvents, SentEvents } from './event-columns.ts';
import type { SentRecords } from './record-columns.ts';

/**
 * All that may change metrics.sqlite at somebody's request. Each resolves when it is on disk, and rejects with the Problems `overloaded` and `disk_full`.
 * In a service it happens in a thread of its own, so that neither the disk nor the rollups keep requests waiting.
 */
export interface Recording {
  /** Stores events, each id once, and counts them. */
  recordEvents(events: SentEvents): Promise<RecordedEvents>;
  /** Stores records of an import; answers how many were new. */
  importRecords(records: SentRecords): Promise<number>;
  /** Removes a person from events, assignments and every rollup; undefined if nobody is known by that id. */
  eraseVisitor(visitor_id: string): Promise<Erased | undefined>;
  /** Puts all sessions on disk, up to the newest event. */
  settleSessions(): Promise<void>;
  /** Copies the database beside it and answers the copy's path; see `Database.copy`. */
  copy(): Promise<string>;
  /** Says whether writes reach the disk. Never rejects. */
  writable(): Promise<boolean>;
}
