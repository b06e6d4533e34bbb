import { NamedSchemas } from '../schema/named-schemas.ts';
import type { JsonSchema } from '../schema/schema.ts';
import { exampleOf } from './example-of.ts';
import { isAlwaysOpen } from './guards.ts';
import { PROBLEM_JSON, REFUSALS_EVERYWHERE, refusalsOf } from './openapi-refusals.ts';
import { RATE_LIMITS } from './rate-limit.ts';
import type { Access, AnswerWords, BodyExample, ParameterWords, Route } from './route.ts';

/** What is said of a service besides its routes. */
export interface OpenApiWords {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** What the names in braces of the paths stand for. */
  readonly parameters: Readonly<Record<string, ParameterWords>>;
  /** The group of the routes whose path begins with a word: `{ assign: 'assignment' }`; that word itself where absent. */
  readonly groups?: Readonly<Record<string, string>>;
  /** What the groups are about, in the order in which they are shown; groups that are not here follow. */
  readonly group_words?: Readonly<Record<string, string>>;
  /** True where open routes want a token too. */
  readonly require_token?: boolean;
}

const JSON_MEDIA = 'application/json';
const PROBLEM_MEDIA = 'application/problem+json';
const NOBODY = {};
const SECURITY: Readonly<Record<Access, readonly object[]>> = {
  open: [NOBODY, { ingest_token: [] }, { api_token: [] }],
  ingest: [{ ingest_token: [] }, { api_token: [] }],
  api: [{ api_token: [] }],
};
const SECURITY_SCHEMES = {
  api_token: { type: 'http', scheme: 'bearer', description: '`API_TOKEN`: everything. `X-API-Key: <token>` is read too; `Fairsplit-Actor: <name>` beside it says on whose behalf.' },
  ingest_token: { type: 'http', scheme: 'bearer', description: '`INGEST_TOKEN`: assigning, delivering, ingesting, reading the configuration; nothing else.' },
};

/** The name of a route in the document and in links to it: `get-experiments-id-results`. */
export const operationIdOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string =>
  [method.toLowerCase(), ...path.split(/[^\w]+/).filter((word) => word !== '')].join('-').replaceAll('_', '-');

const groupOf = ({ path }: Route, { groups = {} }: OpenApiWords): string => {
  const [first = '', second = ''] = path.split('/').slice(1);
  const word = first === 'api' ? second : first;
  return groups[word] ?? word;
};

const parametersOf = (route: Route, { parameters }: OpenApiWords, schemas: NamedSchemas): readonly object[] => {
  const { path, query, headers = {}, further_query } = route;
  const exampled = (example: unknown): object => (example === undefined ? {} : { example });
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const { description, example } = parameters[name] ?? {};
    return { name, in: 'path', required: true, ...(description === undefined ? {} : { description }), schema: { type: 'string' }, ...exampled(example) };
  });
  const inQuery = [...(query?.members ?? [])].map(([name, { json, optional }]) => {
    const { description, examples, ...schema } = json as JsonSchema & { readonly examples?: readonly unknown[] };
    return { name, in: 'query', required: optional !== true, ...(description === undefined ? {} : { description }), schema: schemas.refer(schema), ...exampled(examples?.[0]) };
  });
  const others = further_query === undefined ? [] : [{ name: 'further', in: 'query', required: false, description: further_query.description, style: 'form', explode: true, schema: { type: 'object', additionalProperties: { type: 'string' } } }];
  const inHeader = Object.entries(headers).map(([name, { description, example }]) => ({ name, in: 'header', required: false, description, schema: { type: 'string' }, ...exampled(example) }));
  return [...inPath, ...inQuery, ...others, ...inHeader];
};

/** The bodies that the document offers for a route: its own, else one made of the schema. */
export const bodyExamplesOf = ({ body, reads, examples }: Route): Readonly<Record<string, BodyExample>> => {
  const schema = body ?? reads;
  if (schema === undefined) return {};
  return examples ?? { example: { summary: 'Example', value: exampleOf(schema.json) } };
};

