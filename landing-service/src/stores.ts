import type { Clock } from '../../shared/clock.ts';
import type { Peer } from '../../shared/http/peer.ts';
import type { Log } from '../../shared/log.ts';
import type { Database } from '../../shared/sqlite/database.ts';
import { GroupCommit } from '../../shared/sqlite/group-commit.ts';
import { LeadStore } from './lead/lead-store.ts';
import { deliverAssignments } from './outbox/deliver-assignments.ts';
import { deliverEvents } from './outbox/deliver-events.ts';
import { Delivery } from './outbox/delivery.ts';
import { Outbox } from './outbox/outbox.ts';
import type { OutboxLimits } from './outbox/outbox.ts';
import type { Destination } from './outbox/outbox-store.ts';
import { OutboxStore } from './outbox/outbox-store.ts';
import { ToggleReport } from './toggle/toggle-report.ts';
import { MediaFolder } from './track/media-folder.ts';
import { TrackLibrary } from './track/track-library.ts';
import { TrackStore } from './track/track-store.ts';
import { TallyStore } from './visitor/tally-store.ts';
import { Tally } from './visitor/tally.ts';

/** What the service keeps, and what brings it on its way. */
export interface Stores {
  readonly database: Database;
  readonly leads: LeadStore;
  readonly outbox: Outbox;
  readonly tally: Tally;
  readonly library: TrackLibrary;
  readonly deliveries: Readonly<Record<Destination, Delivery>>;
  readonly toggle_report: ToggleReport;
  /** Ends deliveries, puts everything on disk and closes the database. */
  readonly close: () => Promise<void>;
}

/** What opening needs: the peers here are those of deliveries, which may take their time. */
export interface StoresNeeds {
  readonly database: Database;
  /** The folder of the media library. */
  readonly media_dir: string;
  readonly ab: Peer;
  readonly metrics: Peer;
  readonly log: Log;
  readonly clock: Clock;
  readonly outbox_limits?: OutboxLimits;
}

/** Opens everything that rests on the database. */
export const openStores = ({ database, media_dir, ab, metrics, log, clock, outbox_limits }: StoresNeeds): Stores => {
  const commit = new GroupCommit(database);
  const outbox = new Outbox(new OutboxStore(database), commit, outbox_limits);
  const tally = new Tally(new TallyStore(database), log);
  const deliveries = {
    metrics: new Delivery({ destination: 'metrics', outbox, log, send: deliverEvents(metrics, clock) }),
    ab: new Delivery({ destination: 'ab', outbox, log, send: deliverAssignments(ab, log, () => tally.add('assignment different')) }),
  };
  const toggle_report = new ToggleReport(ab);
  const close = async (): Promise<void> => {
    toggle_report.close();
    const ended = Promise.all(Object.values(deliveries).map((delivery) => delivery.close()));
    await commit.drain();
    await ended;
    await commit.drain();
    tally.close();
    database.close();
  };
  return { database, leads: new LeadStore(database), outbox, tally, library: new TrackLibrary(new TrackStore(database), new MediaFolder(media_dir), clock), deliveries, toggle_report, close };
};
