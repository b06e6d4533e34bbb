import type { CommonConfig } from '../config.ts';
import type { Log } from '../log.ts';
import type { Handler } from './call.ts';
import { allowOrigins } from './cors.ts';
import { requireHost } from './hosts.ts';
import { answerProblems } from './problem-reply.ts';
import { createRouter } from './router.ts';
import type { Guards } from './router.ts';
import type { Route } from './route.ts';

/** What turns routes into an application. */
export interface ServiceAppNeeds {
  readonly config: Pick<CommonConfig, 'cors_origins'>;
  /** Host names that are served; null for every valid one. */
  readonly hosts: readonly string[] | null;
  readonly log: Log;
  readonly guards: Guards;
}

/** The way of a request, read from outside in: the host is checked, listed origins may read, problems are answered, the router finds its route. */
export const createServiceApp = (routes: readonly Route[], needs: ServiceAppNeeds): Handler =>
  requireHost(needs.hosts, allowOrigins(needs.config.cors_origins, answerProblems(needs.log, createRouter(routes, needs.guards))));
