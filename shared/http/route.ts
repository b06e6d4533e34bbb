import type { ObjectSchema } from '../schema/composites.ts';
import type { Schema } from '../schema/schema.ts';
import type { Call, Caller, Reply } from './call.ts';

/** Who may call: anybody, holders of `INGEST_TOKEN` (or more), holders of `API_TOKEN`. */
export type Access = 'open' | 'ingest' | 'api';

/** What is counted against a client address's allowance per minute. */
export type RateClass = 'events' | 'assignments' | 'stats' | 'sign_ins';

/** Which pages may use an open route: those of `CORS_ORIGINS`, or any (pages, scripts, pixels that a browser loads by itself). */
export type OriginRule = 'listed' | 'any';

/** The names in braces of a path: `/experiments/{id}` has `id`. */
export type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | ParameterNames<Rest> : never;

/** What a handler is given: the call, and what was read and validated of it. */
export interface Request<Names extends string, Query, Body> {
  readonly call: Call;
  readonly caller: Caller;
  readonly parameters: Readonly<Record<Names, string>>;
  readonly query: Query;
  readonly body: Body;
}

/** One answer in the documentation. */
export interface AnswerWords {
  readonly description: string;
  readonly schema?: Schema<unknown>;
  readonly example?: unknown;
  /** The content type; JSON where absent. Without schema, example and type the answer has no body, a refusal (400 and above) aside. */
  readonly type?: string;
  /** What its headers say, by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Words for what a request carries besides query and body: a part of the path, a header. */
export interface ParameterWords {
  readonly description: string;
  readonly example?: string;
}

/** A body that works, for a reader to begin with. */
export interface BodyExample {
  readonly summary: string;
  /** JSON; text where the body is none. */
  readonly value: unknown;
}

/** How a route is described to router, guards and documentation alike. */
export interface RouteDescription<Names extends string, Query, Body> {
  readonly summary: string;
  readonly description?: string;
  /** Request headers that change the answer, by name. */
  readonly headers?: Readonly<Record<string, ParameterWords>>;
  /** Says what query parameters of other names are taken for, where they are. */
  readonly further_query?: ParameterWords;
  readonly access: Access;
  readonly origin?: OriginRule;
  readonly rate?: RateClass;
  /** How many units of the allowance a call uses; one where absent. */
  readonly cost?: (body: Body) => number;
  readonly query?: ObjectSchema<Query>;
  readonly body?: Schema<Body>;
  /** Takes a request without a body for one with an empty object. */
  readonly body_optional?: boolean;
  /** Describes a body that the handler reads by itself, for the documentation alone. */
  readonly reads?: Schema<unknown>;
  readonly body_bytes_max?: number;
  readonly body_types?: readonly string[];
  /** Bodies that work, by name; made of the schema's own examples where absent. */
  readonly examples?: Readonly<Record<string, BodyExample>>;
  readonly answers?: Readonly<Record<number, AnswerWords>>;
  /** Where `Problem`s of this route must look otherwise than problem+json. */
  readonly problems?: (error: unknown) => Reply;
  /** Describes what `problems` answers, for the documentation. */
  readonly problem_schema?: Schema<unknown>;
  readonly handle: (request: Request<Names, Query, Body>) => Reply | Promise<Reply>;
}

/** A route as the router keeps it, its types forgotten. */
export interface Route extends RouteDescription<string, unknown, unknown> {
  readonly method: string;
  readonly path: string;
}

/**
 * Describes one route: `route('GET /experiments/{id}', { summary, access, handle })`.
 * Query and body are validated by their descriptions before `handle` runs; a route without `body` may read `call.input` itself.
 */
export const route = <Path extends string, Query = Record<never, never>, Body = undefined>(
  signature: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} ${Path}`,
  description: RouteDescription<ParameterNames<Path>, Query, Body>,
): Route => {
  const [method = '', path = ''] = signature.split(' ');
  return { ...(description as unknown as RouteDescription<string, unknown, unknown>), method, path };
};
