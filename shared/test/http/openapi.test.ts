import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyReply, jsonReply } from '../../http/call.ts';
import { openApiOf } from '../../http/openapi.ts';
import type { OpenApiWords } from '../../http/openapi.ts';
import { route } from '../../http/route.ts';
import { list, text, time } from '../../schema/answers.ts';
import { array, nullable, object } from '../../schema/composites.ts';
import { integer, string } from '../../schema/scalars.ts';
import { optional, parse } from '../../schema/schema.ts';
import { documentFaults } from '../support/document-walk.ts';
import { schemaFaults } from '../support/schema-faults.ts';

const WORDS: OpenApiWords = {
  title: 'Things',
  version: '1.2.3',
  description: 'About things.',
  parameters: { id: { description: 'Which thing.', example: 'one' } },
  groups: { 'old-things': 'things' },
  group_words: { things: 'What there is.', other: 'The rest.' },
};

const part = object<{ readonly size: number }>({ size: integer({ min: 1, max: 9, description: 'How large.' }) }, { title: 'Part' });
const thing = object<{ readonly title: string; readonly made_at: string; readonly parts: readonly { readonly size: number }[]; readonly main: { readonly size: number } | null }>(
  { title: text(), made_at: time(), parts: list(part), main: nullable(part) },
  { title: 'Thing' },
);
const body = object<{ name: string; sizes?: readonly number[] }>({ name: string({ min: 1, max: 20, example: 'spoon' }), sizes: optional(array(integer({ min: 2, max: 9 }), { min: 1, max: 3, description: 'In steps.' })) });
const EXAMPLE = { title: 'spoon', made_at: '2026-01-05T12:00:00.000Z', parts: [{ size: 2 }], main: null };

const ROUTES = [
  route('GET /things/{id}', { summary: 'Reads a thing', access: 'open', rate: 'stats', query: object<{ since?: number }>({ since: optional(integer({ min: 0, description: 'From here.', example: 3 })) }), answers: { 200: { description: 'It.', schema: thing, example: EXAMPLE } }, handle: () => jsonReply(200, EXAMPLE) }),
  route('PUT /things/{id}', { summary: 'Keeps a thing', access: 'api', body, body_bytes_max: 2_000, headers: { 'If-Match': { description: 'Its version.' } }, answers: { 201: { description: 'Kept.', schema: thing, example: EXAMPLE }, 412: { description: 'Changed meanwhile.' } }, handle: () => jsonReply(201, EXAMPLE) }),
  route('DELETE /old-things/{id}', { summary: 'Forgets a thing', access: 'ingest', answers: { 204: { description: 'Forgotten.' } }, handle: () => emptyReply() }),
  route('GET /feed', { summary: 'Follows the things', access: 'open', origin: 'any', answers: { 200: { description: 'A stream.', type: 'text/event-stream' } }, handle: () => emptyReply() }),
];

const documentOf = (words: OpenApiWords = WORDS): any => JSON.parse(JSON.stringify(openApiOf(ROUTES, words)));

test('openApiOf() describes every route by method and path, in its group', () => {
  const { openapi, info, paths, tags } = documentOf({ ...WORDS, groups: { 'old-things': 'things', feed: 'other' } });
  assert.deepEqual([openapi, info.title, info.version], ['3.1.0', 'Things', '1.2.3']);
  assert.deepEqual(Object.entries<object>(paths).map(([path, methods]) => [path, Object.keys(methods)]), [['/things/{id}', ['get', 'put']], ['/old-things/{id}', ['delete']], ['/feed', ['get']]]);
  assert.deepEqual(tags.map(({ name }: { name: string }) => name), ['things', 'other']);
  assert.equal(paths['/old-things/{id}'].delete.operationId, 'delete-old-things-id');
});

test('openApiOf() names schemas once and refers to them, inside other schemas too, and takes a member called title for data', () => {
  const { components, paths } = documentOf();
  assert.deepEqual(Object.keys(components.schemas).sort(), ['Fault', 'Part', 'Problem', 'Thing']);
  assert.deepEqual(components.schemas.Thing.properties.parts.items, { $ref: '#/components/schemas/Part' });
  assert.deepEqual(components.schemas.Thing.properties.main.anyOf[0], { $ref: '#/components/schemas/Part' });
  assert.deepEqual(components.schemas.Thing.properties.title, { type: 'string' });
  assert.deepEqual(paths['/things/{id}'].get.responses['200'].content['application/json'].schema, { $ref: '#/components/schemas/Thing' });
});

