import type { Route } from '../../shared/http/route.ts';
import type { Database } from '../../shared/sqlite/database.ts';

/** Makes each GET read the database as it is at one moment, up to where its handler first awaits: the figures of an answer belong together while events go on coming in. */
export const consistentReads = (routes: readonly Route[], database: Database): readonly Route[] =>
  routes.map((route) => (route.method === 'GET' ? { ...route, handle: (request) => database.snapshot(() => route.handle(request)) } : route));
