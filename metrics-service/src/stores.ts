import type { Database } from '../../shared/sqlite/database.ts';
import { GroupCommit } from '../../shared/sqlite/group-commit.ts';
import { BlockStore } from './analytics/block-store.ts';
import { Packer } from './analytics/packer.ts';
import { SessionFollower } from './analytics/session-follower.ts';
import { SessionStore } from './analytics/session-store.ts';
import { Sessionizer } from './analytics/sessionizer.ts';
import { UnreadEvents } from './analytics/unread-events.ts';
import { AssignmentStore } from './assignment/assignment-store.ts';
import { BotTally } from './event/bot-tally.ts';
import { EventRecorder } from './event/event-recorder.ts';
import { EventReader } from './event/event-reader.ts';
import { EventWriter } from './event/event-writer.ts';
import { ExperimentStore } from './experiment/experiment-store.ts';
import { MetaStore } from './meta-store.ts';
import { LocalRecording } from './recording/local-recording.ts';
import type { Recording } from './recording/recording.ts';
import { ResultStore } from './result/result-store.ts';
import { FrozenStore } from './retention/frozen-store.ts';
import { Reattribution } from './rollup/reattribution.ts';
import { RollupStore } from './rollup/rollup-store.ts';
import { StatsStore } from './stats/stats-store.ts';
import { VisitorStore } from './visitor/visitor-store.ts';
import { WordStore } from './word/word-store.ts';
import { Writer } from './writer.ts';

/** All that reads metrics.sqlite, by whatever connection. */
export interface ReadStores {
  readonly database: Database;
  readonly words: WordStore;
  readonly visitors: VisitorStore;
  readonly experiments: ExperimentStore;
  readonly events: EventReader;
  readonly assignments: AssignmentStore;
  readonly tally: BotTally;
  readonly stats: StatsStore;
  readonly results: ResultStore;
  readonly meta: MetaStore;
  readonly sessions: SessionStore;
  readonly blocks: BlockStore;
}

/** What the application reads, and what it has recorded. */
export interface AppStores extends ReadStores {
  readonly recording: Recording;
}

/** All that reads and writes it, and the one writer that its changes go through. */
export interface Stores extends AppStores {
  readonly event_writer: EventWriter;
  readonly rollups: RollupStore;
  readonly frozen: FrozenStore;
  readonly follower: SessionFollower;
  readonly recorder: EventRecorder;
  readonly reattribution: Reattribution;
  readonly writer: Writer;
}

/** Creates what reads an open database. */
export const createReadStores = (database: Database): ReadStores => {
  const words = new WordStore(database);
  const experiments = new ExperimentStore(database);
  const events = new EventReader(database);
  return {
    database,
    words,
    experiments,
    visitors: new VisitorStore(database),
    events,
    assignments: new AssignmentStore(database),
    tally: new BotTally(database),
    stats: new StatsStore(database, { words, experiments, events }),
    results: new ResultStore(database, { words, experiments, events }),
    meta: new MetaStore(database),
    sessions: new SessionStore(database),
    blocks: new BlockStore(database),
  };
};

/** Creates the stores over an open database; `own_hosts` are no source of visits. */
export const createStores = (database: Database, own_hosts: readonly string[] = []): Stores => {
  const reading = createReadStores(database);
  const { words, visitors, experiments, events, assignments, meta, sessions, blocks } = reading;
  const event_writer = new EventWriter(database, experiments, meta);
  const rollups = new RollupStore(database, visitors);
  const sessionizer = new Sessionizer({ sessions, blocks, words, meta, own_hosts, unread: new UnreadEvents(events, words), last_seq: events.lastSeq });
  const writer = new Writer(new GroupCommit(database), [words, visitors, experiments, event_writer, rollups, sessionizer], () => {
    event_writer.flush();
    rollups.flush();
    sessionizer.flushIfMany();
  });
  const follower = new SessionFollower({ sessionizer, packer: new Packer(sessions, blocks), writer });
  const recorder = new EventRecorder({ ...reading, event_writer, rollups, sessionizer });
  const reattribution = new Reattribution({ event_writer, visitors, assignments, rollups, sessionizer });
  const frozen = new FrozenStore(database);
  const recording = new LocalRecording({ ...reading, event_writer, frozen, recorder, reattribution, follower, writer });
  return { ...reading, event_writer, rollups, frozen, follower, recorder, reattribution, writer, recording };
};
