import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 40;
const ANSWER_MS = 1_000;
const ANSWER_LENGTH_MAX = 10_000;
const ROUNDING_MS = 1_000;

/** Which service is waited for, where it answers, and since when it has been running (on `performance.now()`'s clock). */
export interface HealthTarget {
  readonly name: string;
  readonly health_url: string;
  readonly started_at: number;
}

/**
 * Waits until `/health` answers 200 for this very start of the service: an older process that holds the port (a second
 * `npm start`) gives itself away by its `uptime_seconds`. Rejects only when `signal` says to give up.
 */
export const untilHealthy = async (target: HealthTarget, signal: AbortSignal): Promise<void> => {
  while (!(await isHealthy(target, signal))) {
    await pause(POLL_MS, undefined, { signal });
  }
};

const isHealthy = (target: HealthTarget, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const request = get(target.health_url, { agent: false, signal, timeout: ANSWER_MS }, (reply) => {
      let body = '';
      reply.setEncoding('utf8');
      reply.on('data', (text: string) => {
        if (body.length < ANSWER_LENGTH_MAX) body += text;
      });
      reply.on('error', () => resolve(false));
      reply.on('end', () => resolve(reply.statusCode === 200 && isOurs(body, target)));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.on('close', () => resolve(false));
  });

const isOurs = (body: string, target: HealthTarget): boolean => {
  try {
    const { service, uptime_seconds } = JSON.parse(body) as { service?: unknown; uptime_seconds?: unknown };
    const age_ms = performance.now() - target.started_at;
    return service === target.name && Number(uptime_seconds) * 1_000 <= age_ms + ROUNDING_MS;
  } catch {
    return false;
  }
};
