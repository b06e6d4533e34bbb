import type { Database } from '../../../shared/sqlite/database.ts';
import type { SessionFollower } from '../analytics/session-follower.ts';
import { recordImported } from '../import/record-imported.ts';
import type { ImportedNeeds } from '../import/record-imported.ts';
import type { Erased } from '../rollup/reattribution.ts';
import type { Writer } from '../writer.ts';
import type { RecordedEvents, SentEvents } from './event-columns.ts';
import type { SentRecords } from './record-columns.ts';
import type { Recording } from './recording.ts';

/** What recording works with. */
export interface LocalRecordingNeeds extends ImportedNeeds {
  readonly database: Database;
  readonly follower: SessionFollower;
  readonly writer: Writer;
}

/** Recording in the thread that holds the stores. */
export class LocalRecording implements Recording {
  private readonly needs: LocalRecordingNeeds;

  constructor(needs: LocalRecordingNeeds) {
    this.needs = needs;
  }

  recordEvents(events: SentEvents): Promise<RecordedEvents> {
    return this.needs.writer.run(() => this.needs.recorder.recordAll(events));
  }

  importRecords(records: SentRecords): Promise<number> {
    return this.needs.writer.run(() => recordImported(this.needs, records));
  }

  eraseVisitor(visitor_id: string): Promise<Erased | undefined> {
    return this.needs.writer.run(() => this.needs.reattribution.erase(visitor_id));
  }

  settleSessions(): Promise<void> {
    return this.needs.follower.settle();
  }

  copy(): Promise<string> {
    return this.needs.database.copy();
  }

  writable(): Promise<boolean> {
    return Promise.resolve(this.needs.database.writable());
  }
}
