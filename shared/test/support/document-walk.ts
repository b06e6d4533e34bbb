import { globSync, readFileSync } from 'node:fs';
import { schemaFaults } from './schema-faults.ts';
import type { TestAnswer, TestCall } from './call-of.ts';

type Json = any;

/** One operation of a document under test. */
export interface WalkedOperation {
  readonly method: string;
  readonly path: string;
  /** `GET /experiments/{id}` */
  readonly signature: string;
  readonly operation: Json;
}

/** All operations of a document. */
export const walk = (document: Json): readonly WalkedOperation[] =>
  Object.entries<Json>(document.paths).flatMap(([path, methods]) => Object.entries<Json>(methods).map(([name, operation]) => ({ method: name.toUpperCase(), path, signature: `${name.toUpperCase()} ${path}`, operation })));

const ROUTE = /\broute\(\s*['`]((?:GET|POST|PUT|PATCH|DELETE) [/$][^'`]*)['`]/g;
const BY_ALL = ['GET /health', 'GET /api/health', 'GET /metrics', 'POST /backup', 'GET /openapi.json', 'GET /docs'];

/** A signature as the source has it, as a pattern: what a template fills in may be any word, or stands in `names`. */
const patternOf = (signature: string, names: Readonly<Record<string, string>>): RegExp =>
  new RegExp(`^${signature.split(/(\$\{\w+\})/).map((part) => (part.startsWith('${') ? (names[part.slice(2, -1)] ?? '[\\w-]+') : RegExp.escape(part))).join('')}$`);

/** Says which routes that the sources of a service write down (and those that both services have) are not in its document, and which are there that nobody wrote. */
export const routeFaults = (document: Json, source: URL, names: Readonly<Record<string, string>> = {}): readonly string[] => {
  const written = [...globSync('**/*-routes.ts', { cwd: source }).flatMap((path) => [...readFileSync(new URL(path, source), 'utf8').matchAll(ROUTE)].map(([, signature = '']) => signature)), ...BY_ALL];
  const patterns = written.map((signature) => patternOf(signature, names));
  const described = walk(document).map(({ signature }) => signature);
  return [
    ...written.filter((_, index) => !described.some((signature) => patterns[index]?.test(signature))).map((signature) => `${signature} is not described`),
    ...described.filter((signature) => !patterns.some((pattern) => pattern.test(signature))).map((signature) => `${signature} is described, but nobody wrote it`),
  ];
};

const referencesIn = (value: Json): readonly string[] =>
  typeof value !== 'object' || value === null ? [] : Object.entries<Json>(value).flatMap(([name, member]) => (name === '$ref' && typeof member === 'string' ? [member] : referencesIn(member)));

const resolve = (document: Json, reference: string): unknown => reference.split('/').slice(1).reduce((at, step) => at?.[step], document);

/** Says what is wrong with a document by itself: references that lead nowhere, ids used twice, words that are missing, examples that do not fit. */
export const documentFaults = (document: Json): readonly string[] => {
  const faults = referencesIn(document).filter((reference) => resolve(document, reference) === undefined).map((reference) => `${reference} leads nowhere`);
  const ids = walk(document).map(({ operation }) => operation.operationId);
  faults.push(...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} is there twice`));
  for (const { signature, operation } of walk(document)) {
    const add = (words: string): void => void faults.push(`${signature}: ${words}`);
    if (!document.tags.some(({ name, description }: Json) => name === operation.tags[0] && description?.length > 0)) add(`nothing is said of the group ${operation.tags[0]}`);
    if (!/^[A-Z].{5,}[^.]$/.test(operation.summary)) add('the summary is no phrase');
    for (const { name, description } of operation.parameters ?? []) if (!(description?.length > 0)) add(`nothing is said of ${name}`);
    const statuses = Object.keys(operation.responses);
    if (!statuses.some((status) => status < '300')) add('no answer is good');
    for (const status of ['401', '405', '421']) if (!statuses.includes(status)) add(`${status} is missing`);
    for (const [status, response] of Object.entries<Json>(operation.responses)) {
      if (status < '300' && status !== '204' && response.content === undefined) add(`${status} has no body`);
      for (const [type, { schema, example }] of Object.entries<Json>(response.content ?? {})) {
        if (status < '300' && type === 'application/json' && (schema === undefined || example === undefined) && operation.operationId !== 'get-openapi-json') add(`${status} has no schema or no example`);
        if (schema !== undefined && example !== undefined) faults.push(...schemaFaults(document, schema, example).map((words) => `${signature}: example of ${status}: ${words}`));
      }
    }
  }
  return faults;
};

/** One request that the document shows, and what became of it. */
export interface Tried {
  readonly signature: string;
  readonly request: string;
  readonly operation: Json;
  readonly answer: TestAnswer;
}

/** How examples are tried: what stands for the names in braces, by signature or by name, where the document's own examples do not do. */
export interface TryOptions {
  readonly ask: (signature: string, options?: TestCall) => Promise<TestAnswer>;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Signatures that go on for ever or are tried elsewhere. */
  readonly not?: readonly string[];
}

/** Sends every example of every body, each with the parameters as their examples have them; what deletes comes last. */
export const tryExamples = async (document: Json, { ask, parameters = {}, not = [] }: TryOptions): Promise<readonly Tried[]> => {
  const tried: Tried[] = [];
  const ordered = ['GET', 'POST', 'PUT', 'PATCH', 'GET', 'DELETE'].flatMap((wanted) => walk(document).filter(({ method }) => method === wanted));
  for (const { method, path, signature, operation } of ordered.filter((each) => !not.includes(each.signature))) {
    const all: Json[] = operation.parameters ?? [];
    const valueOf = ({ name, example }: Json): string => encodeURIComponent(parameters[`${signature} ${name}`] ?? parameters[name] ?? String(example ?? ''));
    const filled = all.filter((each) => each.in === 'path').reduce((at: string, each) => at.replace(`{${each.name}}`, valueOf(each)), path);
    const query = all.filter((each) => each.in === 'query' && each.example !== undefined).map((each) => `${each.name}=${valueOf(each)}`).join('&');
    const request = `${method} ${filled}${query === '' ? '' : `?${query}`}`;
    const [type, content] = Object.entries<Json>(operation.requestBody?.content ?? {})[0] ?? [];
    const bodies: unknown[] = content === undefined ? [undefined] : Object.values<Json>(content.examples).map(({ value }) => value);
    for (const body of bodies) {
      const options: TestCall = body === undefined ? {} : typeof body === 'string' ? { text: body, headers: { 'content-type': String(type) } } : { json: body };
      tried.push({ signature, request: body === undefined ? request : `${request} ${JSON.stringify(body).slice(0, 200)}`, operation, answer: await ask(request, options) });
    }
  }
  return tried;
};

/** Says where an answer is not as the document describes it: a status that it does not have, a body that does not fit. */
export const answerFaults = (document: Json, { request, operation, answer }: Tried): readonly string[] => {
  const given = operation.responses[String(answer.status)];
  if (given === undefined) return [`${request} answered ${answer.status}, which is not described: ${answer.text.slice(0, 300)}`];
  const response = given.$ref === undefined ? given : resolve(document, given.$ref);
  const type = String(answer.reply.type ?? 'application/json').split(';')[0] ?? '';
  if (typeof answer.reply.body === 'function') return response.content?.[type] === undefined ? [`${request} answered a stream, which is not described`] : [];
  if (answer.text === '') return response.content === undefined ? [] : [`${request} answered ${answer.status} without a body`];
  const content = response.content?.[type];
  if (content === undefined) return [`${request} answered ${answer.status} as ${type}, which is not described`];
  if (content.schema === undefined || !/json$/.test(type)) return [];
  return schemaFaults(document, content.schema, answer.json()).map((words) => `${request} answered ${answer.status}: ${words}`);
};
