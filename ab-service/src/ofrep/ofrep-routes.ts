import { hash } from 'node:crypto';
import { decodeUtf8, readBytes } from '../../../shared/http/body.ts';
import { emptyReply, JSON_TYPE } from '../../../shared/http/call.ts';
import type { Call, Reply } from '../../../shared/http/call.ts';
import { problemHeaders, statusOf } from '../../../shared/http/problem-reply.ts';
import { route } from '../../../shared/http/route.ts';
import type { Route } from '../../../shared/http/route.ts';
import { Problem } from '../../../shared/problem.ts';
import { parseJson } from '../../../shared/schema/json-limits.ts';
import { knowsTag } from '../entity-tag.ts';
import type { EvaluationContext, Evaluator } from './evaluator.ts';
import { failureText } from './flag.ts';
import type { ErrorCode } from './flag.ts';
import { bulkAnswer, EVALUATION_EXAMPLE, evaluationAnswer, FAILURE_EXAMPLE, failureAnswer } from './ofrep-answers.ts';
import { ofrepRequest } from './ofrep-body.ts';
import { STREAM_PATH } from './ofrep-stream.ts';
import type { OfrepStream } from './ofrep-stream.ts';

const CONTEXT_BYTES_MAX = 65_536;
const NOT_KEPT = { 'cache-control': 'no-store' } as const;
const STATUS: Readonly<Record<ErrorCode, number>> = { PARSE_ERROR: 400, TARGETING_KEY_MISSING: 400, INVALID_CONTEXT: 400, FLAG_NOT_FOUND: 404, GENERAL: 400 };

const reply = (status: number, body: string): Reply => ({ status, type: JSON_TYPE, headers: NOT_KEPT, body });

/** Refusals outside of an evaluation, with the members that OFREP knows. */
const refusal = (error: unknown): Reply => {
  if (!(error instanceof Problem)) throw error;
  return { status: statusOf(error.kind), type: JSON_TYPE, headers: problemHeaders(error), body: JSON.stringify({ errorDetails: error.message }) };
};

/** Reads the context of a request; what is wrong with it is answered for `key`, or for the whole request. */
const withContext = async (call: Call, evaluator: Evaluator, key: string | undefined, evaluate: (context: EvaluationContext) => Reply | Promise<Reply>): Promise<Reply> => {
  let body: unknown;
  try {
    body = parseJson(decodeUtf8(await readBytes(call, CONTEXT_BYTES_MAX)));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return reply(statusOf(error.kind), failureText(key, error.kind === 'malformed' ? 'PARSE_ERROR' : 'GENERAL', error.message));
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return reply(400, failureText(key, 'PARSE_ERROR', 'The body must be an object.'));
  const context = evaluator.contextOf((body as { readonly context?: unknown }).context);
  return 'fault' in context ? reply(400, failureText(key, 'INVALID_CONTEXT', context.fault)) : evaluate(context);
};

/** OpenFeature Remote Evaluation Protocol 0.3.0: single, bulk, and the stream that says when to ask again. */
export const ofrepRoutes = (evaluator: Evaluator, stream: OfrepStream, streams_are_open: boolean): readonly Route[] => {
  // EventSource of a browser sends no token: where one is needed, clients are not sent to the stream.
  const streams = streams_are_open ? `,"eventStreams":[{"type":"sse","endpoint":{"requestUri":"${STREAM_PATH}"}}]` : '';
  return [
    route('POST /ofrep/v1/evaluate/flags/{key}', {
      summary: 'Evaluates a toggle or experiment (OFREP)',
      description: 'An experiment assigns the visitor (`targetingKey`) as `GET /assign` does; its value is the configuration of the variant.',
      access: 'open',
      rate: 'assignments',
      reads: ofrepRequest,
      body_bytes_max: CONTEXT_BYTES_MAX,
      problems: refusal,
      problem_schema: failureAnswer,
      answers: {
        200: { description: 'The evaluation.', schema: evaluationAnswer, example: EVALUATION_EXAMPLE },
        400: { description: 'The body or the context is not acceptable, or `targetingKey` is missing where it is needed.', schema: failureAnswer, example: { key: 'homepage', errorCode: 'TARGETING_KEY_MISSING', errorDetails: 'targetingKey is needed.' } },
        404: { description: 'There is no such toggle or experiment.', schema: failureAnswer, example: FAILURE_EXAMPLE },
      },
      handle: ({ call, parameters: { key } }) =>
        withContext(call, evaluator, key, async (context) => {
          const { text, error } = await evaluator.evaluate(key, context);
          return reply(error === undefined ? 200 : STATUS[error], text);
        }),
    }),
    route('POST /ofrep/v1/evaluate/flags', {
      summary: 'Evaluates all toggles and experiments (OFREP)',
      description: 'Assigns nobody. The ETag covers the context: the same request gets 304 until an evaluation changes.',
      access: 'open',
      rate: 'assignments',
      headers: { 'If-None-Match': { description: 'The `ETag` of an answer before to the same context.' } },
      reads: ofrepRequest,
      body_bytes_max: CONTEXT_BYTES_MAX,
      problems: refusal,
      problem_schema: failureAnswer,
      answers: {
        200: { description: 'All evaluations; one that failed is in the list with its error.', schema: bulkAnswer, example: { flags: [EVALUATION_EXAMPLE] }, headers: { ETag: 'Changes with an evaluation.' } },
        304: { description: 'They are as `If-None-Match` says.' },
      },
      handle: ({ call }) =>
        withContext(call, evaluator, undefined, (context) => {
          const flags = evaluator.evaluateAll(context).map(({ text }) => text).join(',');
          const etag = `"${hash('sha256', `${context.targeting_key ?? ''}\n${flags}`, 'base64url').slice(0, 27)}"`;
          const headers = { etag, 'cache-control': 'no-cache' };
          if (knowsTag(call.headers['if-none-match'], etag)) return emptyReply(304, headers);
          return { status: 200, type: JSON_TYPE, headers, body: `{"flags":[${flags}]${streams}}` };
        }),
    }),
    route(`GET ${STREAM_PATH}`, {
      summary: 'Says by server-sent events when flags are to be evaluated again (OFREP)',
      description: 'A message comes when the configuration has changed; a client then asks for all evaluations again.',
      access: 'open',
      headers: { 'Last-Event-ID': { description: 'The id of the last message that was seen.' } },
      problems: refusal,
      problem_schema: failureAnswer,
      answers: { 200: { description: 'A stream that goes on until somebody closes it.', type: 'text/event-stream' } },
      handle: ({ call }) => stream.follow(call.headers['last-event-id']),
    }),
  ];
};
