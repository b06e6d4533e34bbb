import { createHash } from 'node:crypto';
import { emptyReply, JSON_TYPE } from '../http/call.ts';
import { openApiOf } from '../http/openapi.ts';
import type { OpenApiWords } from '../http/openapi.ts';
import { route } from '../http/route.ts';
import type { Route } from '../http/route.ts';
import { Assets, assetRoutes } from '../http/static.ts';
import { docsPage } from './docs-page.ts';

/** What is made when it is first asked for, and kept. */
const once = <T extends object>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => (made ??= make());
};

/**
 * Adds to routes what documents them, itself included (the files of the page aside): `GET /openapi.json`, and `GET /docs`, a page that reads it and can send requests. Where
 * every request needs a token (`words.require_token`) the page still opens, and asks for one before it reads the document.
 */
export const withDocs = (routes: readonly Route[], words: OpenApiWords): readonly Route[] => {
  const assets = once(() => new Assets(new URL('public/', import.meta.url)));
  const document = once(() => {
    const text = JSON.stringify(openApiOf(all, words));
    return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
  });
  const all: readonly Route[] = [
    ...routes,
    route('GET /openapi.json', {
      summary: 'Describes the routes as OpenAPI 3.1',
      description: 'Made of the descriptions that guard the routes and validate what is sent to them. Load it into any tool that reads OpenAPI.',
      access: 'open',
      headers: { 'If-None-Match': { description: 'The `ETag` of an answer before.' } },
      answers: { 200: { description: 'The document.', type: 'application/json', headers: { ETag: 'Changes with the document.' } }, 304: { description: 'It is as `If-None-Match` says.' } },
      handle: ({ call }) => {
        const { text, etag } = document();
        const headers = { etag, 'cache-control': 'no-cache' };
        return call.headers['if-none-match'] === etag ? emptyReply(304, headers) : { status: 200, type: JSON_TYPE, headers, body: text };
      },
    }),
    route('GET /docs', {
      summary: 'Shows the routes on a page that can send requests',
      description: 'The page needs no token; it asks the reader for the one that it sends, and forgets it with the tab.',
      access: 'open',
      origin: 'any',
      answers: { 200: { description: 'The page.', type: 'text/html' } },
      handle: () => docsPage(assets(), words),
    }),
  ];
  return [...all, ...assetRoutes(assets)];
};
