import type { Clock } from '../../shared/clock.ts';
import { withDocs } from '../../shared/docs-page/docs-routes.ts';
import { backupRoutes } from '../../shared/http/backup-route.ts';
import type { Handler } from '../../shared/http/call.ts';
import { healthRoutes } from '../../shared/http/health.ts';
import type { Meter } from '../../shared/http/meter.ts';
import type { Guards } from '../../shared/http/router.ts';
import { createServiceApp } from '../../shared/http/service-app.ts';
import { FeedHub } from '../../shared/http/sse.ts';
import type { Log } from '../../shared/log.ts';
import { analyseTogether } from '../../shared/statistics/analysis.ts';
import { wilsonInterval } from '../../shared/statistics/proportions.ts';
import { VERSION } from '../../shared/version.ts';
import { analyticsRoutes } from './analytics/analytics-routes.ts';
import { Analytics } from './analytics/analytics.ts';
import { analysisRoutes } from './analysis/analysis-routes.ts';
import type { MetricsConfig } from './config.ts';
import { DOCS_WORDS } from './docs-words.ts';
import { consistentReads } from './consistent-reads.ts';
import { botReason } from './event/bot-reason.ts';
import { EventIntake } from './event/event-intake.ts';
import { EventLog } from './event/event-log.ts';
import { eventLogRoutes, eventMessage } from './event/event-log-routes.ts';
import { eventRoutes } from './event/event-routes.ts';
import { experimentRoutes } from './experiment/experiment-routes.ts';
import { ExportReader } from './export/export-reader.ts';
import { exportRoutes } from './export/export-routes.ts';
import { importRoutes } from './import/import-routes.ts';
import { ResultReader } from './result/result-reader.ts';
import { resultRoutes } from './result/result-routes.ts';
import { statsRoutes } from './stats/stats-routes.ts';
import type { AppStores } from './stores.ts';
import { visitorRoutes } from './visitor/visitor-routes.ts';

/** What the application is made of; opened and closed by its owner. */
export interface AppNeeds {
  readonly config: MetricsConfig;
  readonly log: Log;
  readonly meter: Meter;
  readonly guards: Guards;
  readonly stores: AppStores;
  readonly clock: Clock;
  /** The beginning of the time that is kept. */
  readonly oldest: () => number;
}

/** Creates metrics-service's application: opens nothing, listens to nothing. */
export const createApp = (needs: AppNeeds): Handler => {
  const { config, log, meter, guards, stores, clock } = needs;
  const hub = new FeedHub();
  const intake = new EventIntake({
    ...stores,
    clock,
    botReason: config.bot_filter ? botReason : () => undefined,
    listening: () => hub.size > 0,
    publish: (event) => hub.publish(eventMessage(event)),
  });
  meter.add('events_waiting', 'gauge', 'Events that wait for the disk.', () => intake.waiting);
  meter.add('events_excluded_total', 'counter', 'Events of bots and automation, which are not counted.', () => new Map([...stores.tally.byReason()].map(([reason, events]) => [`reason="${reason}"`, events])));
  meter.add('session_blocks', 'gauge', 'Blocks of packed sessions, which questions about visits are answered from.', () => stores.blocks.count());
  const events = new EventLog(stores);
  const routes = [
    ...healthRoutes({ service: config.service, version: VERSION, meter, writable: () => stores.recording.writable() }),
    ...backupRoutes({ database: stores.recording, name: 'metrics', log }),
    ...eventRoutes(intake, needs.oldest),
    ...eventLogRoutes(events, hub),
    ...visitorRoutes(stores, events, log),
    ...statsRoutes(stores.stats, stores.experiments),
    ...importRoutes({ stores, clock, oldest: needs.oldest }),
    ...exportRoutes(new ExportReader(stores)),
    ...analysisRoutes,
    ...analyticsRoutes(new Analytics({ stores, clock })),
    ...experimentRoutes(stores.experiments, stores.results, stores.words),
    ...resultRoutes(new ResultReader({ ...stores, clock, analyseTogether, interval: (conversions, users) => wilsonInterval({ visitors: users, conversions }, 0.05) }), stores.experiments),
  ];
  return createServiceApp(withDocs(consistentReads(routes, stores.database), { ...DOCS_WORDS, require_token: config.require_token }), { config, hosts: config.allowed_hosts, log, guards });
};