test('openApiOf() refuses two different schemas of one name', () => {
  const other = route('GET /other', { summary: 'Reads another', access: 'open', answers: { 200: { description: 'It.', schema: object<{ a: string }>({ a: text() }, { title: 'Part' }) } }, handle: () => emptyReply() });
  assert.throws(() => openApiOf([...ROUTES, other], WORDS), /two different schemas are named Part/);
});

test('openApiOf() says what is refused from what a route asks', () => {
  const { paths } = documentOf();
  const statuses = (path: string, method: string): string[] => Object.keys(paths[path][method].responses);
  assert.deepEqual(statuses('/things/{id}', 'get'), ['200', '400', '401', '403', '404', '405', '421', '429']);
  assert.deepEqual(statuses('/things/{id}', 'put'), ['201', '400', '401', '403', '405', '408', '412', '413', '415', '421']);
  assert.deepEqual(statuses('/old-things/{id}', 'delete'), ['204', '400', '401', '403', '404', '405', '421']);
  assert.deepEqual(statuses('/feed', 'get'), ['200', '401', '405', '421']);
  assert.match(paths['/things/{id}'].put.responses['413'].description, /2,000 bytes/);
  assert.match(paths['/things/{id}'].get.responses['429'].description, /50 questions a minute/);
  assert.deepEqual(paths['/things/{id}'].put.responses['412'].content['application/problem+json'].schema, { $ref: '#/components/schemas/Problem' });
});

test('openApiOf() says which token is needed, on open routes too where the installation wants one', () => {
  const security = (words: OpenApiWords): unknown[] => Object.values<any>(documentOf(words).paths).flatMap((methods) => Object.values<any>(methods).map((operation) => operation.security));
  const [open, ingest, api] = [[{}, { ingest_token: [] }, { api_token: [] }], [{ ingest_token: [] }, { api_token: [] }], [{ api_token: [] }]];
  assert.deepEqual(security(WORDS), [open, api, ingest, open]);
  assert.deepEqual(security({ ...WORDS, require_token: true }), [ingest, api, ingest, ingest]);
});

test('openApiOf() shows parameters with their words and a body that the validation takes', () => {
  const { paths } = documentOf();
  assert.deepEqual(paths['/things/{id}'].get.parameters, [
    { name: 'id', in: 'path', required: true, description: 'Which thing.', schema: { type: 'string' }, example: 'one' },
    { name: 'since', in: 'query', required: false, description: 'From here.', schema: { type: 'integer', minimum: 0 }, example: 3 },
  ]);
  assert.equal(paths['/things/{id}'].put.parameters[1].in, 'header');
  const { example } = paths['/things/{id}'].put.requestBody.content['application/json'].examples;
  assert.deepEqual(parse(body, example.value), { name: 'spoon' });
});

test('documentFaults() and schemaFaults() notice what is wrong', () => {
  const whole = { ...WORDS, groups: { 'old-things': 'things', feed: 'other' } };
  assert.deepEqual(documentFaults(documentOf(whole)), []);
  const spoiled = documentOf(whole);
  spoiled.paths['/things/{id}'].get.responses['200'].content['application/json'].example = { title: 1, made_at: 'today', parts: [{ size: 10, weight: 1 }], extra: true };
  delete spoiled.components.responses.Misdirected;
  spoiled.paths['/feed'].get.operationId = 'get-things-id';
  delete spoiled.paths['/things/{id}'].get.parameters[0].description;
  const faults = documentFaults(spoiled).join('\n');
  for (const words of ['Misdirected leads nowhere', 'get-things-id is there twice', 'nothing is said of id', '/title is integer, not string', '/made_at is no time', '/parts/0/size is out of bounds', '/parts/0/weight is not described', '/main is missing', '/extra is not described']) assert.ok(faults.includes(words), `${words} is not in\n${faults}`);
  assert.deepEqual(schemaFaults(documentOf(), { anyOf: [{ type: 'string' }, { type: 'null' }] }, null), []);
});
