import { Problem } from '../problem.ts';
import type { ProblemKind } from '../problem.ts';
import type { Log } from '../log.ts';
import type { Call, Handler, Reply } from './call.ts';

/** The one table from what went wrong to what HTTP calls it. */
const STATUS: Readonly<Record<ProblemKind, readonly [status: number, title: string]>> = {
  malformed: [400, 'Malformed request'],
  invalid: [400, 'Invalid input'],
  unauthenticated: [401, 'Authentication required'],
  forbidden: [403, 'Not allowed'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  too_slow: [408, 'Request took too long'],
  conflict: [409, 'Conflict'],
  stale: [412, 'Changed by somebody else'],
  too_large: [413, 'Too large'],
  unsupported_type: [415, 'Unsupported content type'],
  misdirected: [421, 'Misdirected request'],
  precondition_required: [428, 'Precondition required'],
  too_many: [429, 'Too many requests'],
  overloaded: [503, 'Overloaded'],
  disk_full: [507, 'Disk full'],
};

/** The status code of a Problem, for logs and pages. */
export const statusOf = (kind: ProblemKind): number => STATUS[kind][0];

/** A Problem's short name for a person, for pages. */
export const titleOf = (kind: ProblemKind): string => STATUS[kind][1];

/** The headers that belong to a Problem whatever its body looks like. */
export const problemHeaders = (problem: Problem): Record<string, string> => {
  const { retry_after_seconds, allow } = problem.extras;
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  if (retry_after_seconds !== undefined) headers['retry-after'] = String(retry_after_seconds);
  if (allow !== undefined) headers['allow'] = allow.join(', ');
  if (problem.kind === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  return headers;
};

/** Writes a Problem as RFC 9457 `application/problem+json`. */
export const problemReply = (problem: Problem): Reply => {
  const [status, title] = STATUS[problem.kind];
  const { faults } = problem.extras;
  const body = { type: 'about:blank', title, status, detail: problem.message, ...(faults === undefined ? {} : { errors: faults }) };
  return { status, type: 'application/problem+json', headers: problemHeaders(problem), body: JSON.stringify(body) };
};

const INTERNAL: Reply = {
  status: 500,
  type: 'application/problem+json',
  headers: { 'cache-control': 'no-store' },
  body: JSON.stringify({ type: 'about:blank', title: 'Internal error', status: 500, detail: 'Something went wrong on our side; the log says what.' }),
};

/** The outermost middleware: whatever is thrown becomes an answer; what is no Problem is a bug, logged with its stack and not leaked. */
export const answerProblems = (log: Log, app: Handler): Handler => {
  const answer = (error: unknown, call: Call): Reply => {
    if (error instanceof Problem) return problemReply(error);
    log.error('request failed', { request_id: call.id, method: call.method, path: call.path.slice(0, 200), stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return INTERNAL;
  };
  return (call) => {
    try {
      const reply = app(call);
      return reply instanceof Promise ? reply.catch((error: unknown) => answer(error, call)) : reply;
    } catch (error) {
      return answer(error, call);
    }
  };
};
