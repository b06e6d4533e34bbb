import { JSON_TYPE } from '../../../shared/http/call.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { object } from '../../../shared/schema/composites.ts';
import { integer, number } from '../../../shared/schema/scalars.ts';
import { optional } from '../../../shared/schema/schema.ts';
import { LOG_EXAMPLE, logAnswer } from './assignment-answers.ts';
import type { AssignmentLogReader } from './assignment-log.ts';

/** How many entries one answer has at most. */
export const LOG_PAGE_MAX = 10_000;
/** How long a follower may wait, in seconds. */
export const WAIT_SECONDS_MAX = 25;

/** `GET /assignments`. */
export const logRoutes = (log: AssignmentLogReader): readonly Route[] => [
  route('GET /assignments', {
    summary: 'Reads the assignment log, for followers',
    description: 'Oldest first, after `after`. With `wait`, answers when there is something, or empty after so many seconds. Another `log` means: drop what came from the old one and read again from 0.',
    access: 'api',
    query: object<{ after?: number; limit?: number; wait?: number }>({
      after: optional(integer({ min: 0, description: 'The `last_seq` of the answer before.', example: 0 })),
      limit: optional(integer({ min: 1, max: LOG_PAGE_MAX, description: '1,000 unless said.', example: 100 })),
      wait: optional(number({ min: 0, max: 3_600, description: `Seconds; at most ${WAIT_SECONDS_MAX} count.` })),
    }),
    answers: { 200: { description: 'The entries that follow.', schema: logAnswer, example: LOG_EXAMPLE } },
    handle: async ({ query: { after = 0, limit = 1_000, wait = 0 } }) => ({
      status: 200,
      type: JSON_TYPE,
      headers: { 'cache-control': 'no-store' },
      body: await log.read(after, limit, Math.min(wait, WAIT_SECONDS_MAX) * 1_000),
      held: wait > 0,
    }),
  }),
];
