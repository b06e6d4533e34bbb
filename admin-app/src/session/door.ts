import type { Call, Reply } from '../../../shared/http/call.ts';
import { HTML_TYPE, seeOther } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { ParameterNames, Request, Route } from '../../../shared/http/route.ts';
import type { ObjectSchema } from '../../../shared/schema/composites.ts';
import type { Clock } from '../../../shared/clock.ts';
import { Problem } from '../../../shared/problem.ts';
import { mayAct } from '../account/account.ts';
import type { Role } from '../account/account.ts';
import { requireOwnOrigin, sessionToken } from './session-cookie.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

/** A route behind the door: who may pass, and what happens then. */
export interface DoorRoute<Names extends string, Query> {
  readonly summary: string;
  readonly role: Role;
  readonly query?: ObjectSchema<Query>;
  readonly handle: (request: Request<Names, Query, undefined>, session: Session) => Reply | Promise<Reply>;
}

/** What the door looks at. */
export interface DoorNeeds {
  readonly sessions: SessionStore;
  readonly admin_url: string;
  readonly clock: Clock;
}

/**
 * A link on another site leads here without the cookie, because that is `SameSite=Strict`; a reload comes from ourselves and
 * has it. So a browser that arrives from elsewhere is asked to reload before it is asked to sign in.
 */
const reload = (): Reply => ({ status: 200, type: HTML_TYPE, headers: { 'cache-control': 'no-store', refresh: '0' }, body: '<!doctype html><title>Fairsplit</title>' });

const isVisit = (call: Call): boolean => (call.method === 'GET' || call.method === 'HEAD') && (call.headers.accept?.includes('text/html') ?? false);

/** Guards everything that only somebody signed in may see or do. */
export class Door {
  private readonly needs: DoorNeeds;

  constructor(needs: DoorNeeds) {
    this.needs = needs;
  }

  /** Finds who calls; undefined when nobody is signed in. */
  find(call: Call): Session | undefined {
    const token = sessionToken(call, this.needs.admin_url);
    return token === undefined ? undefined : this.needs.sessions.find(token, this.needs.clock());
  }

  /** Answers whether the session that a call came with still lives, without counting that as use. */
  stillOpen(call: Call): boolean {
    const token = sessionToken(call, this.needs.admin_url);
    return token !== undefined && this.needs.sessions.find(token, this.needs.clock(), false) !== undefined;
  }

  /** Throws Problem `unauthenticated` or `forbidden` unless the caller is signed in with that role, and, to change something, comes from our own page. */
  require(call: Call, role: Role): Session {
    const session = this.find(call);
    if (session === undefined) throw new Problem('unauthenticated', 'Sign in first.');
    if (call.method !== 'GET' && call.method !== 'HEAD') requireOwnOrigin(call, this.needs.admin_url);
    if (!mayAct(session.role, role)) throw new Problem('forbidden', `This takes the role ${role}; yours is ${session.role}.`);
    return session;
  }

  /** Describes a route that only opens to a role; a browser that is not signed in is shown where to. */
  route<Path extends string, Query = Record<never, never>>(
    signature: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} ${Path}`,
    { summary, role, query, handle }: DoorRoute<ParameterNames<Path>, Query>,
  ): Route {
    return route<Path, Query>(signature, {
      summary,
      access: 'open',
      origin: 'any',
      ...(query === undefined ? {} : { query }),
      handle: (request) => {
        const { call } = request;
        if (isVisit(call) && this.find(call) === undefined) {
          if (call.headers['sec-fetch-site'] === 'cross-site') return reload();
          const search = call.query.size > 0 ? `?${call.query}` : '';
          const here = call.path + search;
          return seeOther(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`);
        }
        return handle(request, this.require(call, role));
      },
    });
  }
}
