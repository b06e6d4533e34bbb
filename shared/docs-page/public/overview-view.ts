import { element } from './element.ts';
import { accessLabel, methodLabel, pathCode } from './labels.ts';
import type { OpenApi } from './open-api.ts';
import { operationsOf } from './open-api.ts';
import { paragraphs, phrases } from './prose.ts';

const ABOUT_TOKENS = [
  'Endpoints marked open need no token, as long as the installation does not ask for one everywhere (`REQUIRE_TOKEN=1`); the others need `Authorization: Bearer <token>`.',
  '`API_TOKEN` opens everything. `INGEST_TOKEN` is the narrow one: assigning, delivering, ingesting, reading the configuration. A token also lifts the limits per address.',
  'Type it in at the top of this page: it stays in this tab and is forgotten with it.',
];

/** What the page shows before an endpoint is chosen: what the service is, how to get in, and all that there is. */
export const overviewView = (document: OpenApi): HTMLElement => {
  const operations = operationsOf(document);
  return element(
    'article',
    { class: 'overview' },
    element('h1', { tabindex: '-1' }, document.info.title),
    element('div', { class: 'lead' }, paragraphs(document.info.description)),
    element('section', { 'aria-labelledby': 'tokens' }, element('h2', { id: 'tokens' }, 'Tokens'), ABOUT_TOKENS.map((text) => element('p', {}, phrases(text)))),
    element('section', { 'aria-labelledby': 'document' }, element('h2', { id: 'document' }, 'The document'), element('p', {}, 'All of this is made of ', element('a', { href: './openapi.json' }, 'openapi.json'), ' (OpenAPI 3.1), which any tool can read. It is made of the very descriptions that validate requests.')),
    document.tags.map(({ name, description }) =>
      element(
        'section',
        { 'aria-labelledby': `group-${name}` },
        element('h2', { id: `group-${name}` }, name),
        description !== undefined && element('p', { class: 'muted' }, phrases(description)),
        element('ul', { class: 'index' }, operations.filter(({ tags }) => tags[0] === name).map((operation) =>
          element('li', {}, element('a', { href: `#${operation.operationId}`, class: 'index-link' }, methodLabel(operation.method), pathCode(operation.path)), element('span', { class: 'index-summary' }, operation.summary), accessLabel(operation)))),
      )),
  );
};