const requestBodyOf = (route: Route, schemas: NamedSchemas): object | undefined => {
  const schema = route.body ?? route.reads;
  if (schema === undefined) return undefined;
  const content = { schema: schemas.refer(schema.json), examples: bodyExamplesOf(route) };
  return { required: route.body_optional !== true, content: Object.fromEntries((route.body_types ?? [JSON_MEDIA]).map((type) => [type, content])) };
};

const headersOf = (headers: AnswerWords['headers']): object =>
  headers === undefined ? {} : { headers: Object.fromEntries(Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }])) };

const answerOf = ({ description, schema, example, type, headers }: AnswerWords, schemas: NamedSchemas): object => {
  const content = { ...(schema === undefined ? {} : { schema: schemas.refer(schema.json) }), ...(example === undefined ? {} : { example }) };
  const bodied = schema !== undefined || example !== undefined || type !== undefined;
  return { description, ...headersOf(headers), ...(bodied ? { content: { [type ?? JSON_MEDIA]: content } } : {}) };
};

const responsesOf = (route: Route, schemas: NamedSchemas): object => {
  const problem = route.problem_schema === undefined ? { [PROBLEM_MEDIA]: { schema: schemas.refer(PROBLEM_JSON) } } : { [JSON_MEDIA]: { schema: schemas.refer(route.problem_schema.json) } };
  const found = new Map<number, object>();
  const own = Object.entries(route.answers ?? { 200: { description: 'The answer.' } });
  for (const [status, { description, headers }] of refusalsOf(route)) found.set(status, { description, ...headersOf(headers), content: problem });
  for (const [status, words] of own) {
    const bare = words.schema === undefined && words.example === undefined && words.type === undefined;
    const refusal = Number(status) >= 400 && bare ? { content: problem } : {};
    found.set(Number(status), { ...answerOf({ ...words, headers: { ...(refusalsOf(route).get(Number(status))?.headers ?? {}), ...words.headers } }, schemas), ...refusal });
  }
  for (const [status, { name }] of Object.entries(REFUSALS_EVERYWHERE)) found.set(Number(status), { $ref: `#/components/responses/${name}` });
  return Object.fromEntries([...found].sort(([a], [b]) => a - b));
};

const operationOf = (route: Route, words: OpenApiWords, schemas: NamedSchemas): object => {
  const { summary, description, rate, cost } = route;
  const parameters = parametersOf(route, words, schemas);
  const requestBody = requestBodyOf(route, schemas);
  const access = route.access === 'open' && words.require_token === true && !isAlwaysOpen(route.path) ? 'ingest' : route.access;
  return {
    operationId: operationIdOf(route),
    tags: [groupOf(route, words)],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: responsesOf(route, schemas),
    security: SECURITY[access],
    'x-access': access,
    ...(rate === undefined ? {} : { 'x-rate-limit': { class: rate, per_minute: RATE_LIMITS[rate], counts: cost === undefined ? 'requests' : 'items' } }),
  };
};

/**
 * Describes a service as OpenAPI 3.1, made of its routes alone: the very descriptions that guard, validate and route. Refusals follow from what a
 * route asks; schemas with a title stand once under `components`. Throws when two different schemas share a title.
 */
export const openApiOf = (routes: readonly Route[], words: OpenApiWords): object => {
  const { title, version, description, group_words = {} } = words;
  const schemas = new NamedSchemas();
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route, words, schemas);
  const used = new Set(routes.map((route) => groupOf(route, words)));
  const ordered = [...Object.keys(group_words).filter((group) => used.has(group)), ...[...used].filter((group) => !Object.hasOwn(group_words, group))];
  const problem = { [PROBLEM_MEDIA]: { schema: schemas.refer(PROBLEM_JSON) } };
  return {
    openapi: '3.1.0',
    info: { title, version, description },
    servers: [{ url: '/', description: 'The service that answered this document.' }],
    tags: ordered.map((name) => ({ name, ...(group_words[name] === undefined ? {} : { description: group_words[name] }) })),
    paths,
    components: {
      schemas: schemas.all(),
      responses: Object.fromEntries(Object.values(REFUSALS_EVERYWHERE).map(({ name, description: said, headers }) => [name, { description: said, ...headersOf(headers), content: problem }])),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
};
