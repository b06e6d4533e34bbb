import { createHash, timingSafeEqual } from 'node:crypto';
import { Problem } from '../problem.ts';
import type { Call, Caller } from './call.ts';
import type { RateLimit } from './rate-limit.ts';
import type { Access } from './route.ts';
import type { Guards } from './router.ts';

/** What guards need: digests, so that a service which only checks a token need not know it. */
export interface GuardOptions {
  /** SHA-256 of `API_TOKEN`, hex. */
  readonly api_token_sha256: string;
  /** SHA-256 of `INGEST_TOKEN`, hex; absent where no route takes it. */
  readonly ingest_token_sha256?: string;
  readonly cors_origins: readonly string[];
  /** True if open routes want a token too, `/health` aside. */
  readonly require_token: boolean;
  readonly rate_limit: RateLimit;
  /** True if a page of the host that was asked counts as listed: the landing page is reached by names we do not know. */
  readonly own_host_is_listed?: boolean;
}

const RANK: Readonly<Record<Caller, number>> = { anyone: 0, ingest: 1, api: 2 };
const NEEDED: Readonly<Record<Access, number>> = { open: 0, ingest: 1, api: 2 };
const ALWAYS_OPEN = new Set(['/health', '/api/health', '/docs']);
/** The files of the shell of `/docs`. */
const ASSETS = '/assets/';

/** Answers whether a path stays open where every request needs a token (`REQUIRE_TOKEN`). */
export const isAlwaysOpen = (path: string): boolean => ALWAYS_OPEN.has(path) || path.startsWith(ASSETS);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Answers whether a page may call: its origin is listed, or the browser says that it is no other site's. */
export const originAllowed = (call: Call, origins: readonly string[], own_host_is_listed: boolean): boolean => {
  const { origin } = call.headers;
  if (origin !== undefined) return origins.includes(origin) || (own_host_is_listed && origin.slice(origin.indexOf('//') + 2) === call.host && call.host !== '');
  return call.headers['sec-fetch-site'] !== 'cross-site';
};

/** Creates the guards of a service: tokens in constant time, origins by allow-list, allowances per address. */
export const createGuards = (options: GuardOptions): Guards => {
  const api = Buffer.from(options.api_token_sha256, 'hex');
  const ingest = options.ingest_token_sha256 === undefined ? undefined : Buffer.from(options.ingest_token_sha256, 'hex');

  const identify = (call: Call): Caller => {
    const { authorization } = call.headers;
    const key = call.headers['x-api-key'];
    if (authorization === undefined && key === undefined) return 'anyone';
    const token = authorization === undefined ? String(key) : /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token !== undefined) {
      const given = digest(token);
      const isApi = timingSafeEqual(given, api);
      const isIngest = ingest !== undefined && timingSafeEqual(given, ingest);
      if (isApi) return 'api';
      if (isIngest) return 'ingest';
    }
    throw new Problem('unauthenticated', 'The token is not valid.');
  };

  const authorize = (caller: Caller, access: Access): void => {
    if (RANK[caller] >= NEEDED[access]) return;
    if (caller === 'anyone') throw new Problem('unauthenticated', 'This needs a token: Authorization: Bearer <token>.');
    throw new Problem('forbidden', 'This token does not allow that.');
  };

  return {
    identify: (call) => {
      const caller = identify(call);
      if (options.require_token && caller === 'anyone' && !isAlwaysOpen(call.path)) throw new Problem('unauthenticated', 'This installation wants a token on every request.');
      return caller;
    },
    authorize,
    checkOrigin: (call, route) => {
      if (route.origin === 'any' || originAllowed(call, options.cors_origins, options.own_host_is_listed ?? false)) return;
      throw new Problem('forbidden', 'Pages of this origin may not call here (CORS_ORIGINS lists those that may).');
    },
    spend: (call, caller, rate, units) => {
      if (caller === 'anyone') options.rate_limit.spend(call.address, rate, units);
    },
  };
};
