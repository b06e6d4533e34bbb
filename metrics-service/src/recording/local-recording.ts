import type { Database } from '../../../shared/sqlite/database.ts';
import type { SessionFollower } from '../analytics/session-follower.ts';
import type { EventRecorder } from '../event/event-recorder.ts';
import { adoptImported } from '../experiment/adopt-experiment.ts';
import type { AdoptionNeeds } from '../experiment/adopt-experiment.ts';
import type { ImportRecord } from '../import/import-record.ts';
import type { Erased } from '../rollup/reattribution.ts';
import type { WordStore } from '../word/word-store.ts';
import type { Writer } from '../writer.ts';
import type { RecordedEvents, SentEvents } from './event-columns.ts';
import type { Recording } from './recording.ts';

/** What recording works with. */
export interface LocalRecordingNeeds extends AdoptionNeeds {
  readonly database: Database;
  readonly words: WordStore;
  readonly recorder: EventRecorder;
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

  importRecords(records: readonly ImportRecord[]): Promise<number> {
    return this.needs.writer.run(() => records.reduce((count, record) => count + (this.storeRecord(record) ? 1 : 0), 0));
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

  /** Stores one record; answers false if the very same is there. */
  private storeRecord(record: ImportRecord): boolean {
    const { experiments, recorder, reattribution, words } = this.needs;
    if (record.record === 'experiment') return adoptImported(this.needs, record.definition);
    if (record.record === 'event') return recorder.record(record.event).seq !== 0;
    const { experiment } = experiments.name(record.experiment_id);
    experiments.markImported(experiment);
    return reattribution.assign(record.visitor_id, { experiment, variant: words.idOf(record.variant), assigned_at: record.timestamp, forced: record.forced ?? false, from_log: false });
  }
}
