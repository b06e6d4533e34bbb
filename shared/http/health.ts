import { JSON_TYPE, TEXT_TYPE } from './call.ts';
import type { Reply } from './call.ts';
import type { Meter } from './meter.ts';
import { object } from '../schema/composites.ts';
import { integer, oneOf, string } from '../schema/scalars.ts';
import { route } from './route.ts';
import type { Route } from './route.ts';

/** What health reports on. */
export interface HealthNeeds {
  readonly service: string;
  readonly version: string;
  readonly meter: Meter;
  /** Answers whether a write would succeed. */
  readonly writable: () => boolean | Promise<boolean>;
}

interface Health {
  readonly status: 'ok' | 'unavailable';
  readonly service: string;
  readonly version: string;
  readonly uptime_seconds: number;
  readonly database: string;
}

const HEALTH = object<Health>(
  {
    status: oneOf(['ok', 'unavailable']),
    service: string({ max: 64 }),
    version: string({ max: 64 }),
    uptime_seconds: integer({ min: 0 }),
    database: string({ max: 64, description: '`ok`, or what is the matter with it.' }),
  },
  { title: 'Health' },
);

/** `GET /health` and `/api/health` (open), and `GET /metrics` for Prometheus (with the API token). */
export const healthRoutes = (needs: HealthNeeds): readonly Route[] => {
  const { service, version } = needs;
  const handle = async (): Promise<Reply> => {
    const ok = await needs.writable();
    const body = { status: ok ? 'ok' : 'unavailable', service, version, uptime_seconds: Math.floor(process.uptime()), database: ok ? 'ok' : 'not writable' };
    return { status: ok ? 200 : 503, type: JSON_TYPE, headers: { 'cache-control': 'no-store', ...(ok ? {} : { 'retry-after': '5' }) }, body: JSON.stringify(body) };
  };
  const example = { status: 'ok', service, version, uptime_seconds: 3600, database: 'ok' };
  const words = {
    summary: 'Says whether the service can work',
    description: 'Needs no token, whatever the installation asks for elsewhere.',
    access: 'open',
    origin: 'any',
    answers: {
      200: { description: 'It can.', schema: HEALTH, example },
      503: { description: 'It cannot write.', schema: HEALTH, example: { ...example, status: 'unavailable', database: 'not writable' }, headers: { 'Retry-After': 'Seconds until it is worth asking again.' } },
    },
    handle,
  } as const;
  return [
    route('GET /health', words),
    route('GET /api/health', words),
    route('GET /metrics', {
      summary: 'Shows the counters in Prometheus text format',
      access: 'api',
      answers: { 200: { description: 'One line for each counter, with its help and type.', type: 'text/plain', example: '# TYPE process_uptime_seconds gauge\nprocess_uptime_seconds 3600\n' } },
      handle: () => ({ status: 200, type: `${TEXT_TYPE.replace('; charset', '; version=0.0.4; charset')}`, headers: { 'cache-control': 'no-store' }, body: needs.meter.text() }),
    }),
  ];
};
