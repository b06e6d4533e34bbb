import type { Clock } from '../../shared/clock.ts';
import type { Handler } from '../../shared/http/call.ts';
import { withDocs } from '../../shared/docs-page/docs-routes.ts';
import { backupRoutes } from '../../shared/http/backup-route.ts';
import { createGuards } from '../../shared/http/guards.ts';
import { healthRoutes } from '../../shared/http/health.ts';
import type { Meter } from '../../shared/http/meter.ts';
import { RateLimit } from '../../shared/http/rate-limit.ts';
import { createServiceApp } from '../../shared/http/service-app.ts';
import type { Log } from '../../shared/log.ts';
import { tokenHash } from '../../shared/secrets.ts';
import type { Secrets } from '../../shared/secrets.ts';
import type { Database } from '../../shared/sqlite/database.ts';
import { GroupCommit } from '../../shared/sqlite/group-commit.ts';
import { uuidv7 } from '../../shared/uuid.ts';
import { VERSION } from '../../shared/version.ts';
import { assignRoutes } from './assignment/assign-routes.ts';
import { Assigner } from './assignment/assigner.ts';
import { AssignmentLogReader } from './assignment/assignment-log.ts';
import { AssignmentStore } from './assignment/assignment-store.ts';
import { exclusionRoutes } from './assignment/exclusion-routes.ts';
import { Exclusions } from './assignment/exclusions.ts';
import { logRoutes } from './assignment/log-routes.ts';
import { RecentAssignments } from './assignment/recent-assignments.ts';
import { changeRoutes } from './change/change-routes.ts';
import { ChangeStore } from './change/change-store.ts';
import type { AbConfig } from './config.ts';
import { ConfigPublisher } from './config/config-publisher.ts';
import { configRoutes } from './config/config-routes.ts';
import { DOCS_WORDS } from './docs-words.ts';
import { Definitions } from './definitions.ts';
import { experimentRoutes } from './experiment/experiment-routes.ts';
import { ExperimentStore } from './experiment/experiment-store.ts';
import { Evaluator } from './ofrep/evaluator.ts';
import { ofrepRoutes } from './ofrep/ofrep-routes.ts';
import { OfrepStream } from './ofrep/ofrep-stream.ts';
import { previewRoutes } from './preview/preview-routes.ts';
import { Schedule } from './schedule/schedule.ts';
import { seeds } from './seeds.ts';
import { SettingsStore } from './settings-store.ts';
import { toggleRoutes } from './toggle/toggle-routes.ts';
import { ToggleUse } from './toggle/toggle-use.ts';
import { ToggleStore } from './toggle/toggle-store.ts';
import { transferRoutes } from './transfer/transfer-routes.ts';
import { visitorRoutes } from './visitor/visitor-routes.ts';

/** How often counts that are kept in memory are written (ms); kill -9 loses no more than this of them. */
const COUNTS_KEPT_EVERY_MS = 10_000;

/** What the application works with; it opens nothing itself. */
export interface AppNeeds {
  readonly config: AbConfig;
  readonly secrets: Secrets;
  readonly database: Database;
  readonly log: Log;
  readonly meter: Meter;
  readonly clock: Clock;
}

/** The application, and what its owner does when the service stops. */
export interface App {
  readonly handle: Handler;
  /** Answers long polls: stopping has begun. */
  readonly stopping: () => void;
  /** Writes what waits; the database is closed after it. */
  readonly close: () => Promise<void>;
}

/** Creates ab-service's application: opens nothing, listens to nothing. A new database is given its seeds. */
export const createApp = ({ config, secrets, database, log, meter, clock }: AppNeeds): App => {
  const guards = createGuards({
    api_token_sha256: tokenHash(secrets.api_token),
    ingest_token_sha256: tokenHash(secrets.ingest_token),
    cors_origins: config.cors_origins,
    require_token: config.require_token,
    rate_limit: new RateLimit(clock, config.rate_limit),
    // The page at /docs is ours, under whichever of the allowed hosts it was asked for.
    own_host_is_listed: true,
  });
  const stores = { experiments: new ExperimentStore(database), toggles: new ToggleStore(database), changes: new ChangeStore(database), settings: new SettingsStore(database) };
  const definitions = new Definitions(database, stores, clock);
  if (definitions.version === 0) definitions.commit('first-start', seeds({ now: definitions.change_time, mint: () => uuidv7() }));

  const assignments = new AssignmentStore(database);
  const commits = new GroupCommit(database);
  const recent = new RecentAssignments();
  const exclusions = new Exclusions(database);
  const reader = new AssignmentLogReader({ database, assignments, settings: stores.settings, definitions });
  const on_stored = (): void => reader.notify();
  const assigner = new Assigner({ definitions, assignments, recent, experiments: stores.experiments, commits, exclusions, clock, on_stored });
  const schedule = new Schedule(definitions, clock, log);
  const toggle_use = new ToggleUse(database, stores.toggles, clock);
  const ofrep_stream = new OfrepStream(definitions);
  const evaluator = new Evaluator({ definitions, assigner, toggle_use, bot_filter: config.bot_filter, clock });
  const keepCounts = (): void => {
    try {
      exclusions.flush();
      toggle_use.flush();
    } catch (error) {
      log.warn('counts could not be kept', { why: String(error) });
    }
  };
  const keeping = setInterval(keepCounts, COUNTS_KEPT_EVERY_MS).unref();
  const publisher = new ConfigPublisher(definitions, clock);
  definitions.onChange(({ actor, edits }) => {
    for (const { kind, key, before, after } of edits) {
      log.info('changed', { actor, kind, key, action: before === null ? 'created' : after === null ? 'deleted' : 'updated' });
      if (kind === 'toggle' && after === null) toggle_use.forget(key);
    }
  });
  meter.add('assignment_log_last_seq', 'gauge', 'The newest number of the assignment log; followers compare theirs with it.', () => assignments.last_seq);
  meter.add('config_followers', 'gauge', 'Open streams of the configuration.', () => publisher.followers + ofrep_stream.followers);
  meter.add('excluded_requests_total', 'counter', 'Requests for assignment by programs, answered with the control, by reason.', () => exclusions.totals());

  const routes = [
    ...healthRoutes({ service: config.service, version: VERSION, meter, writable: () => database.writable() }),
    ...backupRoutes({ database, name: 'ab', log }),
    ...assignRoutes({ definitions, assigner, bot_filter: config.bot_filter }),
    ...logRoutes(reader),
    ...exclusionRoutes(definitions, assignments, exclusions),
    ...experimentRoutes(definitions),
    ...configRoutes({ definitions, publisher, toggle_use, clock }),
    ...toggleRoutes(definitions, toggle_use),
    ...ofrepRoutes(evaluator, ofrep_stream, !config.require_token),
    ...visitorRoutes({ definitions, assignments, recent, commits, clock, on_stored }),
    ...previewRoutes({ definitions, key: stores.settings.preview_key, landing_url: config.landing_url, clock }),
    ...transferRoutes(definitions),
    ...changeRoutes(stores.changes, definitions),
  ];
  return {
    handle: createServiceApp(withDocs(routes, { ...DOCS_WORDS, require_token: config.require_token }), { config, hosts: config.allowed_hosts, log, guards }),
    stopping: () => reader.stop(),
    close: async () => {
      clearInterval(keeping);
      schedule.close();
      publisher.close();
      ofrep_stream.close();
      await commits.drain();
      keepCounts();
    },
  };
};
