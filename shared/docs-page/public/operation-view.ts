import { copyButton, exampleBlock } from './code-block.ts';
import { element } from './element.ts';
import type { Child } from './element.ts';
import { accessLabel, methodLabel, pathCode } from './labels.ts';
import { responseOf, schemaOf } from './open-api.ts';
import type { ContentObject, OpenApi, Operation, ParameterObject, ResponseObject } from './open-api.ts';
import { paragraphs, phrases } from './prose.ts';
import { boundsWords, schemaView, typeWords } from './schema-view.ts';
import type { SchemaKind } from './schema-view.ts';

const PLACES: Readonly<Record<ParameterObject['in'], string>> = { path: 'in the path', query: 'in the query', header: 'a header' };

const parameterRow = (document: OpenApi, { name, in: place, required, description, schema, example }: ParameterObject): HTMLElement => {
  const bounds = boundsWords(schemaOf(document, schema));
  return element(
    'li',
    { class: 'member' },
    element('p', { class: 'member-head' }, element('code', { class: 'member-name' }, name), ' ', element('span', { class: 'member-type' }, `${typeWords(document, schema)}, ${PLACES[place]}`), required && element('span', { class: 'tag required' }, 'required')),
    (description !== undefined || bounds !== '') && element('p', { class: 'member-words' }, phrases(description ?? ''), bounds !== '' && element('span', { class: 'bounds' }, ` ${bounds}`)),
    example !== undefined && element('p', { class: 'member-words' }, 'Example: ', element('code', {}, String(example))),
  );
};

const contentView = (document: OpenApi, kind: SchemaKind, label: string, content: Readonly<Record<string, ContentObject>>): Child => {
  const types = Object.keys(content);
  const first = content[types[0] ?? ''];
  if (first === undefined) return undefined;
  const examples = Object.values(first.examples ?? (first.example === undefined ? {} : { example: { summary: 'Example', value: first.example } }));
  return [
    element('p', { class: 'muted content-type' }, types.map((type, index) => [index > 0 && ' or ', element('code', {}, type)])),
    first.schema !== undefined && schemaView(document, kind, first.schema),
    examples.map(({ summary, value }) => exampleBlock(`${label}: ${summary}`, value)),
  ];
};

const answerView = (document: OpenApi, status: string, given: ResponseObject, open: boolean): HTMLElement => {
  const { description, headers, content } = responseOf(document, given);
  const named = Object.entries(headers ?? {});
  const body = content === undefined ? undefined : contentView(document, 'answer', `Answer ${status}`, content);
  const head = [element('span', { class: `status status-${status.charAt(0)}` }, status), ' ', element('span', {}, phrases(description))];
  if (body === undefined && named.length === 0) return element('p', { class: 'answer-plain' }, head);
  return element(
    'details',
    { class: 'answer', open },
    element('summary', {}, head),
    named.length > 0 && element('ul', { class: 'members' }, named.map(([name, words]) => element('li', { class: 'member' }, element('p', { class: 'member-head' }, element('code', { class: 'member-name' }, name), ' ', element('span', { class: 'member-type' }, 'header')), element('p', { class: 'member-words' }, phrases(words.description))))),
    body,
  );
};

const section = (id: string, title: string, ...children: readonly Child[]): HTMLElement =>
  element('section', { class: 'part', 'aria-labelledby': id }, element('h2', { id }, title), ...children);

const limitWords = (operation: Operation): string | undefined => {
  const limit = operation['x-rate-limit'];
  return limit === undefined ? undefined : `${limit.per_minute} a minute${limit.counts === 'items' ? ', each item counted' : ''}`;
};

/** Shows an operation: what it is for, what it takes, what it answers; `aside` stands beside it on wide screens. */
export const operationView = (document: OpenApi, operation: Operation, aside: HTMLElement): HTMLElement => {
  const { operationId, method, path, summary, description, parameters = [], requestBody, responses } = operation;
  const limit = limitWords(operation);
  const answers = Object.entries(responses).map(([status, response]) => [status, response] as const);
  const wanted = answers.filter(([status]) => status < '400');
  const refusals = answers.filter(([status]) => status >= '400');
  return element(
    'article',
    { class: 'operation' },
    element(
      'header',
      { class: 'operation-head' },
      element('h1', { tabindex: '-1' }, summary),
      element('p', { class: 'signature' }, methodLabel(method), pathCode(path), accessLabel(operation), limit !== undefined && element('span', { class: 'tag' }, limit), copyButton('Copy the link to this endpoint', () => `${location.href.split('#')[0]}#${operationId}`, 'Copy link')),
      element('div', { class: 'lead' }, paragraphs(description)),
    ),
    element(
      'div',
      { class: 'words taken' },
      parameters.length > 0 && section('parameters', 'Parameters', element('ul', { class: 'members' }, parameters.map((parameter) => parameterRow(document, parameter)))),
      requestBody !== undefined && section('body', 'Body', contentView(document, 'body', 'Body', requestBody.content)),
    ),
    aside,
    element(
      'div',
      { class: 'words' },
      section('answers', 'Answers', wanted.map(([status, response], index) => answerView(document, status, response, index === 0))),
      refusals.length > 0 && section('refusals', 'Refusals', element(
        'details',
        { class: 'refusals' },
        element('summary', {}, refusals.map(([status]) => [' ', element('span', { class: `status status-${status.charAt(0)}` }, status)])),
        refusals.map(([status, response]) => answerView(document, status, response, false)),
      )),
    ),
  );
};
