import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../../shared/clock.ts';
import { createLog } from '../../../shared/log.ts';
import { openDatabase } from '../../../shared/sqlite/open.ts';
import { StartFault } from '../../../shared/start-fault.ts';
import { hostOf } from '../analytics/visit-source.ts';
import { databaseFile } from '../config.ts';
import { Retention } from '../retention/retention.ts';
import { APPLICATION_ID, MIGRATIONS } from '../schema.ts';
import { createStores } from '../stores.ts';
import type { Stores } from '../stores.ts';
import { sendable } from './thread-messages.ts';
import type { ThreadActs, ThreadCall, ThreadData, ThreadMessage } from './thread-messages.ts';

// The thread that writes: it alone holds the connection that changes metrics.sqlite. `RecordingThread` is its other end.

const CACHE_KILOBYTES = 16_384;

const port = parentPort as NonNullable<typeof parentPort>;
const { config, api_token } = workerData as ThreadData;
const say = (message: ThreadMessage): void => port.postMessage(message);

const openStores = (): Stores | undefined => {
  try {
    const database = openDatabase({ file: databaseFile(config), application_id: APPLICATION_ID, migrations: MIGRATIONS, cache_kilobytes: CACHE_KILOBYTES });
    return createStores(database, [...config.allowed_hosts, ...config.cors_origins.flatMap((origin) => hostOf(origin) ?? [])]);
  } catch (error) {
    if (!(error instanceof StartFault)) throw error;
    say({ type: 'fault', message: error.message });
    return undefined;
  }
};

/** Tells the other thread, after each COMMIT, what it must read again. */
const tellChanges = ({ assignments, experiments, writer }: Stores): void => {
  let changed = false;
  let visitors: (number | undefined)[] = [];
  experiments.onChange(() => (changed = true));
  assignments.onChange((visitor) => visitors.push(visitor));
  writer.onCommit(() => {
    if (!changed && visitors.length === 0) return;
    say({ type: 'changes', changes: { experiments: changed, visitors } });
    changed = false;
    visitors = [];
  });
};

const actsOf = (stores: Stores): ThreadActs => {
  const { recording, writer, follower, database } = stores;
  const log = createLog({ service: config.service, level: config.log_level });
  const retention = new Retention({ stores, clock: systemClock, log, days: config.retention_days });
  let stops: readonly (() => void)[] = [];
  return {
    recordEvents: (events) => recording.recordEvents(events),
    importRecords: (records) => recording.importRecords(records),
    eraseVisitor: (visitor_id) => recording.eraseVisitor(visitor_id),
    settleSessions: () => recording.settleSessions(),
    copy: () => recording.copy(),
    writable: () => recording.writable(),
    start: async () => {
      // What speaks to ab-service is not needed to begin.
      const { followAb } = await import('../following.ts');
      const onConnected = (connected: boolean): void => say({ type: 'connected', connected });
      stops = [followAb({ ab_url: config.ab_url, api_token, stores, oldest: () => retention.oldest(), onConnected, log }), follower.start(systemClock, log), () => retention.stop()];
      retention.start();
    },
    stop: async () => stops.forEach((stop) => stop()),
    close: async () => {
      await writer.drain();
      database.close();
    },
  };
};

const serve = (acts: ThreadActs): void => {
  port.on('message', ({ id, act, argument }: ThreadCall) => {
    (acts[act] as (argument: unknown) => Promise<unknown>)(argument).then(
      (result) => say({ type: 'result', id, result }),
      (error: unknown) => say({ type: 'failure', id, error: sendable(error) }),
    );
    if (act === 'close') port.unref();
  });
  say({ type: 'ready' });
};

const stores = openStores();
if (stores !== undefined) {
  tellChanges(stores);
  serve(actsOf(stores));
}
